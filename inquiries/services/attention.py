"""The red flag: an open inquiry that a person must look at, because nobody fits it or nothing was promised."""

from coordinators.enums import Rule
from inquiries.enums import PromiseEnding, Status
from inquiries.models import Inquiry

_NOBODY_FITTED = (Rule.FALLBACK, Rule.NOBODY)


def raise_or_lower_flag(inquiry: Inquiry) -> None:
    """Set the flag by what holds now. An attempt to contact the patient lowers it, and so does a person's choice."""
    inquiry.is_flagged = _needs_a_look(inquiry)
    inquiry.save(update_fields=["is_flagged"])


def _needs_a_look(inquiry: Inquiry) -> bool:
    """Return whether an open inquiry has nobody, or a patient waits for whom nobody fits or nothing is promised."""
    if not inquiry.is_open:
        return False
    if inquiry.coordinator_id is None:
        return True
    if inquiry.status != Status.WAITING:
        return False
    latest = inquiry.assignments.order_by("-made_at", "-pk").first()
    if inquiry.reply_due_at is None or (latest and latest.rule in _NOBODY_FITTED):
        return True
    last = inquiry.promises.order_by("-made_at").first()
    is_broken_twice = last is not None and last.is_moved and last.ending == PromiseEnding.BROKEN
    # Whoever gave it to somebody since has looked.
    return is_broken_twice and not (latest and last and last.ended_at and latest.made_at > last.ended_at)
