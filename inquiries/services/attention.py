"""The red flag: an open inquiry that a person must look at, because nobody fits it or nothing was promised."""

from coordinators.enums import Rule
from inquiries.enums import EventKind, PromiseEnding, Status
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
    # A person who chose somebody for this one has looked; who handed over all of somebody's has not.
    given = inquiry.events.filter(kind=EventKind.ASSIGNED, actor__isnull=False, at__gt=last.ended_at)
    return all("left" in details for details in given.values_list("details", flat=True))
