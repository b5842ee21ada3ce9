"""What is made of counts: medians, hidden small numbers, charts in both directions."""

import math
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from coordinators.calendar import Span
from inquiries.measure.cells import Cell
from inquiries.measure.charts import Bar, Sketch
from inquiries.measure.reply_times import answered_within, minutes_waited, step_of, working_minutes
from inquiries.moments import hours_and_minutes, span

MORNING = datetime(2026, 11, 23, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIMES = st.lists(st.integers(0, 4800), min_size=1, max_size=60)
PERCENT = st.integers(1, 100)


def as_long(minutes: int | None) -> float:
    """Return a time that can be compared; one that cannot be told yet is longer than all others."""
    return math.inf if minutes is None else minutes


def test_only_working_time_is_counted() -> None:
    spans = [Span(MORNING, MORNING + 8 * HOUR), Span(MORNING + 24 * HOUR, MORNING + 32 * HOUR)]
    assert working_minutes(MORNING + 7 * HOUR, MORNING + 25 * HOUR, spans) == 120
    assert working_minutes(MORNING + 9 * HOUR, MORNING + 20 * HOUR, spans) == 0
    assert working_minutes(MORNING + HOUR, MORNING, spans) == 0
    assert working_minutes(MORNING, MORNING + timedelta(seconds=1), spans) == 1
    assert minutes_waited(MORNING, MORNING + timedelta(seconds=119), spans) == 1


@given(st.integers(0, 100_000))
def test_a_step_is_never_earlier_and_never_much_later(minutes: int) -> None:
    step = step_of(minutes)
    assert step == step_of(step)
    assert len(str(step)) <= 4
    if minutes <= 4800:
        assert minutes <= step < minutes + max(5, minutes / 4, 60 * (minutes > 960))


def test_who_just_came_does_not_make_the_clinic_look_faster() -> None:
    assert answered_within({200: 5}, {0: 10}, 50) == answered_within({200: 5}, {}, 50) == 200
    assert answered_within({200: 5}, {199: 10}, 50) == 200
    assert answered_within({200: 5}, {200: 10}, 50) is None


def test_waits_count_for_as_long_as_they_are() -> None:
    """Of eight, one is answered at 10; of the six who were there at 20, one; of four at 60, one; at 90 the last."""
    answered, waiting = {10: 1, 20: 1, 60: 1, 90: 1}, {15: 1, 30: 1, 70: 2}
    assert answered_within(answered, waiting, 12) == 10
    assert answered_within(answered, waiting, 27) == 20
    assert answered_within(answered, waiting, 45) == 60
    assert answered_within(answered, waiting, 90) == 90
    assert answered_within({}, waiting, 50) is None
    assert answered_within({}, {}, 50) is None
    assert answered_within({5: 0}, {}, 50) is None


@given(TIMES, PERCENT)
def test_without_anybody_waiting_it_is_the_plain_percentile(times: list[int], percent: int) -> None:
    assert answered_within(Counter(times), {}, percent) == sorted(times)[ceil(len(times) * percent / 100) - 1]


@given(TIMES, st.integers(1, 100), PERCENT)
def test_who_waits_no_time_at_all_changes_nothing_for_the_better(times: list[int], number: int, percent: int) -> None:
    alone, together = (answered_within(Counter(times), waiting, percent) for waiting in ({}, {0: number}))
    assert as_long(together) >= as_long(alone)
    if 0 not in times:
        assert together == alone


@given(TIMES, TIMES, st.integers(0, 4800), st.integers(0, 4800), PERCENT)
def test_waiting_and_waiting_longer_never_makes_it_better(
    times: list[int], waits: list[int], wait: int, more: int, percent: int
) -> None:
    answered = Counter(times)
    found = [
        as_long(answered_within(answered, Counter(waiting), percent))
        for waiting in (waits, [*waits, wait], [*waits, wait + more])
    ]
    assert found == sorted(found)


@given(TIMES, TIMES, PERCENT, PERCENT)
def test_more_of_them_take_longer_and_what_cannot_be_told_outlasts_the_longest_wait(
    times: list[int], waits: list[int], one: int, other: int
) -> None:
    answered, waiting = Counter(times), Counter(waits)
    few, many = (answered_within(answered, waiting, percent) for percent in sorted((one, other)))
    assert as_long(few) <= as_long(many)
    if many is None:
        assert max(waits) >= max(times)


def test_small_parts_are_hidden_and_drawn_alike() -> None:
    assert [str(Cell(number, is_part=True)) for number in (0, 1, 4, 5)] == ["0", "<5", "<5", "5"]
    assert {Cell(number, is_part=True).drawn for number in (1, 2, 3, 4)} == {2}
    assert str(Cell(4)) == "4"
    assert str(Cell(7, is_lower_bound=True)) == "≥\u00a07"
    assert str(Cell(0, is_lower_bound=True)) == "0"


def test_bars_begin_where_one_begins_to_read() -> None:
    bars = [Bar("All", "4", [("late", 1), ("calm", 3)]), Bar("None", "0", [("late", 0)])]
    plain = Sketch("key", "Title", "Words").bars(bars)
    mirrored = Sketch("key", "Title", "Words", is_mirrored=True).bars(bars)
    assert [(piece.kind, piece.x, piece.width) for piece in plain.pieces] == [
        ("rail", "0.00%", "100.00%"),
        ("late", "0.00%", "25.00%"),
        ("calm", "25.00%", "75.00%"),
        ("rail", "0.00%", "100.00%"),
    ]
    assert [piece.x for piece in mirrored.pieces] == ["0.00%", "75.00%", "0.00%", "0.00%"]
    assert [word.x for word in mirrored.words] == ["100.00%", "0.00%"] * 2


@given(st.lists(st.lists(st.integers(0, 10_000), min_size=2, max_size=2), max_size=15), st.booleans())
def test_columns_stay_inside_the_drawing(numbers: list[list[int]], is_mirrored: bool) -> None:
    groups = [(str(place), [("sent", float(a)), ("kept", float(b))]) for place, (a, b) in enumerate(numbers)]
    chart = Sketch("key", "Title", "Words", is_mirrored=is_mirrored).columns(groups, every=3)
    for piece in chart.pieces:
        assert re.fullmatch(r"\d+\.\d\d%", piece.x)
        assert float(piece.x[:-1]) + float(piece.width[:-1]) <= 100.02
        assert 0 <= piece.y <= piece.y + piece.height <= chart.height
    assert not groups or chart.words[-1].text == groups[-1][0]


def test_spans_are_told_to_the_minute() -> None:
    said = [span(timedelta(minutes=minutes)) for minutes in (0, 1, 60, 105, 47 * 60, 48 * 60)]
    assert said == ["0 min", "1 min", "1 h", "1 h 45 min", "47 h", "2 days"]


def test_working_time_has_no_days() -> None:
    said = [hours_and_minutes(minutes) for minutes in (0, 59, 60, 24 * 60 + 10, 72 * 60)]
    assert said == ["0 min", "59 min", "1 h", "24 h 10 min", "72 h"]
