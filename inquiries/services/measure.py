"""Counting steps from a page to an outcome: one number per day, step, language and treatment, and nothing else.

Everything about one inquiry counts on the day on which it was received, so that a day's (or week's) numbers are about
the same inquiries. One that is held in quarantine counts nothing until a person releases it (docs/adr/0024).
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from coordinators.models import ReplyPolicy
from coordinators.roster import clinic_today, office_calendar
from inquiries.enums import EventKind, FunnelStep
from inquiries.measure.reply_times import step_of, working_minutes
from inquiries.models import DailyCount, Inquiry

# What a page may say of itself; all other steps are counted by the service that takes them.
SAID_BY_PAGES = (FunnelStep.PAGE_READ, FunnelStep.FORM_OPENED)
# An inquiry that was added to an open one of the same person: stored, but answered there.
ADDED = "added"


def count(step: FunnelStep, *, day: date, language: str, treatment: str = "", detail: str = "") -> None:
    """Add one. Two at the same moment both count: the row is made empty by whoever is first, then raised by each."""
    row = DailyCount.objects.filter(day=day, step=step, language=language, treatment=treatment, detail=detail)
    if not row.update(number=F("number") + 1):
        empty = DailyCount(day=day, step=step, language=language, treatment=treatment, detail=detail)
        DailyCount.objects.bulk_create([empty], ignore_conflicts=True)
        row.update(number=F("number") + 1)


def count_arrival(inquiry: Inquiry) -> None:
    """Count an inquiry that was stored or released, with whatever was done while it was held."""
    if inquiry.is_quarantined:
        return
    _count(FunnelStep.SENT, inquiry, detail=_added(inquiry))
    if inquiry.released_at is None:
        return
    if inquiry.events.filter(kind=EventKind.DETAILS_SAVED).exists():
        count_details(inquiry)
    if inquiry.first_contact_at:
        count_first_reply(inquiry, inquiry.first_contact_at)


def count_details(inquiry: Inquiry) -> None:
    """Count an inquiry whose patient answered a first group of questions."""
    _count(FunnelStep.DETAILS_ADDED, inquiry, detail=_added(inquiry))


def count_first_reply(inquiry: Inquiry, at: datetime) -> None:
    """Count an inquiry that was answered for the first time, by how much of the clinic's working time had passed."""
    start = inquiry.released_at or inquiry.received_at
    policy = ReplyPolicy.objects.first()
    spans = office_calendar(policy).spans_from(start) if policy else []
    _count(FunnelStep.FIRST_REPLY, inquiry, detail=str(step_of(working_minutes(start, at, spans))))


def count_outcome(inquiry: Inquiry) -> None:
    """Count an inquiry that was closed."""
    _count(FunnelStep.OUTCOME, inquiry, detail=inquiry.outcome)


def take_back_outcome(inquiry: Inquiry) -> None:
    """Count an inquiry as not closed after all; to be called while it still has its outcome."""
    if inquiry.is_quarantined or not inquiry.outcome:
        return
    DailyCount.objects.filter(
        day=_day_of(inquiry),
        step=FunnelStep.OUTCOME,
        language=inquiry.language,
        treatment=inquiry.treatment_code or "",
        detail=inquiry.outcome,
        number__gt=0,
    ).update(number=F("number") - 1)


@transaction.atomic
def count_refusal(mistakes: Iterable[tuple[str, str]], *, language: str, treatment: str) -> None:
    """Count a form that came back, and each kind of mistake in it as field and code; never what was typed."""
    today = clinic_today()
    details = sorted({f"{field}:{code}" for field, code in mistakes})
    for detail in ["", *details]:
        count(FunnelStep.FORM_REFUSED, day=today, language=language, treatment=treatment, detail=detail)


def count_visit(step: FunnelStep, *, language: str, treatment: str) -> None:
    """Count that a page was read or its form opened."""
    count(step, day=clinic_today(), language=language, treatment=treatment)


def _count(step: FunnelStep, inquiry: Inquiry, *, detail: str) -> None:
    """Count a step of an inquiry, unless it is held."""
    if not inquiry.is_quarantined:
        treatment = inquiry.treatment_code or ""
        count(step, day=_day_of(inquiry), language=inquiry.language, treatment=treatment, detail=detail)


def _added(inquiry: Inquiry) -> str:
    """Return what tells an addition from an inquiry of its own."""
    return ADDED if inquiry.joined_to_id else ""


def _day_of(inquiry: Inquiry) -> date:
    """Return the day on which the inquiry was received, where the clinic is."""
    policy = ReplyPolicy.objects.first()
    return timezone.localdate(inquiry.received_at, policy.zone if policy else None)
