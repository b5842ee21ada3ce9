"""The outbox: what is accepted is delivered, or waits where somebody sees it."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from coordinators.enums import Role
from coordinators.models import ReplyPolicy
from inquiries.emails import build_email
from inquiries.enums import EmailKind, EmailStatus, EventKind
from inquiries.models import Heartbeat, Inquiry, InquiryEvent, OutgoingEmail
from inquiries.services import delivery
from inquiries.services.contact import change_contact
from inquiries.services.delivery import Outcome, deliver, sweep
from inquiries.services.outbox import put_or_repeat, send_again
from inquiries.services.staff import deactivate
from inquiries.tasks import deliver_email, sweep_outbox
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.real.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _team() -> None:
    make_coordinator("Ana Horvat")
    ReplyPolicy.objects.update(fallback_mailbox="team@clinic.example")


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception, *, only: str = "") -> list[str]:
    """Let the mail server answer with `error` (to recipients that contain `only`), and return whom it was asked for."""
    asked: list[str] = []
    send: Any = EmailBackend.send_messages

    def answer(self: Any, messages: list[Any]) -> Any:
        asked.extend(messages[0].to)
        if only in messages[0].to[0]:
            raise error
        return send(self, messages)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", answer)
    return asked


def refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"x@example.com": (code, b"no")})


@dataclass
class Refusing(SmtpSink):
    """A real mail server that answers one command in words of the test's, to the patient or to everybody."""

    command: str = ""
    answer: str = ""

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse the sender."""
        if self.command == "MAIL":
            return self.answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse the patient."""
        if self.command == "RCPT" and "jan.patient" in address:
            return self.answer
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Take or refuse what is written to the patient."""
        if self.command == "DATA" and "jan.patient" in envelope.rcpt_tos[0]:
            return self.answer
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def server(settings: Settings) -> Iterator[Refusing]:
    """Send through a real mail server."""
    with Refusing() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


def states() -> dict[str, str]:
    return dict(OutgoingEmail.objects.values_list("kind", "status"))


def test_sweep_sends_everything_once_and_writes_it_down() -> None:
    inquiry = make_inquiry()
    assert sweep() == 2
    assert sweep() == 0
    assert sorted(message.to[0] for message in mail.outbox) == [
        "ana.horvat@clinic.example",
        "jan.patient@example.com",
    ]
    assert states() == {"HANDOVER": EmailStatus.SENT, "CONFIRMATION": EmailStatus.SENT}
    assert inquiry.events.filter(kind=EventKind.EMAIL_SENT).count() == 2
    assert Heartbeat.objects.filter(name=Heartbeat.SWEEP).exists()


def test_inquiry_without_an_address_gets_no_confirmation() -> None:
    make_inquiry(email="", contact_by=("phone",), phone="0170 1234567")
    assert set(states()) == {"HANDOVER"}


def test_tasks_take_a_key_and_send() -> None:
    make_inquiry()
    email = OutgoingEmail.objects.get(kind=EmailKind.HANDOVER)
    assert deliver_email(str(email.pk)) == "sent"
    assert deliver_email(str(email.pk)) == "not due"
    assert sweep_outbox() == 1
    call_command("sweep_outbox", verbosity=0)
    assert len(mail.outbox) == 2


def test_claimed_email_is_not_sent_by_a_second_worker_until_the_lease_runs_out() -> None:
    make_inquiry(email="", contact_by=("phone",), phone="1")
    email = OutgoingEmail.objects.get()
    now = timezone.now()
    assert OutgoingEmail.objects.claim(email.pk, now=now, lease=timedelta(seconds=120))
    assert deliver(email.pk) is Outcome.NOT_DUE
    with time_machine.travel(now + timedelta(seconds=121)):
        assert sweep() == 1
    email.refresh_from_db()
    assert email.attempts == 2
    assert mail.outbox[0].extra_headers["Message-ID"] == email.message_id


def test_sender_whose_lease_ran_out_does_not_overwrite_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    make_inquiry(email="", contact_by=("phone",), phone="1")
    email = OutgoingEmail.objects.get()
    send = delivery._send

    def slow(row: OutgoingEmail, connection: Any) -> None:
        later = timezone.now() + timedelta(seconds=121)
        assert OutgoingEmail.objects.claim(row.pk, now=later, lease=timedelta(seconds=120))
        send(row, connection)

    monkeypatch.setattr(delivery, "_send", slow)
    deliver(email.pk)
    email.refresh_from_db()
    assert email.status == EmailStatus.SENDING


@pytest.mark.parametrize("code", [450, 451, 452])
def test_temporary_refusal_is_tried_again_later(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    make_inquiry()
    refuse(monkeypatch, refused(code), only="ana.horvat")
    assert sweep() == 1
    email = OutgoingEmail.objects.get(kind=EmailKind.HANDOVER)
    assert (email.status, email.last_error) == (EmailStatus.PENDING, str(code))
    assert timedelta(seconds=50) < email.next_attempt_at - timezone.now() <= timedelta(minutes=1)


def test_back_off_grows_and_ends_after_three_days(monkeypatch: pytest.MonkeyPatch) -> None:
    make_inquiry(email="", contact_by=("phone",), phone="1")
    asked = refuse(monkeypatch, refused(451), only="ana.horvat")
    start = timezone.now()
    waits = []
    with time_machine.travel(start) as clock:
        while (email := OutgoingEmail.objects.get(kind=EmailKind.HANDOVER)).status != EmailStatus.FAILED:
            clock.move_to(email.next_attempt_at + timedelta(seconds=1))
            sweep()
            email.refresh_from_db()
            waits.append(round((email.next_attempt_at - timezone.now()).total_seconds() / 60))
    assert waits[:7] == [1, 2, 5, 10, 30, 60, 60]
    assert 70 < len([address for address in asked if "ana" in address]) < 80
    assert InquiryEvent.objects.filter(kind=EventKind.EMAIL_FAILED).count() == 1


@pytest.mark.parametrize("code", [550, 551, 553])
def test_permanent_refusal_is_given_up_at_once_and_the_fallback_mailbox_is_told(
    monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    inquiry = make_inquiry()
    refuse(monkeypatch, refused(code), only="ana.horvat")
    sweep()
    sweep()
    assert states() == {
        "HANDOVER": EmailStatus.FAILED,
        "CONFIRMATION": EmailStatus.SENT,
        "HANDOVER_FALLBACK": EmailStatus.SENT,
    }
    [notice] = [message for message in mail.outbox if message.to == ["team@clinic.example"]]
    assert inquiry.reference in notice.subject
    assert Inquiry.objects.with_undelivered_mail().get() == inquiry


def test_refusal_after_the_text_is_permanent_too(monkeypatch: pytest.MonkeyPatch) -> None:
    make_inquiry()
    refuse(monkeypatch, smtplib.SMTPDataError(554, b"no"), only="jan.patient")
    sweep()
    assert states()["CONFIRMATION"] == EmailStatus.FAILED


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        smtplib.SMTPConnectError(421, b"busy"),
        smtplib.SMTPServerDisconnected(),
        smtplib.SMTPAuthenticationError(535, b"no"),
        smtplib.SMTPSenderRefused(421, b"closing", "x"),
    ],
)
def test_server_that_is_away_costs_a_minute_and_the_sweep_asks_only_once(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for _ in range(3):
        make_inquiry()
    asked = refuse(monkeypatch, error)
    assert sweep() == 0
    assert len(asked) == 1
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert sweep() == 6


@pytest.mark.parametrize(
    "answer",
    ["550 5.1.8 sender unknown", "553 5.7.1 not your address", "554 account ran out", "451 later", "421 closing"],
)
def test_server_that_refuses_our_sender_is_away_and_no_patient_is_marked(server: Refusing, answer: str) -> None:
    inquiry = make_inquiry()
    server.command, server.answer = "MAIL", answer
    assert sweep() == 0
    assert server.connections == 1
    assert set(states().values()) == {EmailStatus.PENDING}
    [tried] = OutgoingEmail.objects.filter(attempts=1)
    assert tried.last_error == f"sender refused {answer[:3]}"
    assert_not_marked(inquiry)
    server.command = ""
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert sweep() == 2
    assert len(server.to("jan.patient@example.com")) == 1


def test_sender_that_is_refused_for_three_days_is_given_up_without_a_word_about_the_mailbox(server: Refusing) -> None:
    inquiry = make_inquiry()
    server.command, server.answer = "MAIL", "550 account ran out"
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        for _ in range(3):
            assert sweep() == 0
        assert set(states().values()) == {EmailStatus.FAILED, EmailStatus.PENDING}
    assert_not_marked(inquiry)


@pytest.mark.parametrize(
    ("command", "answer"),
    [("DATA", "550 5.7.1 looks like spam"), ("DATA", "554 no"), ("RCPT", "554 5.7.1 relay access denied")],
)
def test_refused_words_are_given_up_and_say_nothing_of_the_mailbox(server: Refusing, command: str, answer: str) -> None:
    inquiry = make_inquiry()
    server.command, server.answer = command, answer
    assert sweep() == 1
    email = inquiry.emails.get(kind=EmailKind.CONFIRMATION)
    assert (email.status, email.last_error, email.failed_at is None) == (EmailStatus.FAILED, answer[:3], False)
    assert inquiry.events.get(kind=EventKind.EMAIL_FAILED).details == {"email": str(email.pk), "kind": "CONFIRMATION"}
    assert_not_marked(inquiry)


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "550 no", "553-5.1.2 no\r\n553 5.1.2 really"])
def test_patients_mailbox_that_refuses_means_please_phone(server: Refusing, answer: str) -> None:
    inquiry = make_inquiry()
    server.command, server.answer = "RCPT", answer
    assert sweep() == 1
    assert states()["CONFIRMATION"] == EmailStatus.FAILED
    inquiry.refresh_from_db()
    assert inquiry.email_refused_at is not None
    assert inquiry.events.filter(kind=EventKind.EMAIL_REFUSED).count() == 1


def test_corrected_mailbox_that_refuses_an_older_letter_means_please_phone_too(server: Refusing) -> None:
    inquiry = make_inquiry()
    change_contact(inquiry, email="jan.patient@wrong.example")
    inquiry.emails.exclude(kind=EmailKind.CONFIRMATION).delete()
    server.command, server.answer = "RCPT", "550 5.1.1 no such user"
    sweep()
    assert states()["CONFIRMATION"] == EmailStatus.FAILED
    inquiry.refresh_from_db()
    assert inquiry.email_refused_at is not None


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_server_that_closes_in_the_middle_is_away(server: Refusing, command: str) -> None:
    inquiry = make_inquiry()
    server.command, server.answer = command, "421 closing"
    sweep()
    assert states()["CONFIRMATION"] == EmailStatus.PENDING
    assert_not_marked(inquiry)


def assert_not_marked(inquiry: Inquiry) -> None:
    """Check that nobody is asked to phone because of a mailbox."""
    inquiry.refresh_from_db()
    assert inquiry.email_refused_at is None
    assert not inquiry.events.filter(kind=EventKind.EMAIL_REFUSED).exists()


def test_mail_about_something_added_that_is_refused_is_seen_where_the_desk_looks(server: Refusing) -> None:
    leading = make_inquiry()
    addition = make_inquiry(email="jan.patient@example.com")
    assert addition.joined_to == leading
    assert sweep() == 3
    put_or_repeat(EmailKind.LINK, addition)
    server.command, server.answer = "RCPT", "550 5.1.1 no such user"
    sweep()
    for inquiry, details in ((addition, {}), (leading, {"reference": addition.reference})):
        inquiry.refresh_from_db()
        assert inquiry.email_refused_at is not None
        assert inquiry.events.get(kind=EventKind.EMAIL_REFUSED).details == details
    failed = leading.events.get(kind=EventKind.EMAIL_FAILED).details
    assert (failed["kind"], failed["reference"]) == (EmailKind.LINK, addition.reference)


def test_second_failure_of_a_notice_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    inquiry = make_inquiry()
    refuse(monkeypatch, refused(550), only="ana.horvat")
    for told in (1, 2):
        sweep()
        sweep()
        assert len([message for message in mail.outbox if message.to == ["team@clinic.example"]]) == told
        send_again(inquiry.emails.get(kind=EmailKind.HANDOVER))


def test_email_that_cannot_be_made_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    poison, _healthy = make_inquiry(), make_inquiry()
    build = build_email

    def fail(email: OutgoingEmail) -> Any:
        if email.inquiry_id == poison.pk:
            raise ZeroDivisionError
        return build(email)

    monkeypatch.setattr(delivery, "build_email", fail)
    assert sweep() == 2
    assert set(OutgoingEmail.objects.on_the_way().values_list("inquiry", "last_error")) == {
        (poison.pk, "ZeroDivisionError")
    }


def test_coordinator_who_left_gets_nothing_and_the_successor_is_told() -> None:
    leaving = make_coordinator("Eva Kraus", languages=("de",))
    inquiry = make_inquiry(preferred_language="de")
    assert inquiry.coordinator == leaving
    deactivate(leaving.user, by=make_user(Role.MANAGER, "Mia Manager"))
    sweep()
    assert "eva.kraus@clinic.example" not in {message.to[0] for message in mail.outbox}
    assert {"ana.horvat@clinic.example", "team@clinic.example"} <= {message.to[0] for message in mail.outbox}


def test_email_without_any_recipient_is_given_up_visibly() -> None:
    ReplyPolicy.objects.update(fallback_mailbox="")
    inquiry = make_inquiry(preferred_language="de", treatment=None)
    OutgoingEmail.objects.filter(kind=EmailKind.HANDOVER).update(kind=EmailKind.HANDOVER_FALLBACK, coordinator=None)
    sweep()
    assert states()["HANDOVER_FALLBACK"] == EmailStatus.FAILED
    assert inquiry.events.filter(kind=EventKind.EMAIL_FAILED).exists()


def test_broker_that_is_away_does_not_reach_the_patient(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[str] = []

    def fail(name: str, **_options: Any) -> None:
        sent.append(name)
        raise ConnectionRefusedError

    monkeypatch.setattr("inquiries.services.outbox.current_app.send_task", fail)
    with django_capture_on_commit_callbacks(execute=True):
        make_inquiry()
    assert sent
    assert states() == {"HANDOVER": EmailStatus.PENDING, "CONFIRMATION": EmailStatus.PENDING}
