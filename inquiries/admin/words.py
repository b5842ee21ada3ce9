"""States and spans of time as the desk says them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inquiries.enums import Status
from inquiries.models import Inquiry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

HOURS_SHOWN_AS_DAYS = 48


@dataclass(frozen=True)
class Badge:
    """A state in one or two words; the kind gives it a shape and a colour."""

    kind: str
    text: "str | _StrPromise"


def badges(inquiry: Inquiry, now: datetime, *, has_failed_mail: bool) -> list[Badge]:
    """Return everything about an inquiry that should catch the eye, the most pressing first."""
    states = (
        (is_overdue(inquiry, now), Badge("overdue", _("overdue"))),
        (inquiry.is_quarantined, Badge("quarantine", _("quarantine"))),
        (inquiry.is_flagged and inquiry.status != Status.CLOSED, Badge("flagged", _("needs an owner"))),
        (inquiry.email_refused_at is not None, Badge("failed", _("please phone"))),
        (has_failed_mail and inquiry.email_refused_at is None, Badge("failed", _("failed mail"))),
        (inquiry.person_is_doubtful, Badge("quarantine", _("confirm the person"))),
        (inquiry.opened_at is None, Badge("unopened", _("unopened"))),
        (inquiry.status == Status.WAITING and not is_overdue(inquiry, now), Badge("waiting", _("waiting"))),
        (inquiry.status == Status.CONTACTED, Badge("contacted", _("in contact"))),
        (inquiry.status == Status.CLOSED, Badge("closed", _("closed"))),
    )
    return [badge for holds, badge in states if holds]


def is_overdue(inquiry: Inquiry, now: datetime) -> bool:
    """Return whether the patient was promised an answer before `now` and has none."""
    return inquiry.status == Status.WAITING and inquiry.reply_due_at is not None and inquiry.reply_due_at < now


def clock(inquiry: Inquiry, now: datetime) -> str:
    """Return the countdown in words: how much time is left, how late it is, or how it ended."""
    if inquiry.status == Status.CLOSED:
        return str(inquiry.get_outcome_display())
    if inquiry.status == Status.CONTACTED:
        return _("answered")
    if inquiry.reply_due_at is None:
        return _("no time promised")
    if inquiry.reply_due_at < now:
        return _("%(span)s late") % {"span": span(now - inquiry.reply_due_at)}
    return _("due in %(span)s") % {"span": span(inquiry.reply_due_at - now)}


def span(length: timedelta) -> str:
    """Return a span of time in its largest useful unit."""
    minutes = int(length.total_seconds() // 60)
    hours = minutes // 60
    if hours >= HOURS_SHOWN_AS_DAYS:
        return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}
    if hours:
        return ngettext("%(count)d h", "%(count)d h", hours) % {"count": hours}
    return ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes}
