"""The inbox's named views: which inquiries a person works through, in which order, and how many wait in each."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.models import Coordinator, User
from coordinators.roster import clinic_day, clinic_today
from inquiries.enums import EventKind
from inquiries.keyset import Column, Order, key_column, moment_column
from inquiries.models import Inquiry, InquiryEvent
from inquiries.querysets import CLOSED_RANK, InquiryQuerySet
from inquiries.sight import Sight

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

Narrow = Callable[[InquiryQuerySet, User, datetime], InquiryQuerySet]

VISIBLE_HOURS = 8
# Managers narrow the list to one coordinator, or to what nobody has
COORDINATOR, NOBODY = "coordinator", "nobody"
# Nobody needs to know how many hundreds wait, and the database need not count them.
COUNTED_UP_TO = 99


def _read_rank(value: str) -> int:
    """Return a place in the inbox that an address holds. Raises ValueError for one that there is not."""
    rank = int(value)
    if not 0 <= rank <= CLOSED_RANK:
        raise ValueError
    return rank


LONGEST_WAITING = Order("waiting", (Column("inbox_rank", _read_rank), moment_column("inbox_at"), key_column("id")))
NEWEST = Order("newest", (moment_column("received_at"), key_column("id")), is_descending=True)


@dataclass(frozen=True)
class View:
    """One way to look at the inbox; `is_alarm` when any number above zero wants a person's look."""

    code: str
    label: "_StrPromise"
    narrow: Narrow
    order: Order = LONGEST_WAITING
    is_counted: bool = True
    is_alarm: bool = False


def _due_today(rows: InquiryQuerySet, _user: User, now: datetime) -> InquiryQuerySet:
    """Return what is to be done before the clinic's day ends, and what was to be done before."""
    today = clinic_day(now)
    return rows.to_do_by(today.ends_at, today.day)


def _undelivered(rows: InquiryQuerySet, _user: User, _now: datetime) -> InquiryQuerySet:
    """Return the open inquiries with an e-mail that somebody must make up for."""
    return rows.open().with_undelivered_mail()


# What is held waits in its own view, which is red while anything is in it.
OPEN = View("open", _("open"), lambda rows, _user, _now: rows.open().not_quarantined(), is_counted=False)
ALL = View("all", _("all"), lambda rows, _user, _now: rows, NEWEST, is_counted=False)
VIEWS = (
    OPEN,
    View("mine", _("mine"), lambda rows, user, _now: rows.open().owned_by(user)),
    View("due-today", _("due today"), _due_today),
    View("unopened", _("unopened"), lambda rows, _user, _now: rows.unopened()),
    View("waiting", _("waiting for us"), lambda rows, _user, _now: rows.waiting()),
    View("overdue", _("overdue"), lambda rows, _user, now: rows.overdue(now), is_alarm=True),
    View("not-reached", _("could not reach"), lambda rows, _user, _now: rows.not_reached()),
    View("patients-turn", _("waiting for the patient"), lambda rows, _user, _now: rows.waiting_for_patient()),
    View("needs-a-look", _("needs a look"), lambda rows, _user, _now: rows.needing_a_look(), is_alarm=True),
    View("quarantine", _("quarantine"), lambda rows, _user, _now: rows.quarantined(), is_alarm=True),
    View("failed-mail", _("failed mail"), _undelivered, is_alarm=True),
    View("closed", _("closed"), lambda rows, _user, _now: rows.closed(), NEWEST, is_counted=False),
    ALL,
)
VIEWS_BY_CODE = {view.code: view for view in VIEWS}


@dataclass(frozen=True)
class DeskCount:
    """How many inquiries a view holds, counted no further than needed, and where they are."""

    code: str
    label: "_StrPromise"
    number: int
    url: str
    wants_nobody: bool

    @property
    def is_alarm(self) -> bool:
        """Whether a person should look, because there is anything at all."""
        return self.wants_nobody and self.number > 0

    @property
    def shown(self) -> str:
        """The number as people read it: `99+` for all larger ones."""
        return str(self.number) if self.number <= COUNTED_UP_TO else f"{COUNTED_UP_TO}+"


def sight_of(user: User) -> Sight:
    """Return what `user` may see now: managers all; coordinators their own, absent colleagues', those that need a look.

    An inquiry that was opened by its reference, with a reason, stays visible to that person for some hours. So does one
    that was theirs when they opened it: whoever is writing an answer while it moves to a colleague loses nothing.
    """
    if user.is_manager:
        return Sight(sees_all=True)
    if not user.handles_inquiries:
        return Sight()
    today, since = clinic_today(), timezone.now() - timedelta(hours=VISIBLE_HOURS)
    absent = Coordinator.objects.filter(absences__starts_on__lte=today, absences__ends_on__gte=today)
    own = Coordinator.objects.filter(user=user)
    was_theirs = Q(kind__in=[EventKind.OPENED, EventKind.READ], inquiry__assignments__coordinator__user=user)
    may_stay = Q(kind=EventKind.OPENED_BY_REFERENCE) | was_theirs
    opened = InquiryEvent.objects.filter(may_stay, actor=user, at__gt=since).exclude(inquiry__coordinator__user=user)
    return Sight(
        sees_flagged=True,
        coordinators=tuple(own.union(absent).values_list("pk", flat=True)),
        opened=tuple(opened.values_list("inquiry", flat=True).distinct()),
    )


def visible_inquiries(user: User) -> InquiryQuerySet:
    """Return what `user` may see now."""
    return Inquiry.objects.visible_to(sight_of(user))


def next_waiting(user: User, inquiry: Inquiry) -> Inquiry | None:
    """Return the one to turn to after `inquiry`: of those that wait for this person, who has waited longest."""
    waiting = Inquiry.objects.waiting().exclude(pk=inquiry.pk)
    rows = waiting if user.is_manager else waiting.filter(coordinator__in=Coordinator.objects.filter(user=user))
    return rows.longest_waiting_first().only("pk", "reference", "status", "reply_due_at").first()


def view_url(code: str) -> str:
    """Return where a view is."""
    return f"{reverse('admin:inquiries_inquiry_changelist')}?view={code}"


def owner_url(coordinator: int | None) -> str:
    """Return where managers see one coordinator's open inquiries, or those that nobody has."""
    code = NOBODY if coordinator is None else coordinator
    return f"{reverse('admin:inquiries_inquiry_changelist')}?{COORDINATOR}={code}"


def desk_counts(user: User, sight: Sight | None = None) -> list[DeskCount]:
    """Return how many inquiries wait for `user` in each view that is counted, by one question."""
    rows, now = Inquiry.objects.visible_to(sight or sight_of(user)), timezone.now()
    views = [view for view in VIEWS if view.is_counted]
    first, *others = [_lines(view.narrow(rows, user, now), view.code) for view in views]
    numbers = Counter(first.union(*others, all=True))
    return [DeskCount(view.code, view.label, numbers[view.code], view_url(view.code), view.is_alarm) for view in views]


def _lines(rows: InquiryQuerySet, code: str) -> "QuerySet[Inquiry, str]":
    """Return a view's code as often as it has inquiries, but no more often than is counted."""
    few = Inquiry.objects.filter(pk__in=rows.values("pk")[: COUNTED_UP_TO + 1])
    # Each part of a union needs the code as its own column.
    lines: QuerySet[Inquiry, str] = few.annotate(view=Value(code)).values_list("view", flat=True)
    return lines
