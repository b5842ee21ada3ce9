"""What is made of counts: medians, hidden small numbers, charts in both directions."""

import re
from datetime import UTC, datetime, timedelta
from statistics import quantiles

from hypothesis import given
from hypothesis import strategies as st

from coordinators.calendar import Span
from inquiries.measure.cells import Cell
from inquiries.measure.charts import Bar, Sketch
from inquiries.measure.reply_times import percentile, step_of, working_minutes
from inquiries.measure.waiting import span

MORNING = datetime(2026, 11, 23, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_only_working_time_is_counted() -> None:
    spans = [Span(MORNING, MORNING + 8 * HOUR), Span(MORNING + 24 * HOUR, MORNING + 32 * HOUR)]
    assert working_minutes(MORNING + 7 * HOUR, MORNING + 25 * HOUR, spans) == 120
    assert working_minutes(MORNING + 9 * HOUR, MORNING + 20 * HOUR, spans) == 0
    assert working_minutes(MORNING + HOUR, MORNING, spans) == 0
    assert working_minutes(MORNING, MORNING + timedelta(seconds=1), spans) == 1


@given(st.integers(0, 100_000))
def test_a_step_is_never_earlier_and_never_much_later(minutes: int) -> None:
    step = step_of(minutes)
    assert step == step_of(step)
    assert len(str(step)) <= 4
    if minutes <= 4800:
        assert minutes <= step < minutes + max(5, minutes / 4, 60 * (minutes > 960))


@given(st.lists(st.integers(0, 240), min_size=2, max_size=60))
def test_percentiles_are_those_of_the_times_themselves(times: list[int]) -> None:
    counts = {value: times.count(value) for value in times}
    median, tenth = percentile(counts, 0.5), percentile(counts, 0.9)
    assert median == sorted(times)[(len(times) + 1) // 2 - 1]
    assert median is not None
    assert tenth is not None
    assert median <= tenth <= max(times)
    assert tenth >= quantiles(times, n=10, method="inclusive")[-1] - 240
    assert percentile({}, 0.5) is None


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
