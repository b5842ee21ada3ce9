"""Periods: every outcome has one, and only what people do counts as activity."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from inquiries.enums import EventKind
from inquiries.retention import ACTIVITY, PASSIVE, PERIODS, due_at, past_due, period

CLOSED = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # zone beside
SPANS = st.timedeltas(timedelta(days=1), timedelta(days=800))


def test_every_name_has_a_period_of_at_least_a_day() -> None:
    assert set(PERIODS) == set(settings.RETENTION_DAYS)
    assert all(period(name) >= timedelta(days=1) for name in PERIODS)


def test_files_never_outlive_their_time_by_the_inquiry() -> None:
    assert period("FILES") <= timedelta(days=90)


def test_a_name_without_a_period_is_an_error() -> None:
    with pytest.raises(KeyError):
        period("FOREVER")


def test_every_kind_of_event_counts_as_activity_or_does_not() -> None:
    assert sorted((*ACTIVITY, *PASSIVE)) == sorted(EventKind)


@pytest.mark.parametrize(
    ("days", "seconds", "late"),
    [(89, 86399, timedelta()), (90, 0, timedelta()), (90, 1, timedelta(seconds=1)), (93, 0, timedelta(days=3))],
)
def test_a_record_is_past_its_date_after_the_last_second(days: int, seconds: int, late: timedelta) -> None:
    assert past_due(CLOSED, timedelta(days=90), CLOSED + timedelta(days=days, seconds=seconds)) == late


def test_no_record_is_never_late() -> None:
    assert past_due(None, timedelta(days=90), CLOSED) == timedelta()


@given(MOMENTS, SPANS, SPANS)
def test_a_longer_period_never_ends_earlier(since: datetime, one: timedelta, other: timedelta) -> None:
    assert (due_at(since, one) <= due_at(since, other)) == (one <= other)


@given(MOMENTS, SPANS, MOMENTS)
def test_lateness_begins_with_the_date_and_grows_with_the_clock(
    since: datetime, kept_for: timedelta, now: datetime
) -> None:
    late = past_due(since, kept_for, now)
    assert (late > timedelta()) == (now > due_at(since, kept_for))
    assert past_due(since, kept_for, now + timedelta(hours=1)) >= late
