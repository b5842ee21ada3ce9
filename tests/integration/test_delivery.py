"""The outbox: what is accepted is delivered, or waits where somebody sees it."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone

from coordinators.enums import Role
from coordinators.models import ReplyPolicy
from inquiries.emails import build_email
from inquiries.enums import EmailKind, EmailStatus, EventKind
from inquiries.models import Heartbeat, Inquiry, InquiryEvent, OutgoingEmail
from inquiries.services import delivery
from inquiries.services.delivery import Outcome, deliver, sweep
from inquiries.services.staff import deactivate
from inquiries.tasks import deliver_email, sweep_outbox
from tests.factories import make_coordinator, make_inquiry, make_user

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
    assert Inquiry.objects.with_failed_mail().get() == inquiry


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


def test_email_that_cannot_be_made_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    poison, _healthy = make_inquiry(), make_inquiry()
    build = build_email

    def fail(email: OutgoingEmail) -> Any:
        if email.inquiry_id == poison.pk:
            raise ZeroDivisionError
        return build(email)

    monkeypatch.setattr(delivery, "build_email", fail)
    assert sweep() == 2
    assert set(OutgoingEmail.objects.unsent().values_list("inquiry", "last_error")) == {
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
