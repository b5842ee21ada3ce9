"""What a morning's overview says: how much waits for one coordinator, and for managers what needs one of them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from coordinators.calendar import HORIZON, Calendar
from coordinators.models import Absence, User
from coordinators.roster import clinic_day, get_policy, office_calendar
from inquiries.models import Inquiry
from inquiries.querysets import InquiryQuerySet

# Enough to act upon; the rest is a click away.
LINES_AT_MOST = 60


@dataclass(frozen=True)
class OwnCounts:
    """How many of a coordinator's inquiries want something today; one inquiry may count more than once."""

    waiting: int
    due_today: int
    overdue: int
    unopened: int
    follow_ups: int
    failed_mail: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not any((self.waiting, self.due_today, self.overdue, self.unopened, self.follow_ups, self.failed_mail))


@dataclass(frozen=True)
class Neglected:
    """An inquiry that is late, or that nobody has opened in good time; `owner` is empty where nobody answers."""

    pk: uuid.UUID
    reference: str
    owner: str
    received_at: datetime
    late_for: timedelta | None
    is_unopened: bool


@dataclass(frozen=True)
class ManagersView:
    """What needs a manager: what is late, what nobody has opened in good time, and what else waits for a person.

    The lists are cut to a readable number, the numbers are whole. Who is away is said, but calls for no e-mail.
    """

    late: list[Neglected]
    late_count: int
    longest_late: timedelta | None
    unopened: list[Neglected]
    unopened_count: int
    in_quarantine: int
    failed_mail: int
    needs_a_look: int
    away: list[str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that needs anybody."""
        numbers = (self.late_count, self.unopened_count, self.in_quarantine, self.failed_mail, self.needs_a_look)
        return not any(numbers)

    @property
    def is_cut(self) -> bool:
        """Whether the lists leave something out."""
        return len(self.late) + len(self.unopened) < self.late_count + self.unopened_count


def own_counts(user: User, now: datetime) -> OwnCounts:
    """Return what waits for one coordinator."""
    today = clinic_day(now)
    own = Inquiry.objects.leading().open().not_quarantined().owned_by(user)
    return OwnCounts(
        waiting=own.waiting().count(),
        due_today=own.overdue(today.ends_at).filter(reply_due_at__gte=now).count(),
        overdue=own.overdue(now).count(),
        unopened=own.unopened().count(),
        follow_ups=own.filter(desk_sheet__follow_up_on__lte=today.day).count(),
        failed_mail=own.with_undelivered_mail().count(),
    )


def managers_view(now: datetime) -> ManagersView:
    """Return what needs a manager, the longest waiting first."""
    policy = get_policy()
    leading = Inquiry.objects.leading()
    rows = leading.open().not_quarantined()
    late = rows.overdue(now)
    numbers = late.aggregate(count=Count("pk"), oldest=Min("reply_due_at"))
    # Fresh arrivals are no alarm: half of the time within which we promise to answer must have passed.
    opened_by = worked_before(now, office_calendar(policy), timedelta(hours=policy.reply_hours) / 2)
    unopened = rows.unopened().waiting().filter(received_at__lte=opened_by).exclude(pk__in=late.values("pk"))
    late_ones = _first(late.order_by("reply_due_at", "pk"), LINES_AT_MOST)
    unopened_ones = _first(unopened.order_by("received_at", "pk"), LINES_AT_MOST - len(late_ones))
    return ManagersView(
        late=[_neglected(inquiry, now) for inquiry in late_ones],
        late_count=numbers["count"],
        longest_late=now - numbers["oldest"] if numbers["oldest"] else None,
        unopened=[_neglected(inquiry, now) for inquiry in unopened_ones],
        unopened_count=unopened.count(),
        in_quarantine=leading.quarantined().count(),
        failed_mail=leading.open().with_undelivered_mail().count(),
        needs_a_look=leading.needing_a_look().count(),
        away=_away(now),
    )


def worked_before(now: datetime, calendar: Calendar, length: timedelta) -> datetime:
    """Return the latest moment since which so much working time has passed; at most a horizon ago."""
    first, left = now - HORIZON, length
    for start, end in reversed(calendar.spans_from(first)):
        worked = min(end, now) - start
        if worked >= left:
            return min(end, now) - left
        left -= max(worked, timedelta())
    return first


def _first(rows: InquiryQuerySet, number: int) -> list[Inquiry]:
    """Return so many rows, without a word of the patients'."""
    fields = ("reference", "coordinator__display_name", "received_at", "reply_due_at", "opened_at")
    return list(rows.select_related("coordinator").only(*fields)[:number])


def _neglected(inquiry: Inquiry, now: datetime) -> Neglected:
    """Return whose an inquiry is, for how long it is late, and whether anybody has opened it."""
    due = inquiry.reply_due_at
    return Neglected(
        pk=inquiry.pk,
        reference=inquiry.reference,
        owner=inquiry.coordinator.display_name if inquiry.coordinator else "",
        received_at=inquiry.received_at,
        late_for=now - due if due and due < now else None,
        is_unopened=inquiry.opened_at is None,
    )


def _away(now: datetime) -> list[str]:
    """Return the names of the team who are away today, or for a part of today."""
    today = clinic_day(now).day
    absences = Absence.objects.between(today, today).filter(coordinator__user__is_active=True)
    return sorted(set(absences.values_list("coordinator__display_name", flat=True)))
