"""E-mails: approved word for word in every language, without a word of the patient's by default."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from coordinators.demo import create_demo_team
from coordinators.enums import Role
from coordinators.models import Coordinator, User
from inquiries.emails import build_email, mail_detail_level
from inquiries.enums import EmailKind, MailDetail
from inquiries.models import Inquiry, MailDetailChoice, OutgoingEmail
from inquiries.services.outbox import put_inquiry_email
from inquiries.services.staff import invite, send_password_reset
from inquiries.text import header_safe
from tests.factories import make_inquiry, make_user
from tests.pages import LANGUAGES
from treatments.models import Treatment

pytestmark = pytest.mark.django_db

APPROVED = Path(__file__).parent / "approved_emails"
NOW = "2026-11-20T14:30:00+01:00"
CANARY = "Kanarienvogel"


@pytest.fixture(autouse=True)
def _demo() -> None:
    with time_machine.travel(NOW, tick=False):
        create_demo_team()


def inquiry_in(language: str, **overrides: Any) -> Inquiry:
    with time_machine.travel(NOW, tick=False):
        inquiry = make_inquiry(
            name=CANARY, email=f"{CANARY}@example.com", phone=f"+49 170 {CANARY}", message=CANARY, country="DE",
            treatment=Treatment.objects.get(code="facet-denervation"), language=language,
            preferred_language=language, time_zone="Europe/Lisbon", contact_by=("email", "phone"), **overrides,
        )  # fmt: skip
    Inquiry.objects.filter(pk=inquiry.pk).update(reference="ZG-7KM4-XW2P")
    return inquiry


def email_of(kind: EmailKind, inquiry: Inquiry) -> EmailMessage:
    if kind == EmailKind.HANDOVER_FALLBACK:
        put_inquiry_email(kind, inquiry)
    return build_email(OutgoingEmail.objects.get(kind=kind, inquiry=inquiry))


def as_text(message: EmailMessage) -> str:
    """Return subject and body with what is random replaced."""
    text = f"{message.subject}\n\n{message.body}"
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", text)
    text = re.sub(r"/admin/password/\S+", "/admin/password/<link>/", text)
    return re.sub(r"/[A-Za-z0-9_-]{43}/", "/<token>/", text)


def assert_approved(name: str, text: str) -> None:
    """Compare with the approved text; APPROVE=1 writes it, to be read as a patient would before it is committed."""
    path = APPROVED / f"{name}.txt"
    if os.environ.get("APPROVE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_confirmation_reads_as_approved(language: str) -> None:
    message = email_of(EmailKind.CONFIRMATION, inquiry_in(language))
    assert_approved(f"{language}/confirmation", as_text(message))
    assert CANARY.casefold() not in f"{message.subject}{message.body}".casefold()


@pytest.mark.parametrize("level", MailDetail)
@pytest.mark.parametrize("language", LANGUAGES)
def test_handover_reads_as_approved(language: str, level: MailDetail) -> None:
    manager = User.objects.get(role=Role.MANAGER)
    MailDetailChoice.objects.create(level=level, chosen_by=manager, reason="test")
    inquiry = inquiry_in(language)
    message = email_of(EmailKind.HANDOVER, inquiry)
    assert_approved(f"{language}/handover_{level.value.lower()}", as_text(message))
    shown = CANARY.casefold() in str(message.body).casefold()
    assert shown is (level != MailDetail.NOTICE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_flagged_handover_reads_as_approved(language: str) -> None:
    Coordinator.objects.update(takes_inquiries=False)
    User.objects.filter(name="Emma Example").update(language=language)
    message = email_of(EmailKind.HANDOVER, inquiry_in(language))
    assert_approved(f"{language}/handover_flagged", as_text(message))


def test_fallback_notice_reads_as_approved() -> None:
    message = email_of(EmailKind.HANDOVER_FALLBACK, inquiry_in("de"))
    assert_approved("en/handover_fallback", as_text(message))


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_emails_read_as_approved(language: str) -> None:
    user = User(email="new@clinic.example", name="Nova Osoba", role=Role.COORDINATOR, language=language)
    invite(user)
    send_password_reset(user)
    for kind in (EmailKind.INVITATION, EmailKind.PASSWORD_RESET):
        message = build_email(OutgoingEmail.objects.get(kind=kind))
        assert message.to == ["new@clinic.example"]
        assert_approved(f"{language}/{kind.value.lower()}", as_text(message))


@pytest.mark.parametrize("kind", [EmailKind.CONFIRMATION, EmailKind.HANDOVER, EmailKind.HANDOVER_FALLBACK])
def test_every_inquiry_email_can_be_recognised(kind: EmailKind) -> None:
    inquiry = inquiry_in("hr")
    message = email_of(kind, inquiry)
    first, second = message.message(), email_of(kind, inquiry).message()
    assert first["Message-ID"] == second["Message-ID"]
    assert first["X-Inquiry-Reference"] == "ZG-7KM4-XW2P"
    assert first["Auto-Submitted"] == "auto-generated"
    assert "ZG-7KM4-XW2P" in message.subject
    headers = str(first.items()).casefold()
    if kind != EmailKind.CONFIRMATION:
        assert CANARY.casefold() not in headers
    assert "denervation" not in headers


def test_email_is_in_the_readers_language_whatever_is_active() -> None:
    inquiry = inquiry_in(
        "nl",
    )
    with translation.override("hr"):
        message = email_of(EmailKind.CONFIRMATION, inquiry)
        assert translation.get_language() == "hr"
    assert as_text(message) == (APPROVED / "nl" / "confirmation.txt").read_text(encoding="utf-8")


def test_newest_choice_of_detail_counts() -> None:
    manager = make_user(Role.MANAGER, "Another Manager")
    assert mail_detail_level() == MailDetail.NOTICE
    for number, level in enumerate([MailDetail.FULL, MailDetail.CONTACT]):
        at = timezone.now() + timedelta(minutes=number)
        MailDetailChoice.objects.create(level=level, chosen_by=manager, reason="test", chosen_at=at)
    assert mail_detail_level() == MailDetail.CONTACT


@given(st.text(min_size=1, max_size=40))
def test_no_subject_or_address_breaks_the_header_block(text: str) -> None:
    message = EmailMessage(subject=header_safe(text), body="x", to=["a@example.com"]).message()
    assert set(message.keys()) >= {"Subject", "To", "From"}
    assert "x" in message.get_payload()
