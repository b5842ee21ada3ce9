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
    if last is None or not last.is_moved or last.ending != PromiseEnding.BROKEN:
        return False
    # A person who chose somebody since has looked; the rule has not.
    return not inquiry.assignments.filter(rule="", made_at__gt=last.ended_at).exists()
