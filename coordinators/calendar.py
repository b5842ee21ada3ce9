"""Working time as spans of real time: weekly hours, public holidays, special days, absences and who covers them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

HORIZON = timedelta(days=60)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Span(NamedTuple):
    """A stretch of real time (UTC), without its last moment."""

    start: datetime
    end: datetime


class Calendar(Protocol):
    """Whatever knows when somebody works."""

    def spans_from(self, moment: datetime) -> list[Span]:
        """Return the working spans from `moment` on, in order and apart, up to the horizon."""


class WeeklySpan(NamedTuple):
    """Hours of one ISO weekday (1 is Monday), as the clock on the wall shows them."""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True)
class SpecialHours:
    """What the clinic does on one day instead of its usual hours; no times means closed."""

    zone: ZoneInfo
    opens: time | None = None
    closes: time | None = None

    def spans_on(self, day: date) -> list[Span]:
        """Return the hours of that day, on the clinic's clock."""
        if self.opens is None or self.closes is None:
            return []
        return [Span(_moment(day, self.opens, self.zone), _moment(day, self.closes, self.zone))]


@dataclass(frozen=True)
class Away:
    """An absence on the absent person's clock: whole days, but for the time given for the first or the last."""

    starts_on: date
    ends_on: date
    zone: ZoneInfo
    from_time: time | None = None
    until_time: time | None = None

    @property
    def span(self) -> Span:
        """The real time of the absence."""
        start = _moment(self.starts_on, self.from_time or time.min, self.zone)
        if self.until_time is not None:
            return Span(start, _moment(self.ends_on, self.until_time, self.zone))
        return Span(start, _moment(self.ends_on + _DAY, time.min, self.zone))

    def covers(self, moment: datetime) -> bool:
        """Return whether the person is away at `moment`."""
        span = self.span
        return span.start <= moment < span.end


def no_holiday(day: date) -> bool:  # noqa: ARG001  # stands for a country's holidays
    """Return that no day is a holiday."""
    return False


@dataclass(frozen=True)
class WorkCalendar:
    """When one person, or the clinic, works."""

    week: tuple[WeeklySpan, ...]
    zone: ZoneInfo
    is_holiday: Callable[[date], bool] = no_holiday
    special_days: Mapping[date, SpecialHours] = field(default_factory=dict)
    absences: tuple[Away, ...] = ()

    def spans_from(self, moment: datetime) -> list[Span]:
        """Return the working spans from `moment` on, in order and apart, up to the horizon."""
        window = Span(moment.astimezone(UTC), moment.astimezone(UTC) + HORIZON)
        # A special day is on the clinic's clock, and may reach into this calendar's day before or after.
        first, last = (edge.astimezone(self.zone).date() for edge in window)
        days = (first + number * _DAY for number in range(-1, (last - first).days + 2))
        working = merged(span for day in days for span in self._spans_on(day))
        return without(within(working, [window]), merged(away.span for away in self.absences))

    def is_away(self, moment: datetime) -> bool:
        """Return whether the person is away at `moment`, working time or not."""
        return any(away.covers(moment) for away in self.absences)

    def _spans_on(self, day: date) -> list[Span]:
        """Return one day's spans, as if nobody were ever away."""
        if day in self.special_days:
            return self.special_days[day].spans_on(day)
        if self.is_holiday(day):
            return []
        return [
            Span(_moment(day, starts, self.zone), _moment(day, ends, self.zone))
            for weekday, starts, ends in self.week
            if weekday == day.isoweekday()
        ]


@dataclass(frozen=True)
class CoveredCalendar:
    """When a person or their replacement works: while the owner is away, the replacement's own hours count.

    A replacement who is away too is not replaced in turn, so that nobody's calendar can lead back to itself.
    """

    owner: WorkCalendar
    covers: tuple[tuple[Away, WorkCalendar], ...] = ()

    def spans_from(self, moment: datetime) -> list[Span]:
        """Return the working spans from `moment` on, in order and apart, up to the horizon."""
        spans = self.owner.spans_from(moment)
        for away, replacement in self.covers:
            spans += within(replacement.spans_from(moment), [away.span])
        return merged(spans)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the time that any of the spans covers, in order and apart; empty spans cover none."""
    found: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def within(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return what `spans` and `others` share."""
    others = list(others)
    shared = (Span(max(a.start, b.start), min(a.end, b.end)) for a in spans for b in others)
    return [span for span in shared if span.start < span.end]


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return what is left of `spans` when `others` are cut out."""
    left = list(spans)
    for cut in others:
        left = [
            piece
            for span in left
            for piece in (Span(span.start, min(span.end, cut.start)), Span(max(span.start, cut.end), span.end))
            if piece.start < piece.end
        ]
    return left


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return when the clock on the wall first shows `at`; for a time that the clock skips, when it jumps."""
    local = datetime.combine(day, at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    before = local.replace(second=0, microsecond=0, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while before.astimezone(zone).utcoffset() == offset:
        before += _MINUTE
    return before
