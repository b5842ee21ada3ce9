"""The kept mail in the browser: for a manager at this very machine, and nobody else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file
from email.message import EmailMessage
from email.policy import default as modern_policy
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from clinic_site.kept_mail import SUFFIX, kept_files, mail_folder
from coordinators.roster import get_policy

View = Callable[..., HttpResponse]

SHOWN = 200
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")
# A proxy on this machine makes every visitor look local.
FORWARDING_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")

# What was sent may hold anything: it gets an origin of its own, runs no script and loads nothing from anywhere.
DESIGN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)


@dataclass(frozen=True)
class KeptMessage:
    """One kept message with its decoded headers."""

    name: str
    content: EmailMessage

    @property
    def date(self) -> datetime | None:
        """Return the moment that the message gives itself."""
        header = self.content["Date"]
        moment: datetime | None = header.datetime if header else None
        # "-0000" says UTC without a place, and is read as a moment without a clock.
        return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment

    @property
    def to(self) -> str:
        """Return who it is for."""
        return str(self.content.get("To", ""))

    @property
    def subject(self) -> str:
        """Return the decoded subject."""
        return str(self.content.get("Subject", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Return the header lines in their order."""
        return [(name, str(value)) for name, value in self.content.items()]

    @property
    def body(self) -> str:
        """Return the plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """Return the designed part; to be shown on a page of its own only, where it can load and run nothing."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        """Return the body's part of one kind, decoded; empty without one."""
        part = self.content.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part else ""


def _read(file: Path) -> KeptMessage:
    """Return the message kept in `file`."""
    with file.open("rb") as stream:
        content = message_from_binary_file(stream, _class=EmailMessage, policy=modern_policy)
    return KeptMessage(file.stem, content)


def _is_local(request: HttpRequest) -> bool:
    """Tell whether the request was made on this machine and came straight to us."""
    host, _port = split_domain_port(request.get_host())
    return (
        request.META.get("REMOTE_ADDR") in LOOPBACK_ADDRESSES
        and host in settings.LOOPBACK_NAMES
        and not any(header in request.headers for header in FORWARDING_HEADERS)
    )


def _local_managers_only(view: View) -> View:
    """Answer 404 wherever mail is not kept, not asked for locally, or not asked for by a manager."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not (settings.MAIL_IS_KEPT and _is_local(request)):
            raise Http404
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not request.user.is_manager:
            raise Http404
        with timezone.override(get_policy().zone):
            return view(request, **kwargs)

    return require_safe(cache_control(private=True, no_store=True)(guarded))


@_local_managers_only
def list_messages(request: HttpRequest) -> HttpResponse:
    """Show the newest kept messages."""
    messages = [_read(file) for file in kept_files()[:SHOWN]]
    context = admin.site.each_context(request) | {"title": _("Kept mail"), "kept_messages": messages}
    return render(request, "mail/list.html", context)


@_local_managers_only
def show_message(request: HttpRequest, name: str) -> HttpResponse:
    """Show one kept message as plain text."""
    message = _find(name)
    context = admin.site.each_context(request) | {"title": message.subject, "kept_message": message}
    return render(request, "mail/message.html", context)


@_local_managers_only
def show_design(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001  # a view's signature
    """Show the designed part as a mail client would: in a sandbox, with its own styles and nothing else."""
    html = _find(name).html
    if not html:
        raise Http404
    return HttpResponse(html, headers={"Content-Security-Policy": DESIGN_POLICY})


def _find(name: str) -> KeptMessage:
    """Return a kept message; `name` is a slug, so it cannot leave the folder. Raises Http404."""
    try:
        return _read(mail_folder() / f"{name}{SUFFIX}")
    except FileNotFoundError as error:
        raise Http404 from error


urlpatterns = [
    path("", list_messages, name="kept-mail"),
    path("<slug:name>/", show_message, name="kept-mail-message"),
    path("<slug:name>/design/", show_design, name="kept-mail-design"),
]
