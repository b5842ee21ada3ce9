"""How long a first reply took, as counts by whole steps of working time: enough for a median, nothing about anybody."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from coordinators.calendar import Span

_MINUTE = timedelta(minutes=1)
# Fine where the promise is kept or broken by minutes, coarse where everybody agrees that it was late.
_FINE, _FINE_UNTIL = 5, 240
_MIDDLE, _MIDDLE_UNTIL = 15, 960
_COARSE, _LONGEST = 60, 4800


def working_time(start: datetime, end: datetime, spans: Iterable[Span]) -> timedelta:
    """Return how much working time lies between two moments."""
    shared = (min(end, span.end) - max(start, span.start) for span in spans)
    return sum((part for part in shared if part > timedelta()), timedelta())


def working_minutes(start: datetime, end: datetime, spans: Iterable[Span]) -> int:
    """Return the minutes between two moments that lie in working time, a started minute as a whole one."""
    return ceil(working_time(start, end, spans) / _MINUTE)


def minutes_waited(start: datetime, now: datetime, spans: Iterable[Span]) -> int:
    """Return for how many whole minutes of working time somebody has waited: never more than it was."""
    return working_time(start, now, spans) // _MINUTE


def step_of(minutes: int) -> int:
    """Return the step under which a time is counted: its upper end, in minutes."""
    if minutes <= _FINE_UNTIL:
        width = _FINE
    elif minutes <= _MIDDLE_UNTIL:
        width = _MIDDLE
    else:
        width = _COARSE
    return min(ceil(minutes / width) * width, _LONGEST)


def answered_within(answered: Mapping[int, int], waiting: Mapping[int, int], percent: int) -> int | None:
    """Return the minutes within which so many percent have their reply, or None where it cannot be told yet.

    Kaplan and Meier's estimate: at each time, of those who had waited for so long, which part was answered then?
    Whoever still waits counts for as long as they have waited, not as answered, and not beyond. So nobody who just
    came makes the figure better. Where it is None, it is more than the longest wait.
    """
    unanswered = Fraction(1)
    for minutes in sorted(minutes for minutes, number in answered.items() if number):
        asking = sum(number for time, number in (*answered.items(), *waiting.items()) if time >= minutes)
        unanswered *= 1 - Fraction(answered[minutes], asking)
        if 1 - unanswered >= Fraction(percent, 100):
            return minutes
    return None
