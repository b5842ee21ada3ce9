"""E-mails: approved word for word in every language, in two shapes, without a word of the patient's by default."""

import os
import re
from datetime import timedelta
from email.message import Message as ParsedMail
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import html5lib
import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from coordinators.demo import create_demo_team
from coordinators.enums import Role
from coordinators.models import Coordinator, ReplyPolicy, User
from inquiries.alarms import Cause, Finding
from inquiries.codes import code_as_shown
from inquiries.emails import LETTERS, NoRecipientError, build_email, mail_detail_level
from inquiries.emails.addressee import TO_PATIENTS
from inquiries.emails.letter import Letter, Quote, Words
from inquiries.enums import ACCOUNT_KINDS, NOTICE_KINDS, ContactResult, EmailKind, ErasedBy, MailDetail
from inquiries.links import private_url
from inquiries.models import AccessCode, Inquiry, MailDetailChoice, OutgoingEmail, Tombstone
from inquiries.services.outbox import put_farewell_email, put_inquiry_email, put_staff_email
from inquiries.services.triage import assign_to, log_contact
from inquiries.text import header_safe
from tests.factories import make_inquiry, make_user
from tests.pages import LANGUAGES
from treatments.models import Clinic, Treatment

pytestmark = pytest.mark.django_db

APPROVED = Path(__file__).parent / "approved_emails"
NOW = "2026-11-20T14:30:00+01:00"
CANARY = "Kanarienvogel"
REFERENCE = "ZG-7KM4-XW2P"
CODE_ID = UUID("6d1f0d1e-0000-4000-8000-000000000001")
PATIENT_KINDS = sorted(TO_PATIENTS)
STAFF_KINDS = sorted(set(EmailKind) - TO_PATIENTS)
ABOUT_INQUIRIES = sorted(set(EmailKind) - set(ACCOUNT_KINDS))
NEEDS_A_PERSON = {*ACCOUNT_KINDS, *NOTICE_KINDS, EmailKind.WITHDRAWN}


@pytest.fixture(autouse=True)
def _demo() -> Any:
    with time_machine.travel(NOW, tick=False):
        create_demo_team()
        yield


def inquiry_in(language: str, **overrides: Any) -> Inquiry:
    inquiry = make_inquiry(
        name=CANARY, email=f"{CANARY}@example.com", phone=f"+49 170 {CANARY}", message=CANARY, country="DE",
        treatment=Treatment.objects.get(code="facet-denervation"), language=language,
        preferred_language=language, time_zone="Europe/Lisbon", contact_by=("email", "phone"), **overrides,
    )  # fmt: skip
    Inquiry.objects.filter(pk=inquiry.pk).update(reference=REFERENCE)
    return Inquiry.objects.get(pk=inquiry.pk)


def tombstone_of(inquiry: Inquiry, reason: ErasedBy = ErasedBy.PATIENT) -> Tombstone:
    now = timezone.now()
    return Tombstone.objects.create(
        reference=inquiry.reference, inquiry_digest="0" * 64, received_on=now.date(), consent_version="1",
        reason=reason, backups_gone_on=now.date() + timedelta(days=30),
        erased_by=User.objects.get(name="Mia Demo") if reason == ErasedBy.STAFF else None,
    )  # fmt: skip


def row_of(kind: EmailKind, inquiry: Inquiry, reason: ErasedBy = ErasedBy.PATIENT) -> OutgoingEmail:
    """Return the outbox row of an e-mail as the services put it there."""
    language = inquiry.language
    user = make_user(Role.MANAGER, "Nova Osoba", language=language) if kind in NEEDS_A_PERSON else None
    if kind in ACCOUNT_KINDS:
        assert user
        return put_staff_email(kind, user, topic=Cause.UNSENT if kind == EmailKind.ALARM else "")
    if kind in {EmailKind.ERASED, EmailKind.WITHDRAWN}:
        address = f"{CANARY}@example.com" if kind == EmailKind.ERASED else None
        return put_farewell_email(
            kind, tombstone_of(inquiry, reason), user=user, address=address, language=language if address else ""
        )
    if kind == EmailKind.ACCESS_CODE:
        AccessCode.objects.create(id=CODE_ID, inquiry=inquiry, expires_at=timezone.now() + timedelta(minutes=15))
        return put_inquiry_email(kind, inquiry, about=CODE_ID)
    if kind == EmailKind.ADDRESS_CHANGED:
        inquiry.contact_changed_at = timezone.now()
        return put_inquiry_email(kind, inquiry, address="old@example.com", language=language)
    return put_inquiry_email(kind, inquiry, inquiry.coordinator if kind == EmailKind.HANDOVER else None, user=user)


def email_of(kind: EmailKind, inquiry: Inquiry) -> EmailMultiAlternatives:
    return build_email(row_of(kind, inquiry))


def html_of(message: EmailMultiAlternatives) -> str:
    [(html, mimetype)] = message.alternatives
    assert mimetype == "text/html"
    return str(html)


def as_text(message: EmailMultiAlternatives) -> str:
    """Return subject and body with what is random replaced."""
    text = f"{message.subject}\n\n{message.body}".replace(code_as_shown(CODE_ID), "<code>")
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


def everything_in(message: EmailMultiAlternatives) -> str:
    """Return all headers but the address, and all parts, decoded."""
    parsed: ParsedMail = message.message()
    headers = "\n".join(f"{name}: {value}" for name, value in parsed.items() if name != "To")
    parts = [part.get_payload(decode=True) for part in parsed.walk() if not part.is_multipart()]
    return "\n".join([str(message.subject), headers, *(part.decode() for part in parts if isinstance(part, bytes))])


# What they say


def test_every_kind_has_its_letter() -> None:
    assert set(LETTERS) == set(EmailKind)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PATIENT_KINDS)
def test_patients_email_reads_as_approved(kind: EmailKind, language: str) -> None:
    message = email_of(kind, inquiry_in(language))
    assert message.to == ["old@example.com" if kind == EmailKind.ADDRESS_CHANGED else f"{CANARY}@example.com"]
    assert_approved(f"{language}/{kind.lower()}", as_text(message))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted({*NEEDS_A_PERSON} - {EmailKind.REVIEW_REPORT}))
def test_staff_email_reads_as_approved(kind: EmailKind, language: str) -> None:
    message = email_of(kind, inquiry_in(language))
    assert message.to == ["nova.osoba@clinic.example"]
    assert_approved(f"{language}/{kind.lower()}", as_text(message))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [EmailKind.DIGEST, EmailKind.MANAGER_DIGEST, EmailKind.ALARM])
def test_overviews_and_alarms_read_as_approved(kind: EmailKind, language: str) -> None:
    """With something to say: a patient who waits too long, and mail that does not leave."""
    inquiry = inquiry_in(language)
    row = row_of(kind, inquiry)
    assert inquiry.reply_due_at
    assert inquiry.coordinator
    Coordinator.objects.filter(pk=inquiry.coordinator.pk).update(user=row.user)
    with time_machine.travel(inquiry.reply_due_at + timedelta(minutes=95), tick=False):
        message = build_email(row)
    assert_approved(f"{language}/{kind.lower()}_full", as_text(message))
    html5lib.HTMLParser(strict=True).parse(html_of(message))
    reader = read(html_of(message))
    assert re.findall(r"http\S+", str(message.body)) == list(dict.fromkeys(reader.links))


@pytest.mark.parametrize("cause", Cause)
def test_every_alarm_says_what_to_look_at(cause: Cause, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inquiries.emails.overview.find", lambda cause, _now: Finding(cause, 3))
    row = put_staff_email(EmailKind.ALARM, make_user(Role.MANAGER, "Nova Osoba"), topic=cause)
    assert_approved(f"en/alarm_{cause.lower()}", as_text(build_email(row)))


@pytest.mark.parametrize("level", MailDetail)
@pytest.mark.parametrize("language", LANGUAGES)
def test_handover_reads_as_approved(language: str, level: MailDetail) -> None:
    manager = User.objects.get(role=Role.MANAGER)
    MailDetailChoice.objects.create(level=level, chosen_by=manager, reason="test")
    message = email_of(EmailKind.HANDOVER, inquiry_in(language))
    assert_approved(f"{language}/handover_{level.value.lower()}", as_text(message))
    shown = CANARY.casefold() in everything_in(message).casefold()
    assert shown is (level != MailDetail.NOTICE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_flagged_handover_reads_as_approved(language: str) -> None:
    Coordinator.objects.update(takes_inquiries=False)
    User.objects.filter(name="Emma Example").update(language=language)
    message = email_of(EmailKind.HANDOVER, inquiry_in(language))
    assert_approved(f"{language}/handover_flagged", as_text(message))


def moved(language: str) -> Inquiry:
    """Return an inquiry that its second coordinator got from the first."""
    inquiry = inquiry_in(language)
    manager, assistant = User.objects.get(role=Role.MANAGER), Coordinator.objects.get(display_name="Ana Primjer")
    other = Coordinator.objects.exclude(pk__in=[inquiry.coordinator_id, assistant.pk]).order_by("pk").first()
    receiver = assistant if assistant != inquiry.coordinator else other
    assert receiver
    User.objects.filter(pk=receiver.user_id).update(language=language)
    assign_to(inquiry, receiver, by=manager, reason=CANARY)
    return Inquiry.objects.get(pk=inquiry.pk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_handover_of_an_inquiry_that_moves_reads_as_approved(language: str) -> None:
    """It is called new to nobody, says whose it was, and that it is late; why it moved stays on the desk."""
    inquiry = moved(language)
    assert inquiry.reply_due_at
    with time_machine.travel(inquiry.reply_due_at + timedelta(days=17), tick=False):
        message = email_of(EmailKind.HANDOVER, inquiry)
    assert_approved(f"{language}/handover_moved", as_text(message))
    assert CANARY.casefold() not in everything_in(message).casefold()


def test_handover_of_an_inquiry_in_contact_asks_for_no_time_that_is_over() -> None:
    inquiry = moved("en")
    log_contact(inquiry, ContactResult.SPOKE, by=User.objects.get(role=Role.MANAGER))
    assert inquiry.reply_due_at
    with time_machine.travel(inquiry.reply_due_at + timedelta(days=17), tick=False):
        message = email_of(EmailKind.HANDOVER, Inquiry.objects.get(pk=inquiry.pk))
    assert_approved("en/handover_in_contact", as_text(message))
    assert "Status: in contact already" in message.body
    assert "23 November" not in everything_in(message)


def test_handover_of_an_inquiry_that_nobody_had_names_nobody() -> None:
    Coordinator.objects.update(takes_inquiries=False)
    ReplyPolicy.objects.update(fallback=None)
    inquiry = inquiry_in("en")
    assert inquiry.coordinator is None
    receiver = Coordinator.objects.get(display_name="Ana Primjer")
    User.objects.filter(pk=receiver.user_id).update(language="en")
    assign_to(inquiry, receiver, by=User.objects.get(role=Role.MANAGER))
    body = email_of(EmailKind.HANDOVER, Inquiry.objects.get(pk=inquiry.pk)).body
    assert f"Inquiry {REFERENCE} is yours now.\n" in body


def test_fallback_notice_reads_as_approved() -> None:
    message = email_of(EmailKind.HANDOVER_FALLBACK, inquiry_in("de"))
    assert_approved("en/handover_fallback", as_text(message))


@pytest.mark.parametrize("language", LANGUAGES)
def test_confirmation_without_a_time_promises_none(language: str) -> None:
    inquiry = inquiry_in(language)
    Inquiry.objects.filter(pk=inquiry.pk).update(reply_due_at=None, is_flagged=True)
    inquiry.refresh_from_db()
    message = email_of(EmailKind.CONFIRMATION, inquiry)
    assert_approved(f"{language}/confirmation_without_a_time", as_text(message))
    clinic = Clinic.objects.get()
    assert str(message.body).count(clinic.phone) == 2


def test_confirmation_that_leaves_late_names_no_time_that_is_over() -> None:
    inquiry = inquiry_in("en")
    assert inquiry.reply_due_at
    row = row_of(EmailKind.CONFIRMATION, inquiry)
    with time_machine.travel(inquiry.reply_due_at - timedelta(minutes=1), tick=False):
        assert "Monday 23 November" in build_email(row).body
    with time_machine.travel(inquiry.reply_due_at, tick=False):
        late = build_email(row).body
    assert "November" not in late.split("What happens next")[0]
    assert "We cannot name a time yet." in late


def test_handover_without_a_time_says_so() -> None:
    inquiry = inquiry_in("en")
    Inquiry.objects.filter(pk=inquiry.pk).update(reply_due_at=None, is_flagged=True)
    inquiry.refresh_from_db()
    message = email_of(EmailKind.HANDOVER, inquiry)
    assert_approved("en/handover_without_a_time", as_text(message))


@pytest.mark.parametrize("reason", [ErasedBy.STAFF, ErasedBy.RETENTION])
@pytest.mark.parametrize("kind", [EmailKind.ERASED, EmailKind.WITHDRAWN])
def test_farewell_says_why_and_until_when(kind: EmailKind, reason: ErasedBy) -> None:
    inquiry = inquiry_in("en")
    row = row_of(kind, inquiry, reason)
    inquiry.delete()
    message = build_email(OutgoingEmail.objects.get(pk=row.pk))
    assert_approved(f"en/{kind.lower()}_{reason.lower()}", as_text(message))
    assert message.message()["X-Inquiry-Reference"] == REFERENCE
    assert ("20 December 2026" in message.body) is (kind == EmailKind.ERASED)


def test_addition_names_both_references() -> None:
    inquiry, new = inquiry_in("en"), make_inquiry(language="de", email="jan@example.com", country="AQ")
    row = put_inquiry_email(EmailKind.ADDITION, inquiry, about=new.pk, language="de")
    message = build_email(row)
    assert inquiry.reference in message.subject
    assert new.reference in message.body
    assert "/de/" in message.body, "in the language that the patient read last"


def test_changed_contact_data_close_what_was_written_only_with_the_address() -> None:
    inquiry = inquiry_in("en")
    row = row_of(EmailKind.ADDRESS_CHANGED, inquiry)
    assert "stays closed" in build_email(row).body
    inquiry.contact_changed_at = None
    assert "stays closed" not in build_email(row).body


def test_answer_waits_for_a_call_while_nobody_knows_who_would_read_it() -> None:
    inquiry = inquiry_in("en")
    inquiry.contact_changed_at = timezone.now()
    message = email_of(EmailKind.ANSWER_WAITING, inquiry)
    assert "Please phone us" in message.body
    assert "code" not in message.body


def test_code_stands_in_the_letter_and_nowhere_in_the_headers() -> None:
    message = email_of(EmailKind.ACCESS_CODE, inquiry_in("en"))
    code = code_as_shown(CODE_ID)
    assert code in message.body
    assert code in html_of(message)
    assert code not in str(message.message().items())


@pytest.mark.parametrize("kind", [EmailKind.ACCESS_CODE, EmailKind.ADDRESS_CHANGED, EmailKind.ERASED])
def test_some_letters_open_nothing(kind: EmailKind) -> None:
    """A code is no use without the page; an old address, or a stranger's, must not lead to the page."""
    message = email_of(kind, inquiry_in("en"))
    assert "http" not in everything_in(message)


@pytest.mark.parametrize(
    "kind", sorted(TO_PATIENTS - {EmailKind.ACCESS_CODE, EmailKind.ADDRESS_CHANGED, EmailKind.ERASED})
)
def test_other_letters_to_patients_have_one_link_the_private_one(kind: EmailKind) -> None:
    inquiry = inquiry_in("hr")
    pages = {EmailKind.DETAILS_WANTED: "private-details", EmailKind.NOT_REACHED: "private-message"}
    page = pages.get(kind, "private")
    assert re.findall(r"http\S+", str(email_of(kind, inquiry).body)) == [private_url(inquiry, page=page)]


# In two shapes


class _Reader(HTMLParser):
    """Gathers what a mail client would show, follow or load."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.styles: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.styles += [value or "" for name, value in attrs if name == "style"]

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._inside:
            self.styles.append(data)
        elif "body" in self._inside:
            self.words.append(data)


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def plain_words(text: str) -> str:
    return re.sub(r"[\s:,]+|\b\d\.|(?<!\w)-(?!\w)", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EmailKind)
def test_both_shapes_say_the_same(kind: EmailKind, language: str) -> None:
    message = email_of(kind, inquiry_in(language))
    html = html_of(message)
    reader = read(html)
    shown = plain_words("".join(reader.words))
    for line in str(message.body).splitlines():
        # The addresses of a list stand behind its words.
        assert plain_words(line) in shown or line.strip() in reader.links, line
    assert [link for link in dict.fromkeys(reader.links) if link.startswith("http")] == list(
        dict.fromkeys(re.findall(r"http\S+", str(message.body)))
    )
    assert html.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}" dir="ltr">' in html or kind in {EmailKind.HANDOVER, EmailKind.HANDOVER_FALLBACK}


@pytest.mark.parametrize("kind", EmailKind)
def test_html_is_whole_and_loads_nothing(kind: EmailKind) -> None:
    html = html_of(email_of(kind, inquiry_in("hr")))
    html5lib.HTMLParser(strict=True).parse(html)
    reader = read(html)
    assert not reader.tags & {"img", "link", "script", "iframe", "object", "embed", "form", "input", "video", "svg"}
    assert not reader.attributes & {"src", "srcset", "background", "ping", "data", "poster", "action"}
    assert not [name for name in reader.attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|@font-face|expression\(", " ".join(reader.styles))
    assert all(link.startswith(("http://127.0.0.1:8000/", "tel:+", "mailto:")) for link in reader.links)


def test_reference_is_never_broken_over_two_lines() -> None:
    html = html_of(email_of(EmailKind.CONFIRMATION, inquiry_in("en")))
    assert f'Its reference is <span dir="ltr" style="white-space:nowrap;">{REFERENCE}</span>.' in html


def test_letter_written_right_to_left_says_so() -> None:
    with translation.override("ar"):
        html = Letter(subject="s", heading="h", parts=(Words("w"),)).html
    assert '<html lang="ar" dir="rtl">' in html


def test_names_and_messages_are_text_not_markup() -> None:
    Clinic.objects.update(name="Clinic <b>& Sons</b>")
    Coordinator.objects.update(display_name="<script>alert(1)</script>")
    inquiry = inquiry_in("en")
    html = html_of(email_of(EmailKind.CONFIRMATION, inquiry))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; will answer you" in html
    assert "Clinic &lt;b&gt;&amp; Sons&lt;/b&gt;" in html
    html = Letter(subject="s", heading="h", parts=(Quote("Message", "<img src=x>\nsecond line"),)).html
    assert "&lt;img src=x&gt;\nsecond line" in html


# What they never say


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EmailKind)
def test_no_email_holds_a_word_of_the_patients(kind: EmailKind, language: str) -> None:
    everything = everything_in(email_of(kind, inquiry_in(language))).casefold()
    assert CANARY.casefold() not in everything
    for treatment in ("denervation", "denervacij", "denervatie", "denervazione"):
        assert treatment not in everything


@pytest.mark.parametrize("kind", ABOUT_INQUIRIES)
def test_every_inquiry_email_can_be_recognised(kind: EmailKind) -> None:
    row = row_of(kind, inquiry_in("hr"))
    first, second = build_email(row).message(), build_email(row).message()
    assert first["Message-ID"] == second["Message-ID"] == row.message_id
    assert first["X-Inquiry-Reference"] == REFERENCE
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Reply-To"] is None
    assert first.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in first.walk()][1:] == ["text/plain", "text/html"]
    assert REFERENCE in build_email(row).subject


# To whom they go


def test_email_is_in_the_readers_language_whatever_is_active() -> None:
    inquiry = inquiry_in("nl")
    with translation.override("hr"):
        message = email_of(EmailKind.CONFIRMATION, inquiry)
        assert translation.get_language() == "hr"
    assert as_text(message) == (APPROVED / "nl" / "confirmation.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [EmailKind.ADDRESS_CHANGED, EmailKind.ERASED])
def test_farewells_go_to_the_address_in_their_row_or_nowhere(kind: EmailKind) -> None:
    row = row_of(kind, inquiry_in("en"))
    row.address = None
    with pytest.raises(NoRecipientError):
        build_email(row)


def test_patient_without_an_address_gets_no_email() -> None:
    inquiry = inquiry_in("en")
    inquiry.email = ""
    with pytest.raises(NoRecipientError):
        email_of(EmailKind.ANSWER_WAITING, inquiry)


@pytest.mark.parametrize("kind", [*NOTICE_KINDS, EmailKind.WITHDRAWN, EmailKind.HANDOVER])
def test_who_has_left_is_told_nothing(kind: EmailKind) -> None:
    row = row_of(kind, inquiry_in("en"))
    User.objects.update(is_active=False)
    row = OutgoingEmail.objects.get(pk=row.pk)
    ReplyPolicy.objects.update(fallback_mailbox="team@clinic.example")
    assert build_email(row).to == ["team@clinic.example"]
    ReplyPolicy.objects.update(fallback_mailbox="")
    with pytest.raises(NoRecipientError):
        build_email(row)


def test_escalation_names_who_was_to_answer_and_the_time_in_question() -> None:
    inquiry = inquiry_in("en")
    running = inquiry.promises.get()
    user = make_user(Role.MANAGER, "Nova Osoba")
    row = put_inquiry_email(EmailKind.ESCALATION, inquiry, user=user, about=running.pk)
    before = str(build_email(row).body)
    Inquiry.objects.filter(pk=inquiry.pk).update(
        coordinator=Coordinator.objects.get(display_name="Sanne Voorbeeld"),
        reply_due_at=timezone.now() + timedelta(days=9),
    )
    assert build_email(OutgoingEmail.objects.get(pk=row.pk)).body == before
    assert "Sanne" not in before


def test_newest_choice_of_detail_counts() -> None:
    manager = make_user(Role.MANAGER, "Another Manager")
    assert mail_detail_level() == MailDetail.NOTICE
    for number, level in enumerate([MailDetail.FULL, MailDetail.CONTACT]):
        at = timezone.now() + timedelta(minutes=number)
        MailDetailChoice.objects.create(level=level, chosen_by=manager, reason="test", chosen_at=at)
    assert mail_detail_level() == MailDetail.CONTACT


@given(st.text(min_size=1, max_size=40))
def test_no_subject_or_address_breaks_the_header_block(text: str) -> None:
    message = EmailMultiAlternatives(subject=header_safe(text), body="x", to=["a@example.com"]).message()
    assert set(message.keys()) >= {"Subject", "To", "From"}
    assert "x" in message.get_payload()
