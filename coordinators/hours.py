"""A day's working hours as people type them: “9:00–12:30, 13:30–17:00”."""

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise
from typing import NamedTuple

_HOUR = r"(\d{1,2})(?:[:.](\d{2}))?"
_SPAN = re.compile(rf"\s*{_HOUR}\s*[-\u2010-\u2015]\s*{_HOUR}\s*")


class Hours(NamedTuple):
    """From when to when on one day."""

    starts: time
    ends: time


class UnreadableHoursError(ValueError):
    """What was typed is no list of hours."""


class UnorderedHoursError(ValueError):
    """Hours that end before they start."""


class OverlappingHoursError(ValueError):
    """Hours that lie partly inside others of the same day."""


def parse_hours(text: str) -> list[Hours]:
    """Return the hours in order. Raises one of this file's errors for what cannot be a working day."""
    found = sorted(_parse_span(part) for part in re.split(r"[,;\n]", text) if part.strip())
    for earlier, later in pairwise(found):
        if later.starts < earlier.ends:
            raise OverlappingHoursError
    return found


def write_hours(hours: Iterable[Hours]) -> str:
    """Return the hours as they may be typed again."""
    return ", ".join(f"{starts:%H:%M}–{ends:%H:%M}" for starts, ends in sorted(hours))


def _parse_span(text: str) -> Hours:
    """Return one stretch of hours."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise UnreadableHoursError
    from_hour, from_minute, until_hour, until_minute = (int(number or 0) for number in match.groups())
    try:
        starts, ends = time(from_hour, from_minute), time(until_hour, until_minute)
    except ValueError as error:
        raise UnreadableHoursError from error
    if ends <= starts:
        raise UnorderedHoursError
    return Hours(starts, ends)
