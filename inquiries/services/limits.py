"""How often one private link may be used for what costs somebody's attention: each makes e-mails or work."""

from datetime import datetime, timedelta

from inquiries.enums import EventKind, Sender
from inquiries.models import Inquiry

WINDOW = timedelta(hours=1)
CONTACT_CHANGES = 5
MESSAGES = 20


class TooOftenError(Exception):
    """Too many within the hour; later it may be done again."""


def check_contact_changes(inquiry: Inquiry, now: datetime) -> None:
    """Raise TooOftenError after a few changes: each sends e-mails to addresses that anybody can type."""
    changes = inquiry.events.filter(kind=EventKind.CONTACT_CHANGED, at__gt=now - WINDOW)
    if changes.count() >= CONTACT_CHANGES:
        raise TooOftenError


def check_messages(inquiry: Inquiry, now: datetime) -> None:
    """Raise TooOftenError after more messages than a person writes."""
    if inquiry.messages.filter(sender=Sender.PATIENT, at__gt=now - WINDOW).count() >= MESSAGES:
        raise TooOftenError
