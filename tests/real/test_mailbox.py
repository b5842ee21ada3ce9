"""Replies and a real IMAP server: filed once, left alone, left for a person; the server dies, and nothing is lost."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from clinic_site.logs import JsonFormatter
from inquiries.enums import ContactResult, EmailKind, EmailStatus, ErasedBy, EventKind, InboundVerdict, Sender, Status
from inquiries.mailbox import imap
from inquiries.mailbox.address import MailboxAddress, mailbox_address
from inquiries.mailbox.reading import IncomingMail, read_mail
from inquiries.models import Heartbeat, InboundMail, Inquiry, Message, OutgoingEmail
from inquiries.services import inbound, messages
from inquiries.services.contact import change_contact
from inquiries.services.delivery import sweep
from inquiries.services.erasure import erase
from inquiries.services.inbound import collect, unfiled_count, unfiled_of
from inquiries.services.limits import MESSAGES
from inquiries.services.outbox import put_or_repeat, send_again
from inquiries.services.triage import log_contact
from tests.factories import make_coordinator, make_inquiry
from tests.mails import CLINIC, PATIENT, WEAK_MARKS, bounce, mail
from tests.real.dovecot import DONE, Dovecot, start_dovecot

pytestmark = pytest.mark.django_db

CANARY = "Kanarienvogel"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """Run a Dovecot for this file."""
    with start_dovecot() as running:
        yield running


@pytest.fixture(autouse=True)
def _mailbox(dovecot: Dovecot, settings: Settings) -> None:
    """Tell the site of its mailbox, which is empty."""
    settings.IMAP_URL, settings.REPLY_TO, settings.IMAP_DONE_FOLDER = dovecot.url, CLINIC, DONE
    dovecot.empty()


@pytest.fixture
def inquiry() -> Inquiry:
    """Return an inquiry that has been answered once, its e-mails sent."""
    coordinator = make_coordinator()
    made = make_inquiry(email=PATIENT)
    log_contact(made, ContactResult.SPOKE, by=coordinator.user)
    sweep()
    made.refresh_from_db()
    return made


def confirmation(inquiry: Inquiry) -> OutgoingEmail:
    return inquiry.emails.get(kind=EmailKind.CONFIRMATION)


def verdicts() -> list[str]:
    return sorted(InboundMail.objects.values_list("verdict", flat=True))


def texts(inquiry: Inquiry) -> list[str]:
    return [message.text for message in inquiry.messages.in_order()]


def folders(dovecot: Dovecot) -> tuple[int, int, int]:
    """Return how many e-mails wait, are flagged, and are put away."""
    flagged = dovecot.uids(criteria="FLAGGED")
    return len(dovecot.uids()) - len(flagged), len(flagged), len(dovecot.uids(DONE))


def take_flags_off(dovecot: Dovecot) -> None:
    """Take off every flag, as a person does who wants the site to look again."""
    with dovecot.mailbox() as box:
        box.flag(box.uids(), r"\Flagged", value=False)


def test_our_mails_can_be_answered(inquiry: Inquiry) -> None:
    replies = {message.to[0]: message.reply_to for message in django_mail.outbox}
    assert replies[PATIENT] == [CLINIC]
    assert [reply_to for address, reply_to in replies.items() if address != PATIENT] == [[]]
    assert confirmation(inquiry).message_id.startswith("<")


def test_reply_is_filed_and_starts_the_clock(dovecot: Dovecot, inquiry: Inquiry) -> None:
    assert inquiry.status == Status.CONTACTED
    quoted = "\n\nAm 03.11.2026 um 10:00 schrieb Die Klinik <replies@clinic.example>:\n> Guten Tag\n> Ihre Anfrage"
    dovecot.deliver(
        mail("Ja, Dienstag passt. Grüße aus Köln!" + quoted, answers=confirmation(inquiry).message_id).as_bytes()
    )
    assert collect() == 1
    message = inquiry.messages.get()
    assert (message.text, message.sender, message.language) == (
        "Ja, Dienstag passt. Grüße aus Köln!",
        Sender.PATIENT,
        "en",
    )
    inquiry.refresh_from_db()
    assert inquiry.status == Status.WAITING
    assert inquiry.promises.running().exists()
    event = inquiry.events.get(kind=EventKind.REPLY_FILED)
    assert event.details == {"found_by": "reply", "attachments": 0, "is_cut": False}
    assert inquiry.emails.filter(kind=EmailKind.PATIENT_ADDED).count() == 1
    assert folders(dovecot) == (0, 0, 1)
    assert dovecot.uids(DONE, "SEEN")
    assert InboundMail.objects.get().inquiry == inquiry
    assert collect() == 0


def test_every_kind_of_mail_in_one_go(dovecot: Dovecot, inquiry: Inquiry) -> None:
    answers = confirmation(inquiry).message_id
    with_files = mail("See the picture.", answers=answers)
    with_files.add_attachment(b"\xff\xd8" + b"x" * 3_000_000, maintype="image", subtype="jpeg", filename="back.jpg")
    forwarded = mail("My doctor's letter.", subject=f"Fwd: {inquiry.reference}")
    forwarded.add_attachment(mail("inner", sender="doctor@example.org"))
    latin2 = (
        f"From: {PATIENT}\r\nMessage-ID: <latin2@example.com>\r\n"
        f"Subject: =?iso-8859-2?Q?Va=B9_upit?= {inquiry.reference}\r\n"
        "Content-Type: text/plain; charset=iso-8859-2\r\nContent-Transfer-Encoding: 8bit\r\n\r\nŠaljem nalaz."
    ).encode("iso-8859-2")
    filed = [
        mail("", html="<p>Only <b>HTML</b></p><blockquote>old</blockquote>", answers=answers).as_bytes(),
        with_files.as_bytes(),
        forwarded.as_bytes(),
        latin2,
        mail("By reference", subject=f"my inquiry {inquiry.reference.lower().replace('-', ' ')}").as_bytes(),
        mail("", answers=answers).as_bytes(),
    ]
    automatic = [
        mail("I am away.", answers=answers, Auto_Submitted="auto-replied").as_bytes(),
        mail("News", sender="list@example.org", subject="[list] News", List_Id="<x.example>").as_bytes(),
        mail("I am away.", sender="stranger@example.org", subject="Automatic reply: Hello").as_bytes(),
    ]
    for_a_person = [
        mail("Who knows me", sender="stranger@example.org", answers=answers).as_bytes(),
        mail("Who knows it", sender="stranger@example.org", subject=inquiry.reference).as_bytes(),
        mail("Hello, do you treat backs?", subject="Question").as_bytes(),
        mail("Old reference", subject="Re: ZG-7KM4-XW2P").as_bytes(),
        mail("Returned", sender="mailer-daemon@example.org", subject=inquiry.reference).as_bytes(),
        mail("Am I away?", subject=f"Automatische Antwort: {inquiry.reference}").as_bytes(),
        mail("Our own", Message_ID=answers, subject=inquiry.reference, Auto_Submitted="auto-generated").as_bytes(),
        bounce("<unknown@example.org>"),
    ]
    broken = [b"From: a@example.com\r\nContent-Type: multipart/mixed\r\n\r\ntorn", b"no mail at all\r\n"]
    everything = [*filed, *automatic, *for_a_person, *broken]
    dovecot.deliver(*everything)
    assert collect() == len(everything)
    assert texts(inquiry) == [
        "Only HTML", "See the picture.", "My doctor's letter.", "Šaljem nalaz.", "By reference",
        "(This e-mail had no text.)",
    ]  # fmt: skip
    assert sorted(
        (event.details["found_by"], event.details["attachments"])
        for event in inquiry.events.filter(kind=EventKind.REPLY_FILED)
    ) == [("reference", 0), ("reference", 0), ("reference", 1), ("reply", 0), ("reply", 0), ("reply", 1)]
    assert verdicts() == sorted(
        ["FILED"] * len(filed) + ["AUTOMATIC"] * len(automatic) + ["UNKNOWN"] * len(for_a_person) + ["BROKEN"] * 2
    )
    waiting = len(for_a_person) + len(broken)
    assert folders(dovecot) == (0, waiting, len(filed) + len(automatic))
    assert not dovecot.uids(criteria="SEEN")
    assert unfiled_count() == waiting
    assert unfiled_of(inquiry) == 4
    assert collect() == 0
    assert (len(texts(inquiry)), unfiled_count()) == (len(filed), waiting)


def test_bounce_means_please_phone(dovecot: Dovecot, inquiry: Inquiry) -> None:
    email = confirmation(inquiry)
    dovecot.deliver(
        bounce(email.message_id, action="delayed", status="4.4.1"),
        bounce(email.message_id, kind="message/rfc822"),
        bounce(email.message_id),
    )
    assert collect() == 3
    email.refresh_from_db()
    inquiry.refresh_from_db()
    assert (email.status, email.last_error, email.sent_at) == (EmailStatus.FAILED, "came back 5.1.1", None)
    assert inquiry.email_refused_at is not None
    assert inquiry.events.get(kind=EventKind.BOUNCED).details["status"] == "5.1.1"
    assert verdicts() == ["BOUNCE"] * 3
    assert not inquiry.messages.exists()
    assert inquiry.status == Status.CONTACTED
    assert folders(dovecot) == (0, 0, 3)


def test_delay_changes_nothing(dovecot: Dovecot, inquiry: Inquiry) -> None:
    dovecot.deliver(bounce(confirmation(inquiry).message_id, action="delayed", status="4.4.1"))
    before = inquiry.events.count()
    assert collect() == 1
    inquiry.refresh_from_db()
    assert (inquiry.email_refused_at, inquiry.events.count()) == (None, before)
    assert confirmation(inquiry).status == EmailStatus.SENT


def test_bounce_without_message_id_needs_the_patients_address(dovecot: Dovecot, inquiry: Inquiry) -> None:
    dovecot.deliver(bounce("", reference=inquiry.reference, recipient="stranger@example.org"))
    assert collect() == 1
    assert verdicts() == [InboundVerdict.UNKNOWN]
    dovecot.deliver(bounce("", reference=inquiry.reference))
    assert collect() == 1
    inquiry.refresh_from_db()
    assert inquiry.email_refused_at is not None


def test_coordinators_bounce_goes_to_the_fallback(dovecot: Dovecot, inquiry: Inquiry) -> None:
    notice = inquiry.emails.get(kind=EmailKind.HANDOVER)
    dovecot.deliver(bounce(notice.message_id, recipient="ana.horvat@clinic.example"))
    assert collect() == 1
    inquiry.refresh_from_db()
    assert inquiry.email_refused_at is None
    assert inquiry.emails.filter(kind=EmailKind.HANDOVER_FALLBACK).exists()
    assert inquiry.events.filter(kind=EventKind.EMAIL_FAILED).exists()
    assert not inquiry.events.filter(kind=EventKind.BOUNCED).exists()


def test_bounce_of_an_old_address_says_nothing_of_the_new(dovecot: Dovecot, inquiry: Inquiry) -> None:
    message_id = confirmation(inquiry).message_id
    change_contact(inquiry, email="jan.new@example.com")
    dovecot.deliver(bounce(message_id))
    assert collect() == 1
    inquiry.refresh_from_db()
    assert inquiry.email_refused_at is None


def test_bounce_about_something_added_is_seen_where_the_desk_looks(dovecot: Dovecot, inquiry: Inquiry) -> None:
    addition = make_inquiry(email=PATIENT, message="One more thing")
    put_or_repeat(EmailKind.LINK, addition)
    sweep()
    email = addition.emails.get()
    dovecot.deliver(bounce(email.message_id))
    assert collect() == 1
    inquiry.refresh_from_db()
    addition.refresh_from_db()
    details = {"email": str(email.pk), "kind": EmailKind.LINK, "status": "5.1.1"}
    assert addition.events.get(kind=EventKind.BOUNCED).details == details
    assert inquiry.events.get(kind=EventKind.BOUNCED).details == {**details, "reference": addition.reference}
    assert (addition.email_refused_at is None, inquiry.email_refused_at is None) == (False, False)


def test_second_bounce_of_a_notice_is_told_again(dovecot: Dovecot, inquiry: Inquiry) -> None:
    notice = inquiry.emails.get(kind=EmailKind.HANDOVER)
    for _ in range(2):
        dovecot.deliver(bounce(notice.message_id, recipient="ana.horvat@clinic.example"))
        assert collect() == 1
        notice.refresh_from_db()
        assert notice.failed_at is not None
        assert inquiry.emails.get(kind=EmailKind.HANDOVER_FALLBACK).status == EmailStatus.PENDING
        send_again(notice)
        sweep()
        assert inquiry.emails.filter(pk=notice.pk, status=EmailStatus.SENT, failed_at=None).exists()


def test_same_mail_twice_is_filed_once(dovecot: Dovecot, inquiry: Inquiry) -> None:
    reply = mail("Once", answers=confirmation(inquiry).message_id).as_bytes()
    nameless = reply.replace(b"Message-ID: ", b"X-Old-ID: ").replace(b"Once", b"Also once")
    dovecot.deliver(reply, reply, nameless, nameless)
    assert collect() == 4
    assert texts(inquiry) == ["Once", "Also once"]
    dovecot.deliver(reply)
    assert collect() == 1
    assert len(texts(inquiry)) == 2


def test_two_hundred_mails_and_a_server_that_dies_in_the_middle(
    dovecot: Dovecot, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("inquiries.services.limits.MESSAGES", 1000)
    answers = confirmation(inquiry).message_id
    dovecot.deliver(*(mail(f"Mail {number}", answers=answers).as_bytes() for number in range(200)))
    real, calls = imap.Mailbox.put_away, iter(range(1000))

    def put_away(mailbox: imap.Mailbox, uid: str) -> None:
        if next(calls) == 70:
            dovecot.stop()
        real(mailbox, uid)

    monkeypatch.setattr(imap.Mailbox, "put_away", put_away)
    try:
        assert collect() == 70
        assert "mailbox did not answer" in caplog.text
        assert not Heartbeat.objects.filter(name=Heartbeat.MAILBOX).exists()
        # Committed, and not yet moved
        assert InboundMail.objects.count() == 71
        assert collect() == 0
    finally:
        dovecot.start()
    assert collect() == 130
    assert texts(inquiry) == [f"Mail {number}" for number in range(200)]
    assert folders(dovecot) == (0, 0, 200)
    assert Heartbeat.objects.filter(name=Heartbeat.MAILBOX).exists()


def test_mail_that_cannot_be_filed_is_left_for_a_person_and_stops_nobody(
    dovecot: Dovecot, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers = confirmation(inquiry).message_id
    dovecot.deliver(mail(f"{CANARY} 1", answers=answers).as_bytes(), mail("second", answers=answers).as_bytes())
    real = messages.receive_message

    def fail(inquiry: Inquiry, text: str, *, language: str) -> Message:
        message = real(inquiry, text, language=language)
        if CANARY in text:
            raise RuntimeError(CANARY)
        return message

    with monkeypatch.context() as patch:
        patch.setattr(inbound, "receive_message", fail)
        assert collect() == 2
        assert texts(inquiry) == ["second"]
        assert verdicts() == ["BROKEN", "FILED"]
        assert (folders(dovecot), unfiled_count()) == ((0, 1, 1), 1)
        assert collect() == 0
    take_flags_off(dovecot)
    assert collect() == 1
    assert (texts(inquiry), unfiled_count()) == (["second", f"{CANARY} 1"], 0)
    formatter = JsonFormatter()
    assert CANARY not in "".join(formatter.format(record) for record in caplog.records)


def test_database_that_is_away_makes_nothing_unreadable(
    dovecot: Dovecot, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(mail("Later", answers=confirmation(inquiry).message_id).as_bytes())

    def fail(*_arguments: Any, **_options: Any) -> Message:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(inbound, "receive_message", fail)
        with pytest.raises(OperationalError):
            collect()
    assert (folders(dovecot), unfiled_count()) == ((1, 0, 0), 0)
    assert collect() == 1
    assert texts(inquiry) == ["Later"]


def test_flood_is_left_for_a_person_and_nobody_waits_behind_it(
    dovecot: Dovecot, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound, "ROUND_MAILS", MESSAGES + 5)
    answers = confirmation(inquiry).message_id
    other = make_inquiry(email="eva@example.com", name="Eva", phone="+49 171 2345678")
    dovecot.deliver(*(mail(f"Mail {number}", answers=answers).as_bytes() for number in range(MESSAGES + 10)))
    dovecot.deliver(mail("Behind it", sender="eva@example.com", subject=other.reference).as_bytes())
    assert (collect(), collect(), collect()) == (MESSAGES + 5, 6, 0)
    assert texts(other) == ["Behind it"]
    assert (folders(dovecot), unfiled_of(inquiry)) == ((0, 10, MESSAGES + 1), 10)
    # Once there is room again, whoever has looked takes the flags off.
    inquiry.messages.update(at=timezone.now() - timedelta(hours=2))
    take_flags_off(dovecot)
    assert (collect(), unfiled_of(inquiry)) == (10, 0)
    assert len(texts(inquiry)) == MESSAGES + 10


@pytest.mark.parametrize("marks", WEAK_MARKS)
def test_patients_mail_with_the_marks_of_a_mailing_is_for_a_person(
    dovecot: Dovecot, inquiry: Inquiry, marks: dict[str, str]
) -> None:
    answers = confirmation(inquiry).message_id
    dovecot.deliver(
        mail("Please read me.", answers=answers, **marks).as_bytes(),
        mail("Nobody's", sender="news@example.org", **marks).as_bytes(),
    )
    assert collect() == 2
    assert (verdicts(), unfiled_of(inquiry)) == (["AUTOMATIC", "UNKNOWN"], 1)
    assert not inquiry.messages.exists()
    assert folders(dovecot) == (0, 1, 1)


def test_mark_of_exchange_says_nothing(dovecot: Dovecot, inquiry: Inquiry) -> None:
    answers = confirmation(inquiry).message_id
    dovecot.deliver(mail("From Outlook", answers=answers, X_Auto_Response_Suppress="All").as_bytes())
    assert collect() == 1
    assert texts(inquiry) == ["From Outlook"]


def test_unknown_mail_is_filed_once_the_address_is_right(dovecot: Dovecot, inquiry: Inquiry) -> None:
    dovecot.deliver(mail("From work", sender="jan@work.example", subject=inquiry.reference).as_bytes())
    assert collect() == 1
    assert (unfiled_of(inquiry), len(texts(inquiry))) == (1, 0)
    change_contact(inquiry, email="jan@work.example")
    take_flags_off(dovecot)
    assert collect() == 1
    assert (texts(inquiry), unfiled_count()) == (["From work"], 0)


def test_mail_that_a_person_took_out_of_the_inbox_is_counted_no_more(dovecot: Dovecot, inquiry: Inquiry) -> None:
    dovecot.deliver(mail("One", subject="Question").as_bytes(), mail("Two", subject="Question").as_bytes())
    assert (collect(), unfiled_count()) == (2, 2)
    with dovecot.mailbox() as box:
        box.delete(box.uids()[:1])
    assert (collect(), unfiled_count()) == (0, 1)
    # A star that a person gave before we looked hides nothing.
    dovecot.deliver(mail("Starred", answers=confirmation(inquiry).message_id).as_bytes())
    with dovecot.mailbox() as box:
        box.flag(box.uids(), r"\Flagged", value=True)
    assert (collect(), unfiled_count()) == (1, 1)
    assert texts(inquiry) == ["Starred"]


def test_huge_mail_keeps_its_words(dovecot: Dovecot, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = mail("The words come first.", answers=confirmation(inquiry).message_id)
    huge.add_attachment(b"x" * 20_000_000, maintype="application", subtype="dicom", filename="mri.dcm")
    dovecot.deliver(huge.as_bytes())
    fetched: list[int] = []

    def read(data: bytes) -> IncomingMail:
        fetched.append(len(data))
        return read_mail(data)

    monkeypatch.setattr(inbound, "read_mail", read)
    assert collect() == 1
    assert fetched == [imap.FETCHED_BYTES]
    assert texts(inquiry) == ["The words come first."]
    assert inquiry.events.get(kind=EventKind.REPLY_FILED).details["attachments"] == 1


def test_reply_about_something_added_starts_the_leading_clock(dovecot: Dovecot, inquiry: Inquiry) -> None:
    addition = make_inquiry(email=PATIENT, message="One more thing")
    assert addition.joined_to == inquiry
    sweep()
    dovecot.deliver(mail("About the second", subject=f"Re: {addition.reference}").as_bytes())
    assert collect() == 1
    assert texts(addition) == ["About the second"]
    dovecot.deliver(mail("From work", sender="jan@work.example", subject=addition.reference).as_bytes())
    assert (collect(), unfiled_of(inquiry)) == (1, 1)
    assert inquiry.events.filter(kind=EventKind.REPLY_FILED).exists()
    inquiry.refresh_from_db()
    assert inquiry.status == Status.WAITING


def test_erased_inquiry_takes_nothing(dovecot: Dovecot, inquiry: Inquiry) -> None:
    answers, reference = confirmation(inquiry).message_id, inquiry.reference
    dovecot.deliver(mail("First", answers=answers).as_bytes())
    assert collect() == 1
    erase(inquiry, ErasedBy.PATIENT)
    assert not InboundMail.objects.exists()
    dovecot.deliver(mail("Late", answers=answers, subject=reference).as_bytes(), bounce(answers))
    assert collect() == 2
    assert verdicts() == ["UNKNOWN", "UNKNOWN"]


def test_what_was_put_away_is_deleted_in_its_time(dovecot: Dovecot, inquiry: Inquiry, settings: Settings) -> None:
    reply = mail("Old", answers=confirmation(inquiry).message_id).as_bytes()
    old = timezone.now() - timedelta(days=settings.IMAP_KEEP_DAYS + 2)
    dovecot.deliver(reply, at=old)
    dovecot.deliver(mail("New", answers=confirmation(inquiry).message_id).as_bytes())
    dovecot.deliver(mail("Unknown", subject="Question").as_bytes(), at=old)
    assert collect() == 3
    assert folders(dovecot) == (0, 1, 1)


def test_mailbox_that_is_away_is_logged_and_nothing_else(
    settings: Settings, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    caplog.set_level(logging.DEBUG)
    for url in (
        "imap://user:sesame@127.0.0.1:1/INBOX",
        settings.IMAP_URL.replace("open", "wrong"),
        settings.IMAP_URL.replace("INBOX", "Nowhere"),
        settings.IMAP_URL.replace("imap://", "imap+ssl://"),
        settings.IMAP_URL.replace("imap://", "imap+tls://"),
    ):
        settings.IMAP_URL = url
        caplog.clear()
        assert collect() == 0
        assert "mailbox did not answer" in caplog.text
        assert "sesame" not in caplog.text
    assert not Heartbeat.objects.filter(name=Heartbeat.MAILBOX).exists()
    assert "mailbox" in client.get("/health/ready").json()["degraded"]


def test_health_and_command(settings: Settings, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("collect_mail")
    assert capsys.readouterr().out == "0 collected, 0 wait in the mailbox for a person.\n"
    assert client.get("/health/ready").json()["mailbox"] in {"0 s", "1 s"}
    Heartbeat.objects.filter(name=Heartbeat.MAILBOX).update(beat_at=timezone.now() - timedelta(minutes=16))
    assert "mailbox" in client.get("/health/ready").json()["degraded"]
    settings.IMAP_URL = ""
    assert "mailbox" not in client.get("/health/ready").json()
    assert collect() == 0


def test_nothing_of_a_mail_is_logged(dovecot: Dovecot, inquiry: Inquiry, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers = confirmation(inquiry).message_id
    dovecot.deliver(
        mail(f"My {CANARY}", answers=answers).as_bytes(),
        mail(CANARY, sender=f"{CANARY}@example.org", subject=f"{CANARY} {inquiry.reference}").as_bytes(),
        bounce(answers, status=CANARY),
        f"{CANARY}: {CANARY}\r\n\r\n{CANARY}".encode(),
    )
    assert collect() == 4
    formatter = JsonFormatter()
    logged = "\n".join(formatter.format(record) for record in caplog.records)
    assert "e-mail collected" in logged
    assert CANARY not in logged


def test_two_collectors_at_once_file_once(dovecot: Dovecot, inquiry: Inquiry) -> None:
    dovecot.deliver(mail("Both see me", answers=confirmation(inquiry).message_id).as_bytes())
    with imap.open_mailbox(_address()) as first, imap.open_mailbox(_address()) as second:
        uid = first.waiting()[0]
        assert second.waiting() == [uid]
        data = second.fetch(uid)
        assert inbound._deal_with(first, uid)
        assert data is not None
        assert inbound.file_mail(read_mail(data)) == InboundVerdict.FILED
        assert not inbound._deal_with(second, uid)
    assert texts(inquiry) == ["Both see me"]


def _address() -> MailboxAddress:
    found = mailbox_address()
    assert found is not None
    return found
