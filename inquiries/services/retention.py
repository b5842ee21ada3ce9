"""Erasing what has been kept for its time: files first, then rows, and nobody is told.

Every step can be repeated. The heartbeat is written only when nothing is left past its date, so its age is the longest
that any record can be past it: that is what /health/ready watches.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import Exists, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from inquiries.enums import ErasedBy, Outcome
from inquiries.models import AccessCode, Heartbeat, Inquiry, InquiryEvent, LinkRequest, OutgoingEmail, PatientFile
from inquiries.retention import ACCESS_CODES, ACTIVITY, EMAILS, FILES, LINK_REQUESTS, OPEN, past_due, period
from inquiries.sealing import SealError
from inquiries.services.erasure import erase
from inquiries.services.files import delete_files_of, delete_orphans

logger = logging.getLogger(__name__)

# Less than a day: a run that starts a little earlier each day still finds that a day has passed.
EVERY = timedelta(hours=20)
BATCH = 500
# Stored bytes that no row points to, left by a crash; they have no period.
ORPHANS = "ORPHANS"


@dataclass
class Report:
    """What one run erased (or would erase), by the name of the period; what it could not; how late it was."""

    counts: dict[str, int] = field(default_factory=dict)
    failed: int = 0
    # The longest that a record is past its date, after the run
    left: timedelta = timedelta()


@dataclass(frozen=True)
class Stock:
    """Rows with one period, annotated with the moment `since` which it counts; how one is erased, if not deleted."""

    name: str
    rows: QuerySet[Any]
    erase_one: Callable[[Inquiry], object] | None = None

    def due(self, now: datetime) -> QuerySet[Any]:
        """Return what has been kept for its time."""
        return self.rows.filter(since__lte=now - period(self.name)).order_by("since", "pk")

    def past_due(self, now: datetime) -> timedelta:
        """Return for how long the oldest row should have been gone."""
        return past_due(self.rows.aggregate(oldest=Min("since"))["oldest"], period(self.name), now)


def run_daily() -> Report | None:
    """Erase what is due unless that was done within the day; an unfinished run is done again."""
    beat_at = Heartbeat.objects.filter(name=Heartbeat.RETENTION).values_list("beat_at", flat=True).first()
    return None if beat_at and timezone.now() - beat_at < EVERY else run_retention()


def run_retention(*, dry_run: bool = False) -> Report:
    """Erase what has been kept for its time, or only count it."""
    now, report = timezone.now(), Report()
    for stock in _stocks():
        report.counts[stock.name] = stock.due(now).count() if dry_run else 0
        if not dry_run:
            _empty(stock, now, report)
    report.left = oldest_past_due(now)
    if dry_run:
        return report
    if not report.left:
        Heartbeat.objects.update_or_create(name=Heartbeat.RETENTION, defaults={"beat_at": now})
    report.counts[ORPHANS] = delete_orphans()
    _empty_write_ahead_log()
    problem = "" if not report.left else "records are past their date"
    logger.info("retention done", extra={"count": sum(report.counts.values()), "problem": problem})
    return report


def oldest_past_due(now: datetime) -> timedelta:
    """Return for how long the oldest record of all should have been gone; nothing when all is well."""
    return max(stock.past_due(now) for stock in _stocks())


def _stocks() -> Iterator[Stock]:
    """Yield everything that is kept for a time only, in the order in which it is erased."""
    inquiries = Inquiry.objects.all()
    with_files = inquiries.filter(Exists(PatientFile.objects.filter(inquiry=OuterRef("pk"))))
    yield Stock(FILES, with_files.annotate(since=Coalesce("closed_at", "joined_to__closed_at")), delete_files_of)
    for outcome in Outcome.values:
        ended = inquiries.closed().filter(outcome=outcome)
        yield Stock(outcome, ended.annotate(since=F("closed_at")), _erase)
    activity = InquiryEvent.objects.filter(inquiry=OuterRef("pk"), kind__in=ACTIVITY).order_by("-at").values("at")[:1]
    yield Stock(OPEN, inquiries.open().annotate(since=Coalesce(Subquery(activity), "received_at")), _erase)
    yield Stock(ACCESS_CODES, AccessCode.objects.annotate(since=F("expires_at")))
    yield Stock(LINK_REQUESTS, LinkRequest.objects.annotate(since=F("handled_at")))
    # An inquiry's own e-mails go with it.
    others = OutgoingEmail.objects.filter(inquiry__isnull=True).exclude(pk__in=OutgoingEmail.objects.on_the_way())
    yield Stock(EMAILS, others.annotate(since=F("created_at")))


def _erase(inquiry: Inquiry) -> None:
    """Erase an inquiry, its additions and their files at the end of its time."""
    erase(inquiry, ErasedBy.RETENTION)


def _empty(stock: Stock, now: datetime, report: Report) -> None:
    """Erase what is due of one stock: inquiries one by one, plain rows in batches."""
    if stock.erase_one is None:
        while keys := list(stock.due(now).values_list("pk", flat=True)[:BATCH]):
            stock.rows.model._default_manager.filter(pk__in=keys).delete()
            report.counts[stock.name] += len(keys)
        return
    for key in list(stock.due(now).values_list("pk", flat=True)):
        if _empty_one(stock, stock.erase_one, key, now):
            report.counts[stock.name] += 1
        else:
            report.failed += 1


def _empty_one(stock: Stock, erase_one: Callable[[Inquiry], object], key: UUID, now: datetime) -> bool:
    """Erase one inquiry (or its files) and say whether it is gone; what fails stands in no other's way."""
    # Asked again: somebody may have written a moment ago.
    inquiry = stock.due(now).filter(pk=key).first()
    if inquiry is None:
        return True
    try:
        erase_one(inquiry)
    except (DatabaseError, OSError, SealError, Inquiry.DoesNotExist) as error:
        extras = {"inquiry_id": key, "kind": stock.name, "error": type(error).__name__}
        logger.exception("retention failed", extra=extras)
        return False
    return True


def _empty_write_ahead_log() -> None:
    """On SQLite, bring everything into the database file and empty the log: erased text must not stay in it."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy = cursor.fetchone()[0]
    if is_busy:
        logger.warning("write-ahead log not emptied, somebody is reading", extra={"problem": "busy"})
