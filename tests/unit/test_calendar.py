"""Calendars of every kind: what must hold whatever the hours, zones, holidays and absences are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinators.calendar import (
    HORIZON,
    Away,
    CoveredCalendar,
    Span,
    SpecialHours,
    WeeklySpan,
    WorkCalendar,
    merged,
    within,
    without,
)
from coordinators.hours import (
    Hours,
    OverlappingHoursError,
    UnorderedHoursError,
    UnreadableHoursError,
    parse_hours,
    write_hours,
)
from coordinators.promise import reply_by
from coordinators.public_holidays import is_public_holiday, known_countries, region_names, regions_of

# Clock changes of an hour in the north and of half an hour in the south, changes at midnight, and none at all
ZONES = (
    "Europe/Zagreb",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
)
# Days around which calendars break: both clock changes in Europe and America, and the turn of the year
DAYS = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-09-06", "2026-10-25", "2026-11-01", "2026-12-31")

zones = st.sampled_from(ZONES).map(ZoneInfo)
times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
days = st.builds(
    lambda day, shift: date.fromisoformat(day) + timedelta(days=shift), st.sampled_from(DAYS), st.integers(-4, 4)
)
moments = st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + timedelta(minutes=minutes), days, st.integers(0, 1439)
)
working_hours = st.integers(1, 160).map(lambda quarters: quarters / 4)


@st.composite
def ordered_times(draw: st.DrawFn) -> tuple[time, time]:
    first, last = sorted(draw(st.lists(times, min_size=2, max_size=2, unique=True)))
    return first, last


@st.composite
def aways(draw: st.DrawFn, zone: ZoneInfo) -> Away:
    """Return an absence near a day on which calendars break, often of half-days, never ending before it begins."""
    first = draw(days)
    last = first + timedelta(days=draw(st.integers(0, 20)))
    starts, ends = draw(ordered_times())
    return Away(first, last, zone, starts if draw(st.booleans()) else None, ends if draw(st.booleans()) else None)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """Return a calendar of any kind; its spans may overlap, and it may have none."""
    zone = draw(zones)
    week = draw(st.lists(st.tuples(st.integers(1, 7), ordered_times()), max_size=12))
    special = st.one_of(st.none(), ordered_times())
    return WorkCalendar(
        week=tuple(WeeklySpan(weekday, starts, ends) for weekday, (starts, ends) in week),
        zone=zone,
        is_holiday=draw(st.frozensets(days, max_size=6)).__contains__,
        special_days={
            day: SpecialHours(ZoneInfo("Europe/Zagreb"), *(hours or (None, None)))
            for day, hours in draw(st.dictionaries(days, special, max_size=4)).items()
        },
        absences=tuple(draw(st.lists(aways(zone), max_size=3))),
    )


@st.composite
def covered(draw: st.DrawFn) -> CoveredCalendar:
    """Return an owner of whose absences some are covered, each by somebody with a zone and absences of their own."""
    owner = draw(calendars())
    covers = [(absence, draw(calendars())) for absence in owner.absences if draw(st.booleans())]
    return CoveredCalendar(owner, tuple(covers))


def worked(spans: list[Span], until: datetime) -> timedelta:
    """Return the working time before `until`."""
    return sum((min(span.end, until) - span.start for span in spans if span.start < until), timedelta())


@given(covered(), moments)
def test_spans_are_in_order_apart_and_within_the_horizon(calendar: CoveredCalendar, moment: datetime) -> None:
    spans = calendar.spans_from(moment)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert all(moment <= edge <= moment + HORIZON for edge in edges)
    assert all(edge.tzinfo is UTC for edge in edges)


@given(covered(), moments, working_hours)
def test_exactly_the_promised_working_time_lies_before_the_promise(
    calendar: CoveredCalendar, received: datetime, hours: float
) -> None:
    spans, due = calendar.spans_from(received), reply_by(received, calendar, hours)
    if due is None:
        assert worked(spans, received + HORIZON) < timedelta(hours=hours)
    else:
        assert due > received
        assert worked(spans, due) == timedelta(hours=hours)


@given(covered(), moments, working_hours)
def test_whoever_covers_works_just_before_the_promise(
    calendar: CoveredCalendar, received: datetime, hours: float
) -> None:
    due = reply_by(received, calendar, hours)
    if due is None:
        return
    instant = due - timedelta(seconds=1)

    assert is_at_work(calendar.owner, instant) or any(
        absence.covers(instant) and is_at_work(cover, instant) for absence, cover in calendar.covers
    )


@given(calendars(), moments)
def test_spans_say_what_the_clock_on_the_wall_says(calendar: WorkCalendar, moment: datetime) -> None:
    spans = calendar.spans_from(moment)
    for instant in (moment + timedelta(minutes=minutes) for minutes in range(0, 3 * 24 * 60, 37)):
        assert any(start <= instant < end for start, end in spans) is is_at_work(calendar, instant)


def is_at_work(person: WorkCalendar, instant: datetime) -> bool:
    """Return whether the person works at `instant`, told by clocks on walls and calendars alone."""
    if person.is_away(instant):
        return False
    wall = instant.astimezone(person.zone)
    if any(
        special.opens and special.closes and shows(instant.astimezone(special.zone), day, special.opens, special.closes)
        for day, special in person.special_days.items()
    ):
        return True
    if wall.date() in person.special_days or person.is_holiday(wall.date()):
        return False
    return any(
        weekday == wall.isoweekday() and shows(wall, wall.date(), starts, ends) for weekday, starts, ends in person.week
    )


def shows(wall: datetime, day: date, starts: time, ends: time) -> bool:
    """Return whether a clock shows a time of these hours; of an hour that it shows twice, the first one counts."""
    if wall.date() != day:
        return False
    if wall.fold == 0:
        return starts <= wall.time() < ends
    begun = starts <= wall.time() or is_repeated(day, starts, wall.tzinfo)
    return begun and wall.time() < ends and not is_repeated(day, ends, wall.tzinfo)


def is_repeated(day: date, at: time, zone: tzinfo | None) -> bool:
    """Return whether the clock shows this time twice."""
    local = datetime.combine(day, at, zone)
    return local.utcoffset() != local.replace(fold=1).utcoffset()


@given(covered(), moments, st.integers(0, 20 * 24 * 60), working_hours)
def test_who_writes_later_is_never_promised_an_earlier_reply(
    calendar: CoveredCalendar, received: datetime, minutes: int, hours: float
) -> None:
    first = reply_by(received, calendar, hours)
    second = reply_by(received + timedelta(minutes=minutes), calendar, hours)
    if first is not None and second is not None:
        assert first <= second


@given(covered(), moments, working_hours)
def test_a_promise_of_more_hours_is_a_later_one(calendar: CoveredCalendar, received: datetime, hours: float) -> None:
    less, more = (reply_by(received, calendar, number) for number in (hours, hours + 0.25))
    if more is not None:
        assert less is not None
        assert less < more


@given(calendars(), calendars(), moments, working_hours)
def test_somebody_who_covers_never_makes_anybody_wait_longer(
    owner: WorkCalendar, replacement: WorkCalendar, received: datetime, hours: float
) -> None:
    alone = reply_by(received, CoveredCalendar(owner), hours)
    together = reply_by(
        received, CoveredCalendar(owner, tuple((absence, replacement) for absence in owner.absences)), hours
    )
    assert alone is None or (together is not None and together <= alone)
    assert reply_by(received, owner, hours) == alone


@given(calendars(), moments)
def test_nobody_works_while_away(calendar: WorkCalendar, moment: datetime) -> None:
    for span in calendar.spans_from(moment):
        assert not calendar.is_away(span.start)
        assert not calendar.is_away(span.end - timedelta(seconds=1))


@given(calendars(), moments, moments)
def test_the_same_hours_whenever_one_looks(calendar: WorkCalendar, first: datetime, second: datetime) -> None:
    first, second = sorted((first, second))
    both = [Span(second, min(first, second) + HORIZON)]
    assert within(calendar.spans_from(first), both) == within(calendar.spans_from(second), both)


@given(st.builds(WorkCalendar, st.just(()), zones), moments, working_hours)
def test_who_never_works_promises_nothing(calendar: WorkCalendar, received: datetime, hours: float) -> None:
    assert reply_by(received, calendar, hours) is None


@st.composite
def span_lists(draw: st.DrawFn) -> list[Span]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    pairs = draw(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6))
    return [Span(start + timedelta(hours=min(pair)), start + timedelta(hours=max(pair))) for pair in pairs]


def hours_of(spans: list[Span]) -> set[int]:
    """Return the hours of the year that the spans cover."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return {hour for hour in range(60) if any(a <= start + timedelta(hours=hour) < b for a, b in spans)}


@given(span_lists(), span_lists())
def test_spans_are_sets_of_time(some: list[Span], others: list[Span]) -> None:
    assert hours_of(merged(some)) == hours_of(some)
    assert hours_of(within(some, others)) == hours_of(some) & hours_of(others)
    assert hours_of(without(some, others)) == hours_of(some) - hours_of(others)


# What people type


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("", ""),
        ("9-17", "09:00–17:00"),
        ("13:30 – 17:00; 9.00-12.30", "09:00–12:30, 13:30–17:00"),
        ("8:00–12:00,12:00–16:00,", "08:00–12:00, 12:00–16:00"),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, written: str) -> None:
    assert write_hours(parse_hours(typed)) == written
    assert parse_hours(written) == parse_hours(typed)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("9-13, 12:59-17", OverlappingHoursError),
        ("9-17, 10-11", OverlappingHoursError),
        ("17-9", UnorderedHoursError),
        ("9-9", UnorderedHoursError),
        ("9-24", UnreadableHoursError),
        ("9:60-10", UnreadableHoursError),
        ("nine to five", UnreadableHoursError),
        ("9", UnreadableHoursError),
    ],
)
def test_what_is_no_working_day_is_refused(typed: str, error: type[ValueError]) -> None:
    with pytest.raises(error):
        parse_hours(typed)


@given(st.lists(ordered_times().map(lambda pair: Hours(*pair)), max_size=4))
def test_written_hours_are_read_again(hours: list[Hours]) -> None:
    apart = all(a.ends <= b.starts for a, b in zip(sorted(hours), sorted(hours)[1:], strict=False))
    if apart:
        assert parse_hours(write_hours(hours)) == sorted(hours)


# Public holidays


@pytest.mark.parametrize(
    ("country", "region", "day", "is_free"),
    [
        ("HR", "", "2026-12-25", True),
        ("HR", "", "2026-12-31", False),
        ("NL", "", "2026-04-27", True),
        ("DE", "", "2026-01-06", False),
        ("DE", "BY", "2026-01-06", True),
        ("DE", "no such region", "2026-12-25", True),
        ("??", "", "2026-12-25", False),
        ("", "", "2026-12-25", False),
    ],
)
def test_public_holidays(country: str, region: str, day: str, is_free: bool) -> None:
    assert is_public_holiday(country, region, date.fromisoformat(day)) is is_free


def test_regions_are_called_as_people_there_write_them() -> None:
    assert region_names()["DE"]["BY"] == "Bayern"
    assert set(region_names()["DE"]) == set(regions_of("DE"))
    assert {"HR", "DE", "AT", "CH", "NL", "BE", "IT", "SI", "GB"} <= known_countries()
    assert "NL" not in region_names() or region_names()["NL"]
    assert all(names for names in region_names().values())


def test_no_holiday_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        pytest.fail("the network was asked")

    opened: Callable[..., None] = refuse
    monkeypatch.setattr("socket.socket.connect", opened)
    assert is_public_holiday("AT", "", date(2031, 10, 26))
