"""By when the clinic answers: counted in its own working hours, whatever the calendar does."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinators.promise import OfficeHours, reply_by

ZAGREB = ZoneInfo("Europe/Zagreb")
OFFICE = OfficeHours(frozenset({1, 2, 3, 4, 5}), time(8), time(16), ZAGREB)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-23T09:00", "2026-11-23T13:00"),  # a Monday morning
        ("2026-11-23T06:00", "2026-11-23T12:00"),  # before opening
        ("2026-11-23T14:00", "2026-11-24T10:00"),  # over the evening
        ("2026-11-27T15:00", "2026-11-30T11:00"),  # over the weekend
        ("2026-11-21T12:00", "2026-11-23T12:00"),  # on a Saturday
        ("2026-11-23T16:00", "2026-11-24T12:00"),  # at closing time
        ("2026-11-23T12:00", "2026-11-23T16:00"),  # ends exactly at closing time
        ("2026-10-23T15:00", "2026-10-26T11:00"),  # over the clock change of the weekend
    ],
)
def test_reply_by_counts_working_hours(received: str, expected: str) -> None:
    moment = datetime.fromisoformat(received).replace(tzinfo=ZAGREB)
    assert reply_by(moment, OFFICE, 4) == datetime.fromisoformat(expected).replace(tzinfo=ZAGREB)


def test_reply_by_counts_real_time_through_a_clock_change() -> None:
    night = OfficeHours(frozenset({7}), time(0), time(12), ZAGREB)
    received = datetime(2026, 10, 25, 0, 0, tzinfo=ZAGREB)
    assert reply_by(received, night, 5) == received.astimezone(UTC) + timedelta(hours=5)


@given(
    st.integers(0, 6 * 366 * 24 * 60).map(
        lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.integers(0, 20),
    st.integers(1, 24),
    st.sampled_from(["Europe/Zagreb", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_reply_by_is_always_later_and_within_working_time(
    received: datetime, weekdays: frozenset[int], opens: int, hours: int, zone: str
) -> None:
    office = OfficeHours(weekdays, time(opens), time(opens + 3), ZoneInfo(zone))
    due = reply_by(received, office, hours)
    assert due > received
    local = due.astimezone(office.zone)
    assert local.isoweekday() in weekdays
    assert office.opens <= local.time() <= office.closes
    assert reply_by(received, office, hours + 1) > due
