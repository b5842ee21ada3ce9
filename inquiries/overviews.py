"""What a morning's overview says: how much waits for one coordinator, and for managers what nobody has looked at."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from coordinators.models import User
from coordinators.roster import clinic_day
from inquiries.enums import Status
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
    """An inquiry that is late or that nobody has opened, and for how long."""

    reference: str
    late_for: timedelta | None
    unopened_for: timedelta | None


@dataclass(frozen=True)
class ManagersView:
    """What is late or unopened, by whoever answers; without a name where nobody does."""

    by_coordinator: dict[str, list[Neglected]]
    is_cut: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not self.by_coordinator


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
    """Return what is late, then what nobody has opened, the longest waiting first, up to a readable number."""
    rows = Inquiry.objects.leading().open().not_quarantined()
    late = _first(rows.overdue(now).order_by("reply_due_at", "pk"))
    unopened = _first(rows.unopened().order_by("received_at", "pk"))
    chosen = list({inquiry.pk: inquiry for inquiry in (*late, *unopened)}.values())
    found: defaultdict[str, list[Neglected]] = defaultdict(list)
    for inquiry in chosen[:LINES_AT_MOST]:
        owner = inquiry.coordinator.display_name if inquiry.coordinator else ""
        found[owner].append(_neglected(inquiry, now))
    return ManagersView(dict(sorted(found.items())), is_cut=len(chosen) > LINES_AT_MOST)


def _first(rows: InquiryQuerySet) -> list[Inquiry]:
    """Return as many rows as are shown, and one more; without a word of the patients'."""
    fields = ("reference", "coordinator__display_name", "received_at", "reply_due_at", "opened_at", "status")
    return list(rows.select_related("coordinator").only(*fields)[: LINES_AT_MOST + 1])


def _neglected(inquiry: Inquiry, now: datetime) -> Neglected:
    """Return for how long an inquiry is late, and for how long nobody has opened it."""
    due = inquiry.reply_due_at
    return Neglected(
        reference=inquiry.reference,
        late_for=now - due if due and due < now and inquiry.status == Status.WAITING else None,
        unopened_for=now - inquiry.received_at if inquiry.opened_at is None else None,
    )
