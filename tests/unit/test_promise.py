"""By when somebody answers: examples that a person can check against a calendar on the wall."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from coordinators.calendar import Away, CoveredCalendar, SpecialHours, WeeklySpan, WorkCalendar
from coordinators.promise import reply_by
from coordinators.public_holidays import holidays_of

ZAGREB = ZoneInfo("Europe/Zagreb")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NEW_YORK = ZoneInfo("America/New_York")
WEEK = tuple(WeeklySpan(weekday, time(8), time(16)) for weekday in range(1, 6))
OFFICE = WorkCalendar(WEEK, ZAGREB, holidays_of("HR"))
SANNE = WorkCalendar(
    tuple(
        WeeklySpan(weekday, starts, ends)
        for weekday in range(1, 5)
        for starts, ends in ((time(9), time(12, 30)), (time(13, 30), time(17)))
    ),
    AMSTERDAM,
    holidays_of("NL"),
)


def at(text: str, zone: ZoneInfo = ZAGREB) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


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
        ("2026-10-23T15:00", "2026-10-26T11:00"),  # over the clock change in autumn
        ("2026-03-27T15:00", "2026-03-30T11:00"),  # over the clock change in spring
        ("2026-12-24T14:00", "2026-12-28T10:00"),  # Christmas on a Friday and a Saturday, then Sunday
        ("2026-12-25T09:00", "2026-12-28T12:00"),  # on Christmas Day
        ("2026-12-31T14:00", "2027-01-04T10:00"),  # New Year's Eve is worked; New Year's Day is a Friday
        ("2026-11-17T15:00", "2026-11-19T11:00"),  # Remembrance Day in Croatia, a Wednesday
    ],
)
def test_the_clinic_replies_within_four_working_hours(received: str, expected: str) -> None:
    assert reply_by(at(received), OFFICE, 4) == at(expected)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-23T10:00", "2026-11-23T15:00"),  # the lunch break does not count
        ("2026-11-19T16:00", "2026-11-23T12:00"),  # Thursday afternoon; Friday is free
        ("2026-04-27T10:00", "2026-04-28T14:00"),  # on Koningsdag
        ("2026-11-18T09:00", "2026-11-18T14:00"),  # a holiday in Croatia is none in the Netherlands
    ],
)
def test_a_coordinator_in_another_country_replies_by_their_own_clock(received: str, expected: str) -> None:
    assert reply_by(at(received, AMSTERDAM), SANNE, 4) == at(expected, AMSTERDAM)


def test_a_special_day_comes_before_weekdays_and_holidays() -> None:
    short = SpecialHours(ZAGREB, time(8), time(10))
    days = {date(2026, 12, 24): short, date(2026, 12, 26): short, date(2026, 12, 31): SpecialHours(ZAGREB)}
    office = replace(OFFICE, special_days=days)
    assert reply_by(at("2026-12-24T08:00"), office, 4) == at("2026-12-26T10:00")
    assert reply_by(at("2026-12-30T15:00"), office, 4) == at("2027-01-04T11:00")


def test_a_special_day_is_on_the_clinics_clock_for_everybody() -> None:
    far = replace(OFFICE, zone=NEW_YORK, special_days={date(2026, 11, 24): SpecialHours(ZAGREB, time(8), time(12))})
    assert reply_by(at("2026-11-24T00:30", NEW_YORK), far, 4) == at("2026-11-24T12:00")


def away(first: str, last: str, zone: ZoneInfo = ZAGREB, **times: time) -> Away:
    return Away(date.fromisoformat(first), date.fromisoformat(last), zone, **times)


def test_absence_from_tomorrow_moves_the_promise_behind_it() -> None:
    office = replace(OFFICE, absences=(away("2026-11-24", "2026-11-27"),))
    assert reply_by(at("2026-11-23T14:00"), office, 4) == at("2026-11-30T10:00")


def test_half_days_count_to_the_minute() -> None:
    office = replace(OFFICE, absences=(away("2026-11-23", "2026-11-24", from_time=time(12), until_time=time(11, 30)),))
    assert reply_by(at("2026-11-23T09:00"), office, 4) == at("2026-11-24T12:30")
    morning = replace(OFFICE, absences=(away("2026-11-23", "2026-11-23", from_time=time(9), until_time=time(11)),))
    assert reply_by(at("2026-11-23T08:00"), morning, 4) == at("2026-11-23T14:00")


def test_the_replacements_own_hours_count_while_the_owner_is_away() -> None:
    absence = away("2026-11-24", "2026-11-27")
    covered = CoveredCalendar(replace(OFFICE, absences=(absence,)), ((absence, SANNE),))
    assert reply_by(at("2026-11-23T14:00"), covered, 4) == at("2026-11-24T11:00", AMSTERDAM)


def test_a_replacement_who_is_away_too_replies_to_nobody() -> None:
    absence = away("2026-11-24", "2026-11-27")
    both = replace(SANNE, absences=(away("2026-11-24", "2026-11-24", AMSTERDAM),))
    covered = CoveredCalendar(replace(OFFICE, absences=(absence,)), ((absence, both),))
    assert reply_by(at("2026-11-23T14:00"), covered, 4) == at("2026-11-25T11:00", AMSTERDAM)


def test_real_time_is_counted_through_a_clock_change() -> None:
    night = WorkCalendar((WeeklySpan(7, time(0), time(12)),), ZAGREB)
    for received in (at("2026-10-25T00:00"), at("2026-03-29T00:00")):
        assert reply_by(received, night, 5) == received.astimezone(UTC) + timedelta(hours=5)


def test_hours_that_the_clock_skips_are_no_working_time() -> None:
    """On 29 March 2026 the clock in Zagreb jumps from 2 to 3."""
    early = WorkCalendar((WeeklySpan(7, time(1), time(2, 30)), WeeklySpan(7, time(2, 45), time(4))), ZAGREB)
    worked = [(start.astimezone(ZAGREB), end.astimezone(ZAGREB)) for start, end in early.spans_from(at("2026-03-29"))]
    assert worked[0] == (at("2026-03-29T01:00"), at("2026-03-29T04:00"))
    assert worked[0][1] - worked[0][0].astimezone(UTC) == timedelta(hours=2)
    gone = WorkCalendar((WeeklySpan(7, time(2), time(3)),), ZAGREB)
    assert gone.spans_from(at("2026-03-29"))[0].start.astimezone(ZAGREB) == at("2026-04-05T02:00")


@pytest.mark.parametrize(
    "calendar",
    [
        WorkCalendar((), ZAGREB),
        WorkCalendar(WEEK, ZAGREB, lambda _day: True),
        replace(OFFICE, absences=(away("2026-01-01", "2027-12-31"),)),
    ],
    ids=["no hours", "always a holiday", "away for a year"],
)
def test_what_the_calendar_cannot_keep_is_not_promised(calendar: WorkCalendar) -> None:
    assert reply_by(at("2026-11-23T09:00"), calendar, 1) is None


def test_a_promise_beyond_the_horizon_is_not_made() -> None:
    friday = WorkCalendar((WeeklySpan(5, time(9), time(10)),), ZAGREB)
    assert reply_by(at("2026-11-23T09:00"), friday, 8) == at("2027-01-15T10:00")
    assert reply_by(at("2026-11-23T09:00"), friday, 9) is None
