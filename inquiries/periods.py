"""Days that a list is narrowed to, on the clinic's clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q


def within_days(column: str, first: date | None, last: date | None, zone: ZoneInfo) -> Q:
    """Return the condition that a moment lies on these days or between them; a day that is not given sets no end."""
    condition = Q()
    if first:
        condition &= Q(**{f"{column}__gte": datetime.combine(first, time.min, tzinfo=zone)})
    if last:
        condition &= Q(**{f"{column}__lt": datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone)})
    return condition
