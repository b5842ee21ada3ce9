"""How long a first reply took, as counts by whole steps of working time: enough for a median, nothing about anybody."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import ceil

from coordinators.calendar import Span

# Fine where the promise is kept or broken by minutes, coarse where everybody agrees that it was late.
_FINE, _FINE_UNTIL = 5, 240
_MIDDLE, _MIDDLE_UNTIL = 15, 960
_COARSE, _LONGEST = 60, 4800


def working_minutes(start: datetime, end: datetime, spans: Iterable[Span]) -> int:
    """Return the minutes between two moments that lie in working time, a started minute as a whole one."""
    shared = (min(end, span.end) - max(start, span.start) for span in spans)
    seconds = sum((part for part in shared if part > timedelta()), timedelta()).total_seconds()
    return ceil(seconds / 60)


def step_of(minutes: int) -> int:
    """Return the step under which a time is counted: its upper end, in minutes."""
    if minutes <= _FINE_UNTIL:
        width = _FINE
    elif minutes <= _MIDDLE_UNTIL:
        width = _MIDDLE
    else:
        width = _COARSE
    return min(ceil(minutes / width) * width, _LONGEST)


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """Return the time within which this share of all had their reply; None without any."""
    needed = ceil(sum(counts.values()) * share)
    reached = 0
    for minutes, number in sorted(counts.items()):
        reached += number
        if number and reached >= needed:
            return minutes
    return None
