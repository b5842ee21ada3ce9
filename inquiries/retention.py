"""For how long records are kept, and from which moment their time counts."""

from datetime import datetime, timedelta

from django.conf import settings

from inquiries.enums import EventKind, Outcome

# The names of the periods (RETENTION_DAYS in the settings): one for each outcome, and these
OPEN, FILES, ACCESS_CODES, LINK_REQUESTS, EMAILS = "OPEN", "FILES", "ACCESS_CODES", "LINK_REQUESTS", "EMAILS"
PERIODS = (*Outcome.values, OPEN, FILES, ACCESS_CODES, LINK_REQUESTS, EMAILS)

# What patient or staff did about an inquiry. Mere reading, and what clocks and outbox do, keeps nothing alive.
ACTIVITY = (
    EventKind.RECEIVED, EventKind.ASSIGNED, EventKind.RELEASED, EventKind.CONTACT_ATTEMPT, EventKind.CLOSED,
    EventKind.REOPENED, EventKind.ADDITION, EventKind.MESSAGE_SENT, EventKind.MESSAGE_RECEIVED,
    EventKind.REPLY_FILED, EventKind.NOTED,
    EventKind.DETAILS_WANTED, EventKind.DETAILS_SAVED, EventKind.FILE_ADDED, EventKind.FILE_REMOVED,
    EventKind.NOT_REACHED_SENT, EventKind.CONTACT_CHANGED, EventKind.PERSON_CONFIRMED, EventKind.LINK_RENEWED,
    EventKind.READ_BACK, EventKind.EXPORTED,
)  # fmt: skip
PASSIVE = (
    EventKind.QUARANTINED, EventKind.OPENED, EventKind.READ, EventKind.OPENED_BY_REFERENCE, EventKind.EMAIL_SENT,
    EventKind.EMAIL_FAILED, EventKind.EMAIL_RESENT, EventKind.EMAIL_REFUSED, EventKind.REMINDED, EventKind.ESCALATED,
    EventKind.PROMISE_BROKEN, EventKind.PROMISE_MOVED, EventKind.FILE_READ, EventKind.LINK_REVOKED,
    EventKind.CODE_SENT, EventKind.BOUNCED,
)  # fmt: skip


def period(name: str) -> timedelta:
    """Return how long records of this name are kept. Raises KeyError for a name without a period."""
    return timedelta(days=settings.RETENTION_DAYS[name])


def due_at(since: datetime, kept_for: timedelta) -> datetime:
    """Return when a record must be gone whose time counts from `since`."""
    return since + kept_for


def past_due(since: datetime | None, kept_for: timedelta, now: datetime) -> timedelta:
    """Return for how long a record should have been gone already; nothing for one that is still in its time."""
    return max(now - due_at(since, kept_for), timedelta()) if since else timedelta()
