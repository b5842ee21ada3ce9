"""A promised time is kept, or the patient is told honestly, once (FEATURES.md N3)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from time_machine import Traveller

from coordinators.enums import Role
from coordinators.models import Absence, Coordinator, ReplyPolicy
from inquiries.enums import ContactResult, EmailKind, EventKind, Outcome, PromiseEnding, Status
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.services.clock import keep_promises
from inquiries.services.delivery import sweep
from inquiries.services.triage import assign_to, close, log_contact, record_read, release, reopen
from tests.factories import make_coordinator, make_inquiry, make_user

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # 10:00 in Zagreb
DUE = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)  # four working hours later


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with time_machine.travel(MONDAY, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def ana() -> Coordinator:
    return make_coordinator("Ana Horvat")


@pytest.fixture
def jonas(ana: Coordinator) -> Coordinator:  # noqa: ARG001  # comes after her
    return make_coordinator("Jonas Weber")


@pytest.fixture
def inquiry(ana: Coordinator, jonas: Coordinator) -> Inquiry:
    """Return an inquiry that Ana has and Jonas could have; her turn comes first."""
    inquiry = make_inquiry()
    assert inquiry.coordinator == ana != jonas
    sweep()
    mail.outbox.clear()
    return inquiry


def go(clock: Traveller, moment: datetime) -> None:
    """Let the clock tick every ten minutes until `moment`, as the scheduler does."""
    while timezone.now() < moment:
        clock.move_to(min(timezone.now() + timedelta(minutes=10), moment))
        keep_promises()
        sweep()


def kinds(inquiry: Inquiry) -> list[str]:
    return list(OutgoingEmail.objects.filter(inquiry=inquiry).order_by("created_at").values_list("kind", flat=True))


def test_promise_is_what_the_calendar_says(inquiry: Inquiry) -> None:
    promise = inquiry.promises.get()
    assert inquiry.reply_due_at == promise.due_at == DUE
    assert promise.made_at < promise.remind_at < promise.escalate_at < promise.due_at


def test_nothing_happens_before_half_of_the_time_has_gone(inquiry: Inquiry, clock: Traveller) -> None:
    go(clock, MONDAY + timedelta(minutes=110))
    assert kinds(inquiry) == ["HANDOVER", "CONFIRMATION"]


def test_whoever_answers_is_reminded_once_then_a_manager_is_asked(inquiry: Inquiry, clock: Traveller) -> None:
    manager = make_user(Role.MANAGER, "Mia Manager")
    go(clock, MONDAY + timedelta(hours=2, minutes=50))
    assert kinds(inquiry)[2:] == ["REMINDER"]
    assert [message.to for message in mail.outbox] == [["ana.horvat@clinic.example"]]
    go(clock, MONDAY + timedelta(hours=3, minutes=50))
    assert kinds(inquiry)[2:] == ["REMINDER", "ESCALATION"]
    assert mail.outbox[-1].to == [manager.email]


@pytest.mark.usefixtures("inquiry")
def test_replacement_of_somebody_away_is_asked_before_a_manager(
    ana: Coordinator, jonas: Coordinator, clock: Traveller
) -> None:
    make_user(Role.MANAGER, "Mia Manager")
    today = date(2026, 11, 16)
    Absence.objects.create(coordinator=ana, starts_on=today, ends_on=today, replacement=jonas)
    go(clock, MONDAY + timedelta(hours=3, minutes=10))
    asked = OutgoingEmail.objects.filter(kind=EmailKind.ESCALATION)
    assert [email.user for email in asked] == [jonas.user]


def test_broken_promise_makes_one_reassignment_and_one_mail_to_the_patient(
    inquiry: Inquiry, jonas: Coordinator, clock: Traveller
) -> None:
    go(clock, DUE + timedelta(days=9))
    inquiry.refresh_from_db()
    assert inquiry.coordinator == jonas
    assert inquiry.assignments.count() == 2
    to_patient = [message for message in mail.outbox if message.to == [inquiry.email]]
    assert len(to_patient) == 1
    assert jonas.display_name in to_patient[0].body
    assert inquiry.reference in to_patient[0].subject
    endings = list(inquiry.promises.order_by("made_at").values_list("ending", "is_moved"))
    assert endings == [(PromiseEnding.BROKEN, False), (PromiseEnding.BROKEN, True)]
    assert inquiry.is_flagged, "broken twice: a person has to look"
    assert [message.to for message in mail.outbox].count(["jonas.weber@clinic.example"]) == 2  # handed over, reminded


def test_managers_are_told_when_a_moved_promise_breaks_too(inquiry: Inquiry, clock: Traveller) -> None:
    manager = make_user(Role.MANAGER, "Mia Manager")
    go(clock, DUE + timedelta(days=3))
    told = [message for message in mail.outbox if message.to == [manager.email]]
    assert len(told) == 3, "before the first break, before the second, and after it"
    assert len({message.extra_headers["Message-ID"] for message in told}) == 3
    assert all(inquiry.reference in message.subject for message in told)


def test_new_time_is_counted_from_the_break_in_the_new_persons_hours(inquiry: Inquiry, clock: Traveller) -> None:
    go(clock, DUE)
    inquiry.refresh_from_db()
    # 14:00 to 16:00 on Monday, 8:00 to 10:00 on Tuesday, in Zagreb
    assert inquiry.reply_due_at == datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


@pytest.mark.usefixtures("inquiry")
def test_two_schedulers_change_nothing(clock: Traveller) -> None:
    clock.move_to(DUE)
    assert [keep_promises(), keep_promises()] == [1, 0]
    assert OutgoingEmail.objects.filter(kind=EmailKind.PROMISE_MOVED).count() == 1


def test_late_worker_tells_the_patient_once_and_skips_what_is_past(inquiry: Inquiry, clock: Traveller) -> None:
    clock.move_to(DUE + timedelta(minutes=5))
    keep_promises()
    assert kinds(inquiry)[2:] == ["HANDOVER", "PROMISE_MOVED"]


def test_nobody_else_keeps_the_inquiry_with_the_same_person_and_a_red_flag(ana: Coordinator, clock: Traveller) -> None:
    manager = make_user(Role.MANAGER, "Mia Manager")
    inquiry = make_inquiry()
    clock.move_to(DUE)
    keep_promises()
    inquiry.refresh_from_db()
    assert (inquiry.coordinator, inquiry.is_flagged) == (ana, True)
    assert inquiry.reply_due_at
    assert inquiry.reply_due_at > DUE
    assert OutgoingEmail.objects.filter(kind=EmailKind.ESCALATION, user=manager).exists()


def test_inquiry_does_not_go_to_somebody_who_cannot_read_it(ana: Coordinator, clock: Traveller) -> None:
    manager = make_user(Role.MANAGER, "Mia Manager")
    make_coordinator("Jan de Vries", languages=("nl",))
    inquiry = make_inquiry()
    clock.move_to(DUE)
    keep_promises()
    inquiry.refresh_from_db()
    assert (inquiry.coordinator, inquiry.is_flagged) == (ana, True)
    assert OutgoingEmail.objects.filter(kind=EmailKind.PROMISE_MOVED).exists()
    assert OutgoingEmail.objects.filter(kind=EmailKind.ESCALATION, user=manager).exists()


@pytest.mark.parametrize("result", ContactResult)
def test_logged_contact_attempt_is_an_answer(
    inquiry: Inquiry, ana: Coordinator, clock: Traveller, result: ContactResult
) -> None:
    go(clock, MONDAY + timedelta(hours=1))
    log_contact(inquiry, result, by=ana.user)
    go(clock, DUE + timedelta(days=2))
    inquiry.refresh_from_db()
    assert inquiry.promises.get().ending == PromiseEnding.KEPT
    assert not OutgoingEmail.objects.filter(kind=EmailKind.PROMISE_MOVED).exists()


def test_opening_alone_is_no_answer(inquiry: Inquiry, ana: Coordinator, clock: Traveller) -> None:
    record_read(inquiry, by=ana.user)
    go(clock, MONDAY + timedelta(hours=2, minutes=10))
    assert kinds(inquiry)[2:] == ["REMINDER"]


def test_handing_over_by_hand_keeps_the_promised_time(inquiry: Inquiry, jonas: Coordinator) -> None:
    assign_to(inquiry, jonas, by=make_user(Role.MANAGER, "Mia Manager"))
    inquiry.refresh_from_db()
    assert (inquiry.coordinator, inquiry.reply_due_at) == (jonas, DUE)


def test_closing_ends_the_promise_and_reopening_starts_one(
    inquiry: Inquiry, ana: Coordinator, clock: Traveller
) -> None:
    record_read(inquiry, by=ana.user)
    close(inquiry, Outcome.DUPLICATE, by=ana.user)
    assert inquiry.promises.get().ending == PromiseEnding.DROPPED
    go(clock, DUE + timedelta(hours=1))
    assert "PROMISE_MOVED" not in kinds(inquiry)
    reopen(inquiry, by=ana.user)
    inquiry.refresh_from_db()
    assert inquiry.status == Status.WAITING
    assert inquiry.reply_due_at
    assert inquiry.reply_due_at > timezone.now()


def test_quarantined_inquiry_is_not_chased_and_its_time_runs_from_the_release(
    ana: Coordinator, clock: Traveller
) -> None:
    inquiry = make_inquiry(honeypot="x")
    go(clock, DUE + timedelta(days=1))
    assert kinds(inquiry) == []
    release(inquiry, by=ana.user)
    inquiry.refresh_from_db()
    assert inquiry.reply_due_at == DUE + timedelta(days=1, hours=20)  # Tuesday 14:00 to Wednesday 10:00 in Zagreb


def test_promise_that_no_calendar_can_keep_is_not_made(ana: Coordinator) -> None:
    Absence.objects.create(coordinator=ana, starts_on=date(2026, 11, 17), ends_on=date(2027, 11, 16))
    ReplyPolicy.objects.update(reply_hours=40)
    inquiry = make_inquiry()
    assert (inquiry.reply_due_at, inquiry.is_flagged) == (None, True)
    assert not inquiry.promises.exists()
    bruno = make_coordinator("Bruno Babić")
    assign_to(inquiry, bruno, by=make_user(Role.MANAGER, "Mia Manager"))
    inquiry.refresh_from_db()
    assert inquiry.reply_due_at is not None
    assert not inquiry.is_flagged
    assert inquiry.promises.get().coordinator == bruno


def test_patient_without_an_address_is_not_mailed_but_the_inquiry_moves(jonas: Coordinator, clock: Traveller) -> None:
    inquiry = make_inquiry(email="", phone="+49 170 1234567", contact_by=("phone",))
    clock.move_to(DUE)
    keep_promises()
    inquiry.refresh_from_db()
    assert inquiry.coordinator == jonas
    assert kinds(inquiry) == ["HANDOVER", "HANDOVER"]


def test_third_day_without_reaching_is_told_in_writing(inquiry: Inquiry, ana: Coordinator, clock: Traveller) -> None:
    for day in range(3):
        clock.move_to(MONDAY + timedelta(days=day))
        for _attempt in range(2):
            log_contact(inquiry, ContactResult.UNREACHABLE, by=ana.user)
    assert kinds(inquiry).count("NOT_REACHED") == 1
    assert inquiry.events.filter(kind=EventKind.NOT_REACHED_SENT).exists()


def test_reaching_the_patient_starts_the_count_again(inquiry: Inquiry, ana: Coordinator, clock: Traveller) -> None:
    results = (ContactResult.UNREACHABLE, ContactResult.SPOKE, ContactResult.UNREACHABLE, ContactResult.LEFT_MESSAGE)
    for day, result in enumerate(results):
        clock.move_to(MONDAY + timedelta(days=day))
        log_contact(inquiry, result, by=ana.user)
    assert "NOT_REACHED" not in kinds(inquiry)
