"""The morning's overviews and the alarms: one e-mail each, with numbers and references, never a patient."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordinators.calendar import HORIZON, WeeklySpan, WorkCalendar
from coordinators.enums import Role
from coordinators.models import Absence, Coordinator, ReplyPolicy, SpecialDay, User
from inquiries import alarms, overviews
from inquiries.alarms import Cause, find_alarms
from inquiries.emails import NoRecipientError, build_email
from inquiries.enums import ContactResult, EmailKind, EmailStatus, QuarantineReason
from inquiries.models import DeskSheet, Heartbeat, Inquiry, OutgoingEmail
from inquiries.overviews import managers_view, worked_before
from inquiries.services.alarms import raise_alarms
from inquiries.services.clock import keep_promises
from inquiries.services.delivery import sweep
from inquiries.services.digests import send_digests
from inquiries.services.triage import log_contact, record_read
from tests.factories import make_coordinator, make_inquiry, make_user
from treatments.models import Clinic

pytestmark = pytest.mark.django_db

# A Friday; the clinic's clock shows half past seven.
MORNING = "2026-11-20T06:30:00+00:00"
EVENING_BEFORE = "2026-11-19T18:00:00+00:00"
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def mia(ana: Coordinator) -> User:  # noqa: ARG001  # somebody must answer
    return make_user(Role.MANAGER, "Mia Manager")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(EVENING_BEFORE, tick=False) as traveller:
        yield traveller


def desk_of(inquiry: Inquiry) -> str:
    return f"{SITE}/admin/inquiries/inquiry/{inquiry.pk}/change/"


def mails(kind: EmailKind) -> list[OutgoingEmail]:
    return list(OutgoingEmail.objects.filter(kind=kind).order_by("created_at", "slot"))


# The morning's overviews


def test_coordinator_gets_numbers_and_one_link(ana: Coordinator, clock: time_machine.Traveller) -> None:
    first, second = make_inquiry(), make_inquiry(name="Kanarienvogel")
    record_read(first, by=ana.user)
    DeskSheet.objects.create(inquiry=second, follow_up_on=date(2026, 11, 20))
    clock.move_to(MORNING)
    assert send_digests() == 1
    [row] = mails(EmailKind.DIGEST)
    message = build_email(row)
    assert message.to == [ana.user.email]
    assert "Waiting for your first answer: 2" in message.body
    assert "To be answered today: 2" in message.body
    assert "Not opened yet: 1" in message.body
    assert "Next date today or before: 1" in message.body
    assert "Longer than promised" not in message.body
    assert message.body.count("http") == 1
    assert "/admin/inquiries/inquiry/?view=mine" in message.body
    assert first.reference not in message.body
    assert "Kanarienvogel" not in f"{message.subject}{message.body}"


def test_manager_gets_references_and_ages_by_coordinator(mia: User, clock: time_machine.Traveller) -> None:
    late = make_inquiry()
    late.reply_due_at = timezone.now() + timedelta(minutes=30)
    late.save()
    clock.move_to(MORNING)
    send_digests()
    [row] = mails(EmailKind.MANAGER_DIGEST)
    message = build_email(row)
    assert message.to == [mia.email]
    assert "Ana Horvat" in message.body
    assert f"{late.reference}, 12 h longer than promised, Ana Horvat, not opened\n  {desk_of(late)}\n" in message.body
    assert f'<a href="{desk_of(late)}"' in str(message.alternatives[0][0])
    assert message.subject == "1 inquiry too late: 12 h"
    assert "jan.patient" not in message.body.casefold()


@pytest.mark.usefixtures("mia")
def test_manager_reads_the_worst_first_whoever_answers(clock: time_machine.Traveller) -> None:
    make_coordinator("Zoe Zadar", languages=("it",))
    first, second, third = (make_inquiry(preferred_language=language) for language in ("en", "it", "en"))
    for inquiry, days in ((first, 3), (second, 17), (third, 5)):
        due = timezone.now() - timedelta(days=days)
        Inquiry.objects.filter(pk=inquiry.pk).update(received_at=due - timedelta(hours=4), reply_due_at=due)
    clock.move_to(MORNING)
    send_digests()
    message = build_email(mails(EmailKind.MANAGER_DIGEST)[0])
    assert message.subject == "3 inquiries too late, the oldest 17 days"
    places = [message.body.index(inquiry.reference) for inquiry in (second, third, first)]
    assert places == sorted(places)
    assert f"{second.reference}, 17 days longer than promised, Zoe Zadar" in message.body


@pytest.mark.usefixtures("mia")
def test_what_came_over_the_weekend_is_no_alarm_before_anybody_could_open_it(clock: time_machine.Traveller) -> None:
    clock.move_to("2026-11-20T12:59:00+00:00")  # two working hours before the clinic closes
    waits = make_inquiry()
    clock.move_to("2026-11-20T14:30:00+00:00")
    fresh = make_inquiry()
    clock.move_to("2026-11-21T09:00:00+00:00")
    weekend = make_inquiry()
    clock.move_to("2026-11-23T06:30:00+00:00")
    send_digests()
    message = build_email(mails(EmailKind.MANAGER_DIGEST)[0])
    assert message.subject == "1 inquiry not opened"
    assert f"{waits.reference}, received 20 Nov 13:59, Ana Horvat\n  {desk_of(waits)}\n" in message.body
    for inquiry in (fresh, weekend):
        assert inquiry.reference not in message.body
    assert "?view=unopened" in message.body


@pytest.mark.usefixtures("mia")
def test_fresh_arrivals_alone_make_no_managers_mail(clock: time_machine.Traveller) -> None:
    make_inquiry()
    clock.move_to(MORNING)
    send_digests()
    assert mails(EmailKind.MANAGER_DIGEST) == []


def test_manager_reads_what_else_waits_and_who_is_away(
    ana: Coordinator, mia: User, clock: time_machine.Traveller
) -> None:
    held, undelivered, flagged, _fine = (make_inquiry() for _ in range(4))
    now = timezone.now()
    Inquiry.objects.filter(pk=held.pk).update(quarantined_at=now, quarantine_reason=QuarantineReason.TOO_FAST)
    undelivered.emails.filter(kind=EmailKind.CONFIRMATION).update(status=EmailStatus.FAILED, failed_at=now)
    Inquiry.objects.filter(pk=flagged.pk).update(is_flagged=True)
    Absence.objects.create(coordinator=ana, starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 27))
    clock.move_to(MORNING)
    send_digests()
    message = build_email(mails(EmailKind.MANAGER_DIGEST)[0])
    inbox = f"{SITE}/admin/inquiries/inquiry/"
    for line, address in (
        ("In quarantine: 1", f"{inbox}?view=quarantine"),
        ("With an e-mail that did not arrive: 1", f"{inbox}?view=failed-mail"),
        ("Needs a look: 1", f"{inbox}?view=needs-a-look"),
        ("Away today: Ana Horvat", f"{SITE}/admin/coordinators/absence/coverage/"),
    ):
        assert f"- {line}\n  {address}\n" in message.body
    assert "Nothing is late, and nothing has waited unopened for long." in message.body
    assert message.subject == "All inquiries this morning, 20 November 2026"
    Inquiry.objects.filter(pk__in=(held.pk, undelivered.pk, flagged.pk)).delete()
    assert managers_view(timezone.now()).is_empty, "that somebody is away calls for no e-mail"
    [row] = mails(EmailKind.MANAGER_DIGEST)
    later = str(build_email(row).body)
    assert "Away today: Ana Horvat" in later
    assert "In quarantine" not in later
    assert mia


@pytest.mark.usefixtures("mia")
def test_long_list_is_cut_and_its_numbers_are_whole(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overviews, "LINES_AT_MOST", 2)
    clock.move_to("2026-11-18T09:00:00+00:00")
    for _ in range(3):
        make_inquiry()
    clock.move_to(MORNING)
    send_digests()
    message = build_email(mails(EmailKind.MANAGER_DIGEST)[0])
    assert message.subject.startswith("3 inquiries too late")
    assert message.body.count("longer than promised, Ana") == 2
    assert "There are more." in message.body


@pytest.mark.usefixtures("mia")
def test_each_day_has_one_overview_however_often_it_is_asked(clock: time_machine.Traveller) -> None:
    clock.move_to("2026-11-18T09:00:00+00:00")
    make_inquiry()
    clock.move_to(MORNING)
    assert send_digests() == 2
    assert send_digests() == 0
    # A second scheduler that read the heartbeat before the first wrote it
    Heartbeat.objects.all().delete()
    send_digests()
    assert len(mails(EmailKind.DIGEST)) == len(mails(EmailKind.MANAGER_DIGEST)) == 1
    clock.shift(timedelta(days=3))
    assert send_digests() == 2


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T06:29:00+00:00", 0),
        ("2026-11-20T06:30:00+00:00", 1),
        ("2026-11-20T10:29:00+00:00", 1),
        ("2026-11-20T10:31:00+00:00", 0),
        ("2026-11-21T06:30:00+00:00", 0),  # Saturday
        ("2026-11-23T06:30:00+00:00", 1),
        ("2026-12-25T06:30:00+00:00", 0),
        ("2026-12-04T06:30:00+00:00", 0),  # closed, see below
    ],
)
def test_only_on_working_mornings(clock: time_machine.Traveller, moment: str, expected: int) -> None:
    facts = dict.fromkeys(("operator", "street", "postcode", "city", "phone"), "x")
    Clinic.objects.create(id=1, name="Clinic", country="HR", email="info@clinic.example", **facts)
    SpecialDay.objects.create(day_on=date(2026, 12, 4))
    make_inquiry()
    clock.move_to(moment)
    assert send_digests() == expected


@pytest.mark.usefixtures("mia")
def test_who_has_nothing_gets_nothing(clock: time_machine.Traveller) -> None:
    clock.move_to(MORNING)
    assert send_digests() == 0
    make_inquiry()
    assert send_digests() == 0, "it was looked into this morning"


def test_who_does_not_want_it_or_is_away_gets_nothing(
    ana: Coordinator, mia: User, clock: time_machine.Traveller
) -> None:
    make_inquiry()
    User.objects.filter(pk=mia.pk).update(wants_digest=False)
    Absence.objects.create(coordinator=ana, starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 20))
    clock.move_to(MORNING)
    assert send_digests() == 0
    Heartbeat.objects.all().delete()
    Absence.objects.all().delete()
    User.objects.filter(pk=ana.user_id).update(wants_digest=False)
    assert send_digests() == 0


def test_overview_is_in_the_readers_language_and_for_readers_only(
    ana: Coordinator, mia: User, clock: time_machine.Traveller
) -> None:
    clock.move_to("2026-11-18T09:00:00+00:00")
    make_inquiry()
    clock.move_to(MORNING)
    send_digests()
    [row] = mails(EmailKind.MANAGER_DIGEST)
    User.objects.filter(pk=mia.pk).update(role=Role.EDITOR)
    with pytest.raises(NoRecipientError):
        build_email(OutgoingEmail.objects.get(pk=row.pk))
    [row] = mails(EmailKind.DIGEST)
    User.objects.filter(pk=ana.user_id).update(is_active=False)
    with pytest.raises(NoRecipientError):
        build_email(OutgoingEmail.objects.get(pk=row.pk))


def test_clinic_that_is_not_set_up_yet_gets_none(clock: time_machine.Traveller) -> None:
    ReplyPolicy.objects.all().delete()
    clock.move_to(MORNING)
    assert send_digests() == 0


@pytest.mark.parametrize(
    ("now", "hours", "expected"),
    [
        ("2026-11-23T06:30:00+00:00", 2, "2026-11-20T14:00:00+00:00"),
        ("2026-11-23T09:00:00+00:00", 1, "2026-11-23T08:00:00+00:00"),
        ("2026-11-23T09:00:00+00:00", 2, "2026-11-20T15:00:00+00:00"),
    ],
)
def test_working_time_is_counted_backwards(now: str, hours: int, expected: str) -> None:
    week = tuple(WeeklySpan(day, time(8), time(16)) for day in range(1, 6))
    calendar = WorkCalendar(week=week, zone=ZoneInfo("UTC"))
    assert worked_before(datetime.fromisoformat(now), calendar, timedelta(hours=hours)).isoformat() == expected


def test_clinic_that_hardly_works_is_looked_at_one_horizon_back() -> None:
    now = datetime.fromisoformat(MORNING)
    calendar = WorkCalendar(week=(), zone=ZoneInfo("UTC"))
    assert worked_before(now, calendar, timedelta(hours=2)) == now - HORIZON


# Alarms

Wrong = Callable[[time_machine.Traveller], None]


def _unsent(_clock: time_machine.Traveller) -> None:
    OutgoingEmail.objects.update(
        created_at=timezone.now() - timedelta(minutes=11), status=EmailStatus.PENDING, sent_at=None
    )


def _patient_mail(_clock: time_machine.Traveller) -> None:
    inquiry = Inquiry.objects.get()
    inquiry.emails.filter(kind=EmailKind.CONFIRMATION).update(
        status=EmailStatus.FAILED, failed_at=timezone.now(), sent_at=None
    )


def _broken_twice(clock: time_machine.Traveller) -> None:
    for _ in range(2):
        clock.move_to(Inquiry.objects.get().promises.running().get().due_at + timedelta(minutes=1))
        keep_promises()
    OutgoingEmail.objects.update(status=EmailStatus.SENT, sent_at=timezone.now())
    Heartbeat.objects.all().delete()


def _no_owner(_clock: time_machine.Traveller) -> None:
    Inquiry.objects.update(coordinator=None, is_flagged=True)


def _beat(name: str, age: timedelta) -> Wrong:
    def late(_clock: time_machine.Traveller) -> None:
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now() - age})

    return late


def _quarantine(_clock: time_machine.Traveller) -> None:
    now = timezone.now()
    for _ in range(alarms.QUARANTINED_MANY):
        make_inquiry()
    newest = Inquiry.objects.order_by("-received_at")[: alarms.QUARANTINED_MANY]
    Inquiry.objects.filter(pk__in=[inquiry.pk for inquiry in newest]).update(
        quarantined_at=now, quarantine_reason=QuarantineReason.TOO_FAST
    )
    OutgoingEmail.objects.update(status=EmailStatus.SENT, sent_at=now)


WRONG: dict[Cause, Wrong] = {
    Cause.UNSENT: _unsent,
    Cause.PATIENT_MAIL: _patient_mail,
    Cause.BROKEN_TWICE: _broken_twice,
    Cause.NO_OWNER: _no_owner,
    Cause.SWEEP: _beat(Heartbeat.SWEEP, timedelta(minutes=6)),
    Cause.CLOCK: _beat(Heartbeat.CLOCK, timedelta(minutes=6)),
    Cause.RETENTION: _beat(Heartbeat.RETENTION, timedelta(days=1, hours=1)),
    Cause.QUARANTINE: _quarantine,
    Cause.MAILBOX: _beat(Heartbeat.MAILBOX, timedelta(minutes=16)),
}


ABOUT_INQUIRIES = {Cause.PATIENT_MAIL, Cause.BROKEN_TWICE, Cause.NO_OWNER, Cause.QUARANTINE}


@pytest.fixture
def calm(mia: User, clock: time_machine.Traveller, settings: object) -> Inquiry:  # noqa: ARG001  # who and when
    """One inquiry, and nothing is wrong."""
    setattr(settings, "IMAP_URL", "imap://mailbox.example")  # noqa: B010  # pytest's own object
    inquiry = make_inquiry()
    OutgoingEmail.objects.update(status=EmailStatus.SENT, sent_at=timezone.now())
    assert find_alarms(timezone.now()) == []
    assert raise_alarms() == 0
    return inquiry


def test_every_cause_is_tried_here() -> None:
    assert set(WRONG) == set(Cause)


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.usefixtures("calm")
def test_manager_is_told_of_each_cause_once_an_hour(cause: Cause, mia: User, clock: time_machine.Traveller) -> None:
    WRONG[cause](clock)
    assert [finding.cause for finding in find_alarms(timezone.now())] == [cause]
    assert raise_alarms() == 1
    assert raise_alarms() == 0
    [row] = mails(EmailKind.ALARM)
    assert (row.user, row.topic) == (mia, cause.value)
    message = build_email(row)
    assert str(cause.label) in message.subject
    named = alarms.concerned(cause, timezone.now())
    assert bool(named) == (cause in ABOUT_INQUIRIES)
    assert message.body.count("http") == 1 + len(named)
    for pk, reference in named:
        assert f"- {reference}\n  {SITE}/admin/inquiries/inquiry/{pk}/change/\n" in message.body
    assert ("Tell whoever looks after the server" in message.body) is (cause not in ABOUT_INQUIRIES)
    for secret in ("Jan Patient", "jan.patient", "infiltration"):
        assert secret.casefold() not in f"{message.subject}{message.body}".casefold()
    OutgoingEmail.objects.filter(kind=EmailKind.ALARM).update(status=EmailStatus.SENT, sent_at=timezone.now())
    clock.shift(timedelta(minutes=59))
    assert cause.value not in _told_since(row)
    clock.shift(timedelta(minutes=2))
    if cause not in {Cause.QUARANTINE, Cause.PATIENT_MAIL, Cause.BROKEN_TWICE}:
        assert cause.value in _told_since(row)
    else:
        assert cause.value not in _told_since(row), "nothing new is in it"


def _told_since(row: OutgoingEmail) -> set[str]:
    raise_alarms()
    return set(OutgoingEmail.objects.filter(kind=EmailKind.ALARM).exclude(pk=row.pk).values_list("topic", flat=True))


def test_new_failure_is_told_and_an_old_one_is_not(calm: Inquiry, clock: time_machine.Traveller) -> None:
    _patient_mail(clock)
    raise_alarms()
    OutgoingEmail.objects.filter(kind=EmailKind.ALARM).update(status=EmailStatus.SENT, sent_at=timezone.now())
    clock.shift(timedelta(hours=5))
    Heartbeat.objects.all().delete()
    assert raise_alarms() == 0
    OutgoingEmail.objects.failed().update(failed_at=timezone.now())
    assert raise_alarms() == 1
    log_contact(calm, ContactResult.SPOKE, by=make_user(Role.MANAGER, "Mo Manager", wants_alarms=False))
    assert alarms.find(Cause.PATIENT_MAIL, timezone.now()) is None, "somebody has phoned since"


def test_alarm_that_has_not_left_is_not_repeated(calm: Inquiry, clock: time_machine.Traveller) -> None:
    assert calm
    _unsent(clock)
    assert raise_alarms() == 1
    clock.shift(timedelta(hours=8))
    raise_alarms()
    assert len([row for row in mails(EmailKind.ALARM) if row.topic == Cause.UNSENT]) == 1


@pytest.mark.usefixtures("calm")
def test_alarms_are_for_managers_who_want_them(mia: User, clock: time_machine.Traveller) -> None:
    User.objects.filter(pk=mia.pk).update(wants_alarms=False)
    other = make_user(Role.MANAGER, "Other Manager")
    make_user(Role.MANAGER, "Left Manager", is_active=False)
    _no_owner(clock)
    assert raise_alarms() == 1
    assert [row.user for row in mails(EmailKind.ALARM)] == [other]


@pytest.mark.usefixtures("calm")
def test_alarm_that_leaves_late_says_what_is_true_then(ana: Coordinator, clock: time_machine.Traveller) -> None:
    _no_owner(clock)
    raise_alarms()
    Inquiry.objects.update(coordinator=ana, is_flagged=False)
    [row] = mails(EmailKind.ALARM)
    assert "passed meanwhile" in build_email(row).body


@pytest.mark.usefixtures("calm")
def test_alarm_names_the_oldest_inquiries_and_no_more_than_can_be_read(clock: time_machine.Traveller) -> None:
    for _ in range(alarms.NAMED_AT_MOST):
        clock.shift(timedelta(seconds=1))
        newest = make_inquiry()
    _no_owner(clock)
    named = alarms.concerned(Cause.NO_OWNER, timezone.now())
    assert len(named) == alarms.NAMED_AT_MOST
    assert newest.reference not in [reference for _pk, reference in named]


@pytest.mark.usefixtures("calm")
def test_sweep_without_a_scheduler_tells_and_sends(clock: time_machine.Traveller) -> None:
    sweep()
    clock.shift(timedelta(minutes=20))
    mail.outbox.clear()
    call_command("sweep_outbox")
    subjects = [message.subject for message in mail.outbox]
    assert [subject for subject in subjects if "Nothing looks after the e-mails" in subject]
    mail.outbox.clear()
    call_command("sweep_outbox")
    assert mail.outbox == []


@pytest.mark.usefixtures("calm")
def test_queries_do_not_grow_with_the_inquiries() -> None:
    Heartbeat.objects.create(name=Heartbeat.RETENTION, beat_at=timezone.now())
    counted = []
    for _ in range(2):
        for _number in range(3):
            make_inquiry()
        OutgoingEmail.objects.update(status=EmailStatus.SENT, sent_at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            assert find_alarms(timezone.now()) == []
        counted.append(len(queries))
    assert counted == [9, 9]
