"""Whoever works from a page that is out of date is shown first what came in between; nothing counts as read unseen."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from inquiries.enums import EventKind
from inquiries.models import Inquiry, InquiryEvent
from inquiries.services.errors import TriageError

# What patient and clinic said to each other, and where the patient is reached
_NEWS = (EventKind.MESSAGE_RECEIVED, EventKind.MESSAGE_SENT, EventKind.ADDITION, EventKind.CONTACT_CHANGED)


class ChangedMeanwhileError(TriageError):
    """Something came in between that the person at the desk has not seen yet."""

    def __init__(self) -> None:
        super().__init__(
            _("Something new came in while you worked. Read it on this page, then press again: what you typed is here.")
        )


def newest_of(inquiries: Iterable[Inquiry]) -> dict[UUID, str]:
    """Return, by the inquiry's key, what a page of today says was the newest that came in; empty for nothing."""
    found = {inquiry.pk: "" for inquiry in inquiries}
    events = InquiryEvent.objects.filter(inquiry__in=list(found), kind__in=_NEWS).order_by("at", "pk")
    return found | {inquiry_id: str(key) for inquiry_id, key in events.values_list("inquiry_id", "pk")}


def newest(inquiry: Inquiry) -> str:
    """Return what a page of today says was the newest that came in; empty for nothing."""
    return newest_of([inquiry])[inquiry.pk]


def check_seen(inquiry: Inquiry, seen: str | None) -> None:
    """Raise ChangedMeanwhileError if the newest that came in was not `seen`; None was no page."""
    if seen is not None and seen != newest(inquiry):
        raise ChangedMeanwhileError
