"""How the site's own work is watched: how old mail, jobs and records may grow before somebody must look.

Health, the desk's first page and the alarms ask here, so that all of them call the same thing late.
"""

from datetime import datetime, timedelta

from inquiries.models import Heartbeat
from inquiries.services.retention import oldest_past_due

# Mail that flows is gone within a minute; a retry comes after a few.
SLOW_MAIL = timedelta(minutes=10)
LATE_JOB = timedelta(minutes=5)
LATE_MAILBOX = timedelta(minutes=15)
# The job runs once a day, a little earlier each time, and beats when it has left nothing.
LATE_RETENTION = timedelta(days=1)


def silence(job: str, now: datetime) -> timedelta | None:
    """Return for how long a scheduled job has not run; None before its first time."""
    beat_at = Heartbeat.objects.filter(name=job).values_list("beat_at", flat=True).first()
    return now - beat_at if beat_at else None


def past_date(now: datetime) -> timedelta:
    """Return for how long at most a record has outlived its date.

    The job beats only when it left nothing, so that a beat's age says it at no cost; before the first it is measured.
    """
    age = silence(Heartbeat.RETENTION, now)
    return oldest_past_due(now) if age is None else age
