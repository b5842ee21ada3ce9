"""When a manager is told again: a state every hour, a list only when something new is in it."""

from datetime import UTC, datetime, timedelta

import pytest

from inquiries.alarms import Cause, Finding, is_to_tell

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("newest", "told", "expected"),
    [
        (None, None, True),
        (None, 59, False),
        (None, 60, True),
        (90, None, True),
        (90, 80, False),
        (70, 80, True),
        (10, 30, False),
        (10, 60, True),
    ],
)
def test_is_to_tell(newest: int | None, told: int | None, expected: bool) -> None:
    """All times in minutes before now."""
    finding = Finding(Cause.UNSENT, 1, None if newest is None else NOW - newest * MINUTE)
    assert is_to_tell(finding, None if told is None else NOW - told * MINUTE, NOW) is expected
