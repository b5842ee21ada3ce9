"""Numbered checks: a misconfigured production does not start, and says why (docs/configuration.md)."""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  # Django's own name
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from clinic_site.catalogues import catalogues
from coordinators.models import Coordinator, ReplyPolicy
from inquiries.mailbox.address import IN_THE_CLEAR, mailbox_address
from inquiries.sealing.keys import key_ring
from treatments.models import Clinic, Treatment

PLACEHOLDER_SENDER = "clinic.example"


@register(Tags.security)
def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401, ARG001  # Django's signature
    """Refuse keys that cannot seal."""
    try:
        key_ring()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="Make one with: openssl rand -base64 32", id="clinic.E001")]
    return []


@register(Tags.security)
def check_proxies(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401, ARG001  # Django's signature
    """Refuse a trusted proxy that is no address: every inquiry would fail on it."""
    try:
        for proxy in settings.TRUSTED_PROXIES:
            ip_network(proxy, strict=False)
    except ValueError as error:
        hint = "Name addresses or networks, for example 10.0.0.0/8."
        return [Error(f"TRUSTED_PROXIES: {error}", hint=hint, id="clinic.E011")]
    return []


@register(Tags.security)
def check_mailbox(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401, ARG001  # Django's signature
    """Refuse a mailbox that cannot be opened, would be opened in the clear, or to which no reply would come."""
    hint = "Write it as imap+ssl://user:password@host:993/INBOX; what is special in it as %40 and the like."
    try:
        address = mailbox_address()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint=hint, id="clinic.E013")]
    if address and settings.IS_PUBLIC and address.scheme == IN_THE_CLEAR:
        return [Error("IMAP_URL sends the password in the clear.", hint=hint, id="clinic.E013")]
    if address and not settings.REPLY_TO:
        hint = "Name the mailbox's own address: patients' replies go there."
        return [Error("IMAP_URL is set and REPLY_TO is not.", hint=hint, id="clinic.E014")]
    return []


@register(Tags.translation)
def check_extra_locale_dirs(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401, ARG001  # Django's signature
    """Refuse a folder of catalogues that holds none: a misspelt name would silently take a language away."""
    hint = "Put <code>/LC_MESSAGES/django.po into it, or take it out of EXTRA_LOCALE_DIRS."
    return [
        Error(f"EXTRA_LOCALE_DIRS: {folder} holds no catalogue.", hint=hint, id="clinic.E012")
        for folder in settings.LOCALE_PATHS[1:]
        if not catalogues(folder)
    ]


@register(Tags.security)
def check_public_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401, ARG001  # Django's signature
    """Refuse a public site that would lose mail or show too much; the embedded mode on loopback may do all of it."""
    if not settings.IS_PUBLIC:
        return []
    wrong: list[tuple[bool, CheckMessage]] = [
        (
            not settings.IS_HTTPS,
            Error(
                "SITE_URL is not https.",
                hint="Patients type health data: serve it by https only.",
                id="clinic.E002",
            ),
        ),
        (
            settings.DEBUG,
            Error("DEBUG is on.", hint="Error pages would show patients' data.", id="clinic.E003"),
        ),
        (
            settings.MAIL_IS_KEPT,
            Error(
                "EMAIL_URL is not set.",
                hint="Mail would stay on this machine. Set EMAIL_URL=smtp+tls://…",
                id="clinic.E004",
            ),
        ),
        (
            PLACEHOLDER_SENDER in settings.DEFAULT_FROM_EMAIL,
            Error(
                "DEFAULT_FROM_EMAIL is not set.",
                hint="Set an address of the clinic's own domain.",
                id="clinic.E005",
            ),
        ),
        (
            "*" in settings.ALLOWED_HOSTS,
            Error("ALLOWED_HOSTS allows every host.", hint="Name the site's own hosts.", id="clinic.E006"),
        ),
        (
            not settings.CLAMD_ADDRESS,
            Warning(
                "CLAMD_ADDRESS is not set.",
                hint="Patients' files are not scanned for viruses; the desk says so beside each.",
                id="clinic.W002",
            ),
        ),
    ]
    return [message for is_wrong, message in wrong if is_wrong]


@register(Tags.database, deploy=True)
def check_public_data(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001  # Django's signature
    databases: Sequence[str] | None = None,
    **kwargs: Any,  # noqa: ANN401, ARG001  # Django's signature
) -> list[CheckMessage]:
    """Refuse a public site without a clinic, with the demo's data, or without a fallback mailbox."""
    if not settings.IS_PUBLIC or not databases:
        return []
    try:
        return list(_data_problems())
    except DatabaseError:
        return [Error("The database is not migrated.", hint="Run manage.py migrate.", id="clinic.E007")]


def _data_problems() -> list[CheckMessage]:
    """Return what is wrong with the clinic's data."""
    clinic = Clinic.objects.first()
    policy = ReplyPolicy.objects.first()
    problems: list[CheckMessage] = []
    if clinic is None:
        problems.append(Error("There is no clinic.", hint="Run manage.py set_up_clinic.", id="clinic.E008"))
    elif clinic.is_demo:
        problems.append(
            Error(
                "The demo clinic is in the database.",
                hint="A public site shows a real clinic, or none.",
                id="clinic.E009",
            )
        )
    if policy is None or not policy.fallback_mailbox:
        problems.append(
            Error(
                "There is no fallback mailbox.",
                hint="A notice that a coordinator's mailbox refuses would reach nobody. Run manage.py set_up_clinic.",
                id="clinic.E010",
            )
        )
    problems += [
        Warning(f"No active coordinator knows {code}.", hint="Its inquiries go to the fallback.", id="clinic.W001")
        for code in Treatment.objects.exclude(coordinators__in=Coordinator.objects.active()).values_list(
            "code", flat=True
        )
    ]
    return problems
