"""The inbox's named views: which inquiries a person works through, and how many wait in each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.models import User
from coordinators.roster import clinic_today
from inquiries.models import Inquiry
from inquiries.querysets import InquiryQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Narrow = Callable[[InquiryQuerySet, User, datetime], InquiryQuerySet]


@dataclass(frozen=True)
class View:
    """One way to look at the inbox; `is_alarm` when any number above zero wants a person's look."""

    code: str
    label: "_StrPromise"
    narrow: Narrow
    is_counted: bool = True
    is_alarm: bool = False


OPEN = View("open", _("open"), lambda rows, _user, _now: rows.open(), is_counted=False)
ALL = View("all", _("all"), lambda rows, _user, _now: rows, is_counted=False)
VIEWS = (
    OPEN,
    View("mine", _("mine"), lambda rows, user, _now: rows.open().owned_by(user)),
    View("waiting", _("waiting"), lambda rows, _user, _now: rows.waiting()),
    View("overdue", _("overdue"), lambda rows, _user, now: rows.overdue(now), is_alarm=True),
    View("unassigned", _("unassigned"), lambda rows, _user, _now: rows.unassigned(), is_alarm=True),
    View("quarantine", _("quarantine"), lambda rows, _user, _now: rows.quarantined(), is_alarm=True),
    View("failed-mail", _("failed mail"), lambda rows, _user, _now: rows.with_failed_mail(), is_alarm=True),
    View("closed", _("closed"), lambda rows, _user, _now: rows.closed(), is_counted=False),
    ALL,
)
VIEWS_BY_CODE = {view.code: view for view in VIEWS}


@dataclass(frozen=True)
class DeskCount:
    """How many inquiries a view holds, and where they are."""

    label: "_StrPromise"
    number: int
    url: str
    is_alarm: bool


def visible_inquiries(user: User) -> InquiryQuerySet:
    """Return what `user` may see now."""
    return Inquiry.objects.visible_to(user, now=timezone.now(), today=clinic_today())


def desk_counts(user: User) -> list[DeskCount]:
    """Return how many inquiries wait for `user` in each view that is counted."""
    rows, now, inbox = visible_inquiries(user), timezone.now(), reverse("admin:inquiries_inquiry_changelist")
    counts = []
    for view in VIEWS:
        if view.is_counted:
            number = view.narrow(rows, user, now).count()
            counts.append(DeskCount(view.label, number, f"{inbox}?view={view.code}", view.is_alarm and number > 0))
    return counts
