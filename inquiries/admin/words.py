"""States of an inquiry as the desk says them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from inquiries.admin.beside import Beside
from inquiries.enums import Status
from inquiries.models import Inquiry
from inquiries.moments import span

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Badge:
    """A state in one or two words; the kind gives it a shape and a colour."""

    kind: str
    text: "str | _StrPromise"


def badges(inquiry: Inquiry, now: datetime, beside: Beside) -> list[Badge]:
    """Return everything about an inquiry that should catch the eye, the most pressing first."""
    is_in_contact = inquiry.status == Status.CONTACTED
    states = (
        (is_overdue(inquiry, now), Badge("overdue", _("overdue"))),
        (inquiry.is_quarantined, Badge("quarantine", _("quarantine"))),
        (inquiry.is_flagged and inquiry.coordinator_id is None, Badge("flagged", _("needs an owner"))),
        (inquiry.is_flagged and inquiry.coordinator_id is not None, Badge("flagged", _("needs a look"))),
        (beside.has_failed_mail and inquiry.email_refused_at is not None, Badge("failed", _("please phone"))),
        (beside.has_failed_mail and inquiry.email_refused_at is None, Badge("failed", _("failed mail"))),
        (inquiry.person_is_doubtful, Badge("quarantine", _("confirm the person"))),
        (beside.is_to_look_at, Badge("due", _("look again today"))),
        (inquiry.opened_at is None, Badge("unopened", _("unopened"))),
        (inquiry.status == Status.WAITING and not is_overdue(inquiry, now), Badge("waiting", _("waiting"))),
        (is_in_contact and beside.is_not_reached, Badge("waiting", _("not reached"))),
        (is_in_contact and not beside.is_not_reached, Badge("contacted", _("in contact"))),
        (inquiry.status == Status.CLOSED, Badge("closed", _("closed"))),
    )
    return [badge for holds, badge in states if holds]


def is_overdue(inquiry: Inquiry, now: datetime) -> bool:
    """Return whether the patient was promised an answer before `now` and has none."""
    return inquiry.status == Status.WAITING and inquiry.reply_due_at is not None and inquiry.reply_due_at < now


def clock(inquiry: Inquiry, now: datetime, beside: Beside | None = None) -> str:
    """Return the countdown in words: how much time is left, how late it is, or how it ended."""
    if inquiry.status == Status.CLOSED:
        return str(inquiry.get_outcome_display())
    if inquiry.status == Status.CONTACTED:
        return _("tried, not reached") if beside and beside.is_not_reached else _("answered")
    if inquiry.reply_due_at is None:
        return _("no time promised")
    if inquiry.reply_due_at < now:
        return _("%(span)s late") % {"span": span(now - inquiry.reply_due_at)}
    return _("due in %(span)s") % {"span": span(inquiry.reply_due_at - now)}
