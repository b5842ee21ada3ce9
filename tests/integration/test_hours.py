"""Working hours, holidays, absences and special days: from the desk's forms to the promise and the assignment."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordinators.assignment import Candidate
from coordinators.cover import cover_of, cover_words
from coordinators.demo import create_demo_team
from coordinators.enums import Cover, Role
from coordinators.models import Absence, Coordinator, ReplyPolicy, SpecialDay, WorkingHours
from coordinators.promise import reply_by
from coordinators.roster import calendar_of, calendars, candidates, clinic_day, is_away, replacement_of
from tests.factories import make_coordinator, make_user
from treatments.admin.forms import time_zone_choices
from treatments.models import Clinic

pytestmark = pytest.mark.django_db

ZAGREB = ZoneInfo("Europe/Zagreb")
MONDAY = date(2026, 11, 23)


@pytest.fixture
def ana() -> Coordinator:
    return make_coordinator("Ana Horvat")


@pytest.fixture
def jan() -> Coordinator:
    return make_coordinator("Jan Novak")


def text_of(response: Any) -> str:
    """Return what a person reads on a page of the desk."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZAGREB)


def absence(coordinator: Coordinator, first: date = MONDAY, last: date | None = None, **fields: Any) -> Absence:
    return Absence.objects.create(coordinator=coordinator, starts_on=first, ends_on=last or first, **fields)


def works(coordinator: Coordinator, *hours: tuple[int, int, int]) -> None:
    WorkingHours.objects.bulk_create(
        WorkingHours(coordinator=coordinator, weekday=day, starts_at=time(starts), ends_at=time(ends))
        for day, starts, ends in hours
    )


def promised(coordinator: Coordinator | None, received: str, hours: float = 4) -> datetime | None:
    moment = at(received)
    return reply_by(moment, calendar_of(coordinator.pk if coordinator else None, moment), hours)


# From the rows to the promise


def test_who_has_no_hours_works_the_office_hours_on_the_clinics_clock(ana: Coordinator) -> None:
    Coordinator.objects.update(time_zone="America/New_York")
    for owner in (ana, None):
        assert promised(owner, "2026-11-23T14:00") == at("2026-11-24T10:00")


def test_own_hours_are_on_ones_own_clock(ana: Coordinator) -> None:
    works(ana, (1, 9, 12), (1, 13, 17), (2, 9, 12))
    Coordinator.objects.update(time_zone="Europe/London")
    assert promised(ana, "2026-11-23T10:00") == at("2026-11-23T15:00")  # three hours, lunch, one hour
    assert promised(ana, "2026-11-23T17:00") == at("2026-11-24T13:00")  # an hour, then three in the morning


def test_holidays_are_those_of_the_coordinators_place(ana: Coordinator) -> None:
    works(ana, *((day, 8, 16) for day in range(1, 8)))
    assert promised(ana, "2026-01-06T07:00") == at("2026-01-06T12:00")  # no clinic yet, so no country
    Clinic.objects.create(id=1, name="Clinic", country="HR", email="info@clinic.example")
    assert promised(ana, "2026-01-06T07:00") == at("2026-01-07T12:00")
    Coordinator.objects.update(holiday_country="DE")
    assert promised(ana, "2026-01-06T07:00") == at("2026-01-06T12:00")
    Coordinator.objects.update(holiday_region="BY")
    assert promised(ana, "2026-01-06T07:00") == at("2026-01-07T12:00")


def test_special_days_count_for_everybody(ana: Coordinator) -> None:
    works(ana, *((day, 8, 16) for day in range(1, 8)))
    SpecialDay.objects.create(day_on=MONDAY)
    SpecialDay.objects.create(day_on=MONDAY + timedelta(days=1), opens_at=time(10), closes_at=time(12))
    for owner in (ana, None):
        assert promised(owner, "2026-11-23T09:00") == at("2026-11-25T10:00")


def test_absence_moves_the_promise_unless_somebody_covers(ana: Coordinator, jan: Coordinator) -> None:
    away = absence(ana, MONDAY, MONDAY + timedelta(days=4), from_time=time(12))
    assert promised(ana, "2026-11-23T10:00") == at("2026-11-30T10:00")
    works(jan, (2, 12, 16))
    away.replacement = jan
    away.save()
    assert promised(ana, "2026-11-23T10:00") == at("2026-11-24T14:00")
    absence(jan, MONDAY + timedelta(days=1))
    assert promised(ana, "2026-11-23T10:00") == at("2026-11-30T10:00")
    Absence.objects.filter(coordinator=jan).delete()
    Coordinator.objects.filter(pk=jan.pk).update(takes_inquiries=False)
    assert promised(ana, "2026-11-23T10:00") == at("2026-11-30T10:00")


def test_two_who_cover_for_each_other_lead_nowhere(ana: Coordinator, jan: Coordinator) -> None:
    week = (MONDAY, MONDAY + timedelta(days=4))
    absence(ana, *week, replacement=jan)
    absence(jan, *week, replacement=ana)
    assert promised(ana, "2026-11-23T10:00") == at("2026-11-30T12:00")
    assert replacement_of(ana.pk, at("2026-11-23T10:00")) is None


def test_a_mistyped_year_does_not_stop_anybody(ana: Coordinator, jan: Coordinator) -> None:
    absence(ana, date(1, 1, 1), date(9999, 12, 31), from_time=time(9), until_time=time(9))
    assert promised(ana, "2026-11-23T10:00") is None
    assert promised(jan, "2026-11-23T08:00") == at("2026-11-23T12:00")
    assert is_away(ana.pk, at("2026-11-23T08:30"))


def test_a_time_zone_that_is_gone_is_the_clinics(ana: Coordinator) -> None:
    Coordinator.objects.update(time_zone="Mars/Base")
    works(ana, (1, 8, 16))
    assert promised(ana, "2026-11-23T08:00") == at("2026-11-23T12:00")


def test_calendars_need_the_same_queries_for_any_team(ana: Coordinator, jan: Coordinator) -> None:
    works(ana, (1, 8, 16))
    absence(ana, replacement=jan)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert calendars(at("2026-11-23T10:00"))
        return len(context)

    before = queries()
    for number in range(4):
        more = make_coordinator(f"More {number}")
        works(more, (1, 8, 16), (2, 8, 16))
        absence(more, replacement=ana)
    assert queries() == before


# Who gets an inquiry


def candidate(coordinator: Coordinator, received: str) -> Candidate:
    return next(item for item in candidates(at(received), {}) if item.id == coordinator.pk)


@pytest.mark.parametrize(
    ("received", "is_absent"),
    [
        ("2026-11-20T15:59", False),  # Friday before Monday's absence: the clinic still works
        ("2026-11-20T16:00", True),  # Friday at closing time: the clinic next works on Monday
        ("2026-11-22T20:00", True),  # Sunday evening
        ("2026-11-23T12:59", True),
        ("2026-11-23T13:00", False),  # back for the afternoon
        ("2026-11-23T18:00", False),
    ],
)
def test_absent_is_who_is_away_when_the_clinic_next_works(ana: Coordinator, received: str, is_absent: bool) -> None:
    absence(ana, until_time=time(13))
    assert candidate(ana, received).is_absent is is_absent


def test_an_absence_that_ends_after_closing_time_skips_nobody(ana: Coordinator) -> None:
    absence(ana)
    assert candidate(ana, "2026-11-23T15:00").is_absent
    assert not candidate(ana, "2026-11-23T17:00").is_absent


def test_a_clinic_that_never_works_looks_at_the_moment_itself(ana: Coordinator) -> None:
    ReplyPolicy.objects.update(weekdays="7")
    SpecialDay.objects.bulk_create(SpecialDay(day_on=MONDAY + timedelta(days=day)) for day in range(-1, 70))
    absence(ana)
    assert candidate(ana, "2026-11-23T10:00").is_absent
    assert not candidate(ana, "2026-11-24T10:00").is_absent


def test_replacement_is_somebody_who_is_there(ana: Coordinator, jan: Coordinator) -> None:
    noon = at("2026-11-23T12:00")
    assert replacement_of(ana.pk, noon) is None
    absence(ana, replacement=jan)
    assert is_away(ana.pk, noon)
    assert replacement_of(ana.pk, noon) == jan.pk
    assert replacement_of(ana.pk, noon + timedelta(days=1)) is None
    absence(jan, from_time=time(12))
    assert replacement_of(ana.pk, noon) is None
    assert replacement_of(ana.pk, noon - timedelta(hours=1)) == jan.pk
    jan.user.is_active = False
    jan.user.save()
    assert replacement_of(ana.pk, noon - timedelta(hours=1)) is None


# What the database refuses


@pytest.mark.parametrize(
    "make",
    [
        lambda ana: WorkingHours(coordinator=ana, weekday=1, starts_at=time(9), ends_at=time(9)),
        lambda ana: WorkingHours(coordinator=ana, weekday=8, starts_at=time(9), ends_at=time(10)),
        lambda ana: WorkingHours(coordinator=ana, weekday=2, starts_at=time(8), ends_at=time(10)),
        lambda ana: Absence(coordinator=ana, starts_on=MONDAY, ends_on=MONDAY, replacement=ana),
        lambda ana: Absence(coordinator=ana, starts_on=MONDAY, ends_on=MONDAY, from_time=time(12), until_time=time(12)),
        lambda _ana: SpecialDay(day_on=MONDAY, opens_at=time(9)),
        lambda _ana: SpecialDay(day_on=MONDAY, opens_at=time(9), closes_at=time(8)),
        lambda _ana: SpecialDay(day_on=date(2026, 12, 24)),
    ],
    ids=["hours in order", "weekday", "hours twice", "oneself", "half-day in order", "half open", "order", "day twice"],
)
def test_rows_that_make_no_calendar_are_refused(ana: Coordinator, make: Callable[[Coordinator], models.Model]) -> None:
    works(ana, (2, 8, 16))
    SpecialDay.objects.create(day_on=date(2026, 12, 24))
    with pytest.raises(IntegrityError), transaction.atomic():
        make(ana).save()


def test_who_covers_is_kept(ana: Coordinator, jan: Coordinator) -> None:
    absence(ana, replacement=jan)
    with pytest.raises(models.ProtectedError):
        jan.delete()


# The desk: hours


def profile(**changes: Any) -> dict[str, Any]:
    return {"display_name": "Ana Horvat", "takes_inquiries": "on", "speaks": ["en"]} | changes


def save_profile(manager: Client, ana: Coordinator, **changes: Any) -> Any:
    return manager.post(reverse("admin:coordinators_coordinator_change", args=[ana.pk]), profile(**changes))


def week(coordinator: Coordinator) -> list[tuple[int, str, str]]:
    return [(row.weekday, f"{row.starts_at:%H:%M}", f"{row.ends_at:%H:%M}") for row in coordinator.hours.all()]


def test_manager_types_a_week(manager: Client, ana: Coordinator) -> None:
    response = save_profile(manager, ana, hours_1="13:30-17, 9-12:30", hours_3="9–13", time_zone="Europe/Amsterdam")
    assert response.status_code == 302
    assert week(ana) == [(1, "09:00", "12:30"), (1, "13:30", "17:00"), (3, "09:00", "13:00")]
    ana.refresh_from_db()
    assert ana.time_zone == "Europe/Amsterdam"
    page = manager.get(reverse("admin:coordinators_coordinator_change", args=[ana.pk])).content.decode()
    assert 'value="09:00–12:30, 13:30–17:00"' in page
    kept = set(ana.hours.values_list("pk", flat=True))
    save_profile(manager, ana, hours_1="09:00–12:30, 13:30–17:00", hours_3="9-13")
    assert set(ana.hours.values_list("pk", flat=True)) == kept
    save_profile(manager, ana)
    assert week(ana) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("9-13, 12-17", "These hours overlap."),
        ("17-9", "later than the start"),
        ("in the morning", "Enter hours like"),
    ],
)
def test_hours_that_make_no_day_are_refused_in_words(manager: Client, ana: Coordinator, typed: str, words: str) -> None:
    works(ana, (1, 8, 16))
    response = save_profile(manager, ana, hours_2=typed)
    assert words in text_of(response)
    assert f'value="{typed}"' in response.content.decode()
    assert week(ana) == [(1, "08:00", "16:00")]


def test_region_belongs_to_its_country(manager: Client, ana: Coordinator) -> None:
    Clinic.objects.create(id=1, name="Clinic", country="DE", email="info@clinic.example")
    wrong = save_profile(manager, ana, holiday_country="NL", holiday_region="DE-BY")
    assert "This region belongs to another country." in text_of(wrong)
    for country in ("DE", ""):
        assert save_profile(manager, ana, holiday_country=country, holiday_region="DE-BY").status_code == 302
        ana.refresh_from_db()
        assert (ana.holiday_country, ana.holiday_region) == (country, "BY")
        page = manager.get(reverse("admin:coordinators_coordinator_change", args=[ana.pk])).content.decode()
        assert '<option value="DE-BY" selected>Bayern</option>' in page
    assert save_profile(manager, ana, time_zone="Mars/Base", holiday_country="??").status_code == 200


def test_regions_offered_are_those_of_the_country(manager: Client, ana: Coordinator) -> None:
    Clinic.objects.create(id=1, name="Clinic", country="DE", email="info@clinic.example")
    address = reverse("admin:coordinators_coordinator_change", args=[ana.pk])
    page = manager.get(address).content.decode()
    assert '"DE-BY"' in page
    assert '"AT-1"' not in page
    # What is typed counts, so that a mistake can be mended at once.
    wrong = save_profile(manager, ana, holiday_country="AT", holiday_region="DE-BY").content.decode()
    assert '"AT-1"' in wrong
    assert '"DE-BY"' not in wrong
    # Of somebody who is not there yet the form cannot know it.
    new = manager.get(reverse("admin:coordinators_coordinator_add")).content.decode()
    assert {'"AT-1"' in new, '"DE-BY"' in new} == {True}


def test_time_zones_are_the_ones_that_people_know(manager: Client, ana: Coordinator) -> None:
    zones = [name for name, _label in time_zone_choices()]
    assert {"Europe/Zagreb", "Europe/Berlin", "America/New_York", "Asia/Kolkata"} <= set(zones)
    assert not {"US/Eastern", "Asia/Calcutta", "Etc/GMT+1", "Europe/Nicosia", "GB"} & set(zones)
    assert zones[0].startswith("Europe/")
    assert [name.startswith("Europe/") for name in zones] == sorted(
        (name.startswith("Europe/") for name in zones), reverse=True
    )
    # One that is stored already stays.
    Coordinator.objects.filter(pk=ana.pk).update(time_zone="Asia/Calcutta")
    page = manager.get(reverse("admin:coordinators_coordinator_change", args=[ana.pk])).content.decode()
    assert '<option value="Asia/Calcutta" selected>Asia/Calcutta</option>' in page
    assert save_profile(manager, ana, time_zone="Asia/Calcutta").status_code == 302


@pytest.mark.parametrize(
    ("moment", "day", "ends_at"),
    [
        ("2026-11-23T22:59:59+00:00", MONDAY, "2026-11-23T23:00:00+00:00"),
        ("2026-11-23T23:00:00+00:00", MONDAY + timedelta(days=1), "2026-11-24T23:00:00+00:00"),
        ("2026-10-24T22:30:00+00:00", date(2026, 10, 25), "2026-10-25T23:00:00+00:00"),  # 25 hours long
    ],
)
def test_clinics_day_is_the_one_of_its_own_clock(moment: str, day: date, ends_at: str) -> None:
    found = clinic_day(datetime.fromisoformat(moment))
    assert (found.day, found.ends_at) == (day, datetime.fromisoformat(ends_at))


# The desk: absences

ADD_ABSENCE = "/admin/coordinators/absence/add/"


def days(**changes: Any) -> dict[str, Any]:
    return {"starts_on": "2030-01-07", "ends_on": "2030-01-08"} | changes


def save(client: Client, values: dict[str, Any]) -> Any:
    """Look at what an absence changes, as the desk asks everybody to, then save it."""
    looked = client.post(ADD_ABSENCE, values)
    seen = re.search(r'name="seen" value="([^"]*)"', looked.content.decode())
    return client.post(ADD_ABSENCE, values | {"seen": html.unescape(seen[1]) if seen else ""}, follow=True)


def test_coordinator_enters_half_days_and_who_covers(client: Client, ana: Coordinator, jan: Coordinator) -> None:
    Coordinator.objects.filter(pk=ana.pk).update(time_zone="Europe/Amsterdam")
    client.force_login(ana.user)
    assert "On the clock of Europe/Amsterdam." in text_of(client.get(ADD_ABSENCE))
    saved = save(client, days(from_time="12:00", until_time="09:30", replacement=jan.pk))
    row = Absence.objects.get()
    assert (row.coordinator, row.replacement, row.from_time, row.until_time) == (ana, jan, time(12), time(9, 30))
    assert "Nobody" not in text_of(saved)
    page = client.get(reverse("admin:coordinators_absence_change", args=[row.pk]))
    assert "Jan Novak covers, in their own working hours." in text_of(page)
    assert 'value="09:30"' in page.content.decode()


def test_absence_without_cover_is_said_in_words(client: Client, ana: Coordinator) -> None:
    client.force_login(ana.user)
    saved = save(client, days())
    assert "Nobody covers" in text_of(saved)
    page = client.get(reverse("admin:coordinators_absence_change", args=[Absence.objects.get().pk]))
    assert '<span class="flag">Nobody covers' in page.content.decode()


def test_times_of_one_day_are_in_order(client: Client, ana: Coordinator) -> None:
    client.force_login(ana.user)
    one_day = days(ends_on="2030-01-07")
    wrong = client.post(ADD_ABSENCE, one_day | {"from_time": "12:00", "until_time": "12:00"})
    assert "later than when the absence begins" in text_of(wrong)
    assert "Constraint" not in text_of(wrong)
    save(client, one_day | {"from_time": "09:00", "until_time": "12:00"})
    assert Absence.objects.count() == 1


def test_nobody_covers_for_themselves(client: Client, ana: Coordinator) -> None:
    client.force_login(ana.user)
    own = client.post(ADD_ABSENCE, days(replacement=ana.pk))
    client.force_login(make_user(Role.MANAGER, "Mia Manager"))
    given = client.post(ADD_ABSENCE, days(coordinator=ana.pk, replacement=ana.pk))
    for response in (own, given):
        assert "nobody can cover for themselves" in text_of(response)
        assert "Constraint" not in text_of(response)
    assert not Absence.objects.exists()


def test_manager_reads_whose_clock_is_meant(manager: Client, ana: Coordinator) -> None:
    assert "clock of whoever is away; the clinic's is Europe/Zagreb" in text_of(manager.get(ADD_ABSENCE))
    row = absence(ana)
    Coordinator.objects.update(time_zone="Europe/London")
    page = manager.get(reverse("admin:coordinators_absence_change", args=[row.pk]))
    assert "On the clock of Europe/London." in text_of(page)


def test_mistyped_years_are_asked_about(client: Client, ana: Coordinator) -> None:
    client.force_login(ana.user)
    for wrong in ({"ends_on": "9999-12-31"}, {"starts_on": "0001-01-01"}):
        assert "Check the year." in text_of(client.post(ADD_ABSENCE, days(**wrong)))


def test_who_no_longer_takes_inquiries_is_not_offered_but_kept(
    client: Client, ana: Coordinator, jan: Coordinator
) -> None:
    row = absence(ana, replacement=jan)
    Coordinator.objects.filter(pk=jan.pk).update(takes_inquiries=False)
    client.force_login(ana.user)
    offered = f'<option value="{jan.pk}"'
    assert offered not in client.get(ADD_ABSENCE).content.decode()
    page = client.get(reverse("admin:coordinators_absence_change", args=[row.pk]))
    assert offered in page.content.decode()
    assert "Jan Novak does not take inquiries now" in text_of(page)


def test_cover_is_looked_at_to_the_minute(ana: Coordinator, jan: Coordinator) -> None:
    row = absence(ana, MONDAY, MONDAY + timedelta(days=1), replacement=jan)
    theirs = absence(jan, MONDAY - timedelta(days=1), MONDAY, until_time=time(0, 0))
    assert cover_of(row) == Cover.COVERED
    theirs.until_time = time(0, 1)
    theirs.save()
    assert cover_of(row) == Cover.PARTLY
    absence(jan, MONDAY, MONDAY + timedelta(days=1))
    assert cover_of(row) == Cover.AWAY
    assert "Jan Novak" in cover_words(row)


# The desk: special days


def test_manager_enters_special_days(manager: Client) -> None:
    add = reverse("admin:coordinators_specialday_add")
    assert manager.post(add, {"day_on": "2030-12-24", "note": "Christmas Eve"}).status_code == 302
    other = {"day_on": "2030-12-31", "opens_at": "08:00", "closes_at": "12:00"}
    assert manager.post(add, other).status_code == 302
    wrongs: tuple[tuple[dict[str, str], str], ...] = (
        ({"closes_at": ""}, "Enter both times"),
        ({"opens_at": ""}, "Enter both times"),
        ({"closes_at": "08:00"}, "later than when the day opens"),
        ({}, "already exists"),
    )
    for changes, words in wrongs:
        wrong = manager.post(add, other | changes)
        assert words in text_of(wrong)
        assert "Constraint" not in text_of(wrong)
    listed = text_of(manager.get(reverse("admin:coordinators_specialday_changelist")))
    assert "closed" in listed
    assert "08:00–12:00" in listed


# The demo


def test_one_of_the_demo_team_works_hours_of_her_own() -> None:
    create_demo_team()
    sanne = Coordinator.objects.get(display_name__startswith="Sanne")
    assert len(week(sanne)) == 8
    assert WorkingHours.objects.exclude(coordinator=sanne).count() == 0
    thursday = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)  # 16:00 in Amsterdam
    assert reply_by(thursday, calendar_of(sanne.pk, thursday), 4) == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
