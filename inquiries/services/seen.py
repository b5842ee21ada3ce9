"""Whoever works from a page that is out of date is shown first what came in between; nothing counts as read unseen."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from inquiries.enums import EventKind
from inquiries.models import Inquiry
from inquiries.services.errors import TriageError

# What patient and clinic said to each other, and where the patient is reached
THREAD = (EventKind.MESSAGE_RECEIVED, EventKind.MESSAGE_SENT, EventKind.ADDITION)
CONTACT_DATA = (EventKind.CONTACT_CHANGED,)


class ChangedMeanwhileError(TriageError):
    """Something came in between that the person at the desk has not seen yet."""

    def __init__(self) -> None:
        super().__init__(
            _("Something new came in while you worked. Read it on this page, then press again: what you typed is here.")
        )


def newest(inquiry: Inquiry, kinds: Collection[EventKind]) -> str:
    """Return the key of the newest event of these kinds; empty when there is none."""
    key = inquiry.events.filter(kind__in=kinds).order_by("-at", "-pk").values_list("pk", flat=True).first()
    return str(key) if key else ""


def check_seen(inquiry: Inquiry, kinds: Collection[EventKind], seen: str | None) -> None:
    """Raise ChangedMeanwhileError if the newest event of these kinds was not `seen`; None was no page."""
    if seen is not None and seen != newest(inquiry, kinds):
        raise ChangedMeanwhileError
