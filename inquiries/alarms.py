"""What managers must hear of at once: causes, found anew each time, told in numbers and references, never in names."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from inquiries.enums import PATIENT_KINDS, PromiseEnding
from inquiries.measure.waiting import undelivered
from inquiries.models import Heartbeat, Inquiry, OutgoingEmail, ReplyPromise
from inquiries.querysets import CLOSED_RANK, WAITING_RANK, InquiryQuerySet
from inquiries.watch import LATE_JOB, LATE_MAILBOX, LATE_RETENTION, past_date, silence

REPEAT_AFTER = timedelta(hours=1)
QUARANTINED_WITHIN = timedelta(hours=1)
QUARANTINED_MANY = 10
# Enough to begin with; the view of the inbox shows all.
NAMED_AT_MOST = 10


class Cause(TextChoices):
    """What is wrong; the code is stored with the e-mail, and nothing else about it."""

    UNSENT = "UNSENT", _("E-mails do not leave")
    PATIENT_MAIL = "PATIENT_MAIL", _("An e-mail to a patient could not be delivered")
    BROKEN_TWICE = "BROKEN_TWICE", _("A patient was promised a time twice and still waits")
    NO_OWNER = "NO_OWNER", _("An inquiry has no coordinator")
    SWEEP = "SWEEP", _("Nothing looks after the e-mails")
    CLOCK = "CLOCK", _("Nothing looks after the promised times")
    RETENTION = "RETENTION", _("Records are kept for too long")
    QUARANTINE = "QUARANTINE", _("Many inquiries look like a robot's")
    MAILBOX = "MAILBOX", _("The clinic's mailbox cannot be read")


@dataclass(frozen=True)
class Finding:
    """A cause that holds now: how many things or minutes it concerns, and since when the newest of them is there.

    Without `newest_at` the cause is a state: it is told again every hour for as long as it lasts. With it, it is a
    list: it is told again only when something new is in it, for a person deals with the rest.
    """

    cause: Cause
    number: int
    newest_at: datetime | None = None


def is_to_tell(finding: Finding, told_at: datetime | None, now: datetime) -> bool:
    """Return whether a manager is told, after they were last told of this cause at `told_at`."""
    if told_at is None:
        return True
    if now - told_at < REPEAT_AFTER:
        return False
    return finding.newest_at is None or finding.newest_at > told_at


def find_alarms(now: datetime) -> list[Finding]:
    """Return everything that is wrong now."""
    return [finding for cause in Cause if (finding := find(cause, now))]


def find(cause: Cause, now: datetime) -> Finding | None:
    """Return what is wrong now, if this cause holds."""
    return _FINDERS[cause](now)


def concerned(cause: Cause, now: datetime) -> list[tuple[uuid.UUID, str]]:
    """Return key and reference of the inquiries that a cause is about, the oldest first, up to a readable number."""
    if cause not in _CONCERNED:
        return []
    rows = _CONCERNED[cause](now).order_by("received_at", "pk")
    return list(rows.values_list("pk", "reference")[:NAMED_AT_MOST])


def _unsent(now: datetime) -> Finding | None:
    """Return for how many minutes the oldest e-mail has waited, if that is too long."""
    mail = undelivered(now)
    return Finding(Cause.UNSENT, mail.minutes) if mail.is_alarm else None


def _patient_mail(now: datetime) -> Finding | None:
    """Return how many open inquiries have an e-mail to the patient that came to nothing, nobody having phoned since."""
    number = _unreached(now).count()
    if not number:
        return None
    is_open = Q(inquiry__inbox_rank__lt=CLOSED_RANK) | Q(inquiry__joined_to__inbox_rank__lt=CLOSED_RANK)
    given_up = OutgoingEmail.objects.failed().filter(is_open, kind__in=PATIENT_KINDS)
    return Finding(Cause.PATIENT_MAIL, number, given_up.aggregate(newest=Max("failed_at"))["newest"])


def _broken_twice(_now: datetime) -> Finding | None:
    """Return how many patients wait although a second promise has passed."""
    broken = _second_promises().filter(inquiry__in=Inquiry.objects.filter(inbox_rank=WAITING_RANK))
    found = broken.aggregate(number=Count("inquiry", distinct=True), newest=Max("ended_at"))
    return Finding(Cause.BROKEN_TWICE, found["number"], found["newest"]) if found["number"] else None


def _no_owner(now: datetime) -> Finding | None:
    """Return how many open inquiries have nobody, quarantine aside."""
    number = _unowned(now).count()
    return Finding(Cause.NO_OWNER, number) if number else None


def _sweep(now: datetime) -> Finding | None:
    """Return for how many minutes the outbox was not looked through."""
    return _silence(Cause.SWEEP, Heartbeat.SWEEP, LATE_JOB, now)


def _clock(now: datetime) -> Finding | None:
    """Return for how many minutes the promised times were not looked at."""
    return _silence(Cause.CLOCK, Heartbeat.CLOCK, LATE_JOB, now)


def _mailbox(now: datetime) -> Finding | None:
    """Return for how many minutes the clinic's mailbox could not be read, if it has one that is collected."""
    return _silence(Cause.MAILBOX, Heartbeat.MAILBOX, LATE_MAILBOX, now) if settings.IMAP_URL else None


def _silence(cause: Cause, name: str, limit: timedelta, now: datetime) -> Finding | None:
    """Return for how many minutes a job has been silent; one that has never run is not late."""
    age = silence(name, now)
    return Finding(cause, _minutes(age)) if age is not None and age > limit else None


def _retention(now: datetime) -> Finding | None:
    """Return for how many days at most a record is past its date."""
    late = past_date(now)
    return Finding(Cause.RETENTION, late.days) if late > LATE_RETENTION else None


def _quarantine(now: datetime) -> Finding | None:
    """Return how many inquiries came into quarantine within the hour, if they are many."""
    number = _held(now).count()
    return Finding(Cause.QUARANTINE, number) if number >= QUARANTINED_MANY else None


def _unreached(_now: datetime) -> InquiryQuerySet:
    """Return the open inquiries whose patient an e-mail did not reach, nobody having phoned since."""
    return Inquiry.objects.open().with_undelivered_mail(PATIENT_KINDS)


def _second_promises() -> QuerySet[ReplyPromise]:
    """Return the promises that were made in place of a broken one, and broke as well."""
    return ReplyPromise.objects.filter(is_moved=True, ending=PromiseEnding.BROKEN)


def _waiting_still(_now: datetime) -> InquiryQuerySet:
    """Return the inquiries whose patients wait although a second promise has passed."""
    broken = _second_promises().filter(inquiry=OuterRef("pk"))
    return Inquiry.objects.filter(Exists(broken), inbox_rank=WAITING_RANK)


def _unowned(_now: datetime) -> InquiryQuerySet:
    """Return the open inquiries that nobody answers, quarantine aside."""
    return Inquiry.objects.unowned().not_quarantined()


def _held(now: datetime) -> InquiryQuerySet:
    """Return the inquiries that came into quarantine within the hour."""
    return Inquiry.objects.quarantined().filter(quarantined_at__gte=now - QUARANTINED_WITHIN)


def _minutes(length: timedelta) -> int:
    """Return a span in whole minutes."""
    return int(length.total_seconds() // 60)


_FINDERS: Mapping[Cause, Callable[[datetime], Finding | None]] = {
    Cause.UNSENT: _unsent,
    Cause.PATIENT_MAIL: _patient_mail,
    Cause.BROKEN_TWICE: _broken_twice,
    Cause.NO_OWNER: _no_owner,
    Cause.SWEEP: _sweep,
    Cause.CLOCK: _clock,
    Cause.RETENTION: _retention,
    Cause.QUARANTINE: _quarantine,
    Cause.MAILBOX: _mailbox,
}
_CONCERNED: Mapping[Cause, Callable[[datetime], InquiryQuerySet]] = {
    Cause.PATIENT_MAIL: _unreached,
    Cause.BROKEN_TWICE: _waiting_still,
    Cause.NO_OWNER: _unowned,
    Cause.QUARANTINE: _held,
}
