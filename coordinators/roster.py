"""The team as the assignment rule, the promise and the public pages see it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf.locale import LANG_INFO
from django.utils import timezone
from django.utils.text import capfirst

from coordinators.assignment import Candidate
from coordinators.calendar import (
    HORIZON,
    Away,
    Calendar,
    CoveredCalendar,
    Span,
    SpecialHours,
    WeeklySpan,
    WorkCalendar,
)
from coordinators.models import Absence, Coordinator, ReplyPolicy, SpecialDay
from coordinators.public_holidays import holidays_of
from treatments.models import Clinic

# A zone's date is at most a day off; a second day is for the edge of the horizon.
_MARGIN = timedelta(days=2)


@dataclass(frozen=True)
class Load:
    """How much a coordinator has on the desk, as counted by whoever keeps the inquiries."""

    open_count: int = 0
    last_assigned_at: datetime | None = None


class ClinicDay(NamedTuple):
    """A day where the clinic is, and the moment at which it ends."""

    day: date
    ends_at: datetime


def get_policy() -> ReplyPolicy:
    """Return the clinic's reply policy. Raises ReplyPolicy.DoesNotExist before the clinic is set up."""
    return ReplyPolicy.objects.select_related("fallback__user").get()


def clinic_today() -> date:
    """Return today's date where the clinic is."""
    policy = ReplyPolicy.objects.first()
    return timezone.localdate(timezone=policy.zone if policy else None)


def clinic_day(moment: datetime) -> ClinicDay:
    """Return the day that it is at `moment` where the clinic is."""
    zone = get_policy().zone
    day = moment.astimezone(zone).date()
    return ClinicDay(day, datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone))


def clinic_place() -> str:
    """Return the town whose clock the clinic's times are told by; before it is set up, the time zone's."""
    city = Clinic.objects.values_list("city", flat=True).first()
    return city or get_policy().time_zone.rsplit("/", 1)[-1].replace("_", " ")


def clinic_country() -> str:
    """Return the code of the clinic's country; empty before the clinic is set up."""
    return Clinic.objects.values_list("country", flat=True).first() or ""


def zone_of(coordinator: Coordinator, policy: ReplyPolicy) -> ZoneInfo:
    """Return the clock that the coordinator works by: their own, or the clinic's."""
    try:
        return ZoneInfo(coordinator.time_zone) if coordinator.time_zone else policy.zone
    except (ZoneInfoNotFoundError, ValueError):
        return policy.zone


def away_span(absence: Absence, coordinator: Coordinator, policy: ReplyPolicy) -> Span:
    """Return the real time of the coordinator's absence."""
    zone = zone_of(coordinator, policy)
    return Away(absence.starts_on, absence.ends_on, zone, absence.from_time, absence.until_time).span


def office_calendar(policy: ReplyPolicy) -> WorkCalendar:
    """Return when the clinic works."""
    days = SpecialDay.objects.values_list("day_on", "opens_at", "closes_at")
    return WorkCalendar(
        week=tuple(WeeklySpan(int(day), policy.opens_at, policy.closes_at) for day in policy.weekdays),
        zone=policy.zone,
        is_holiday=holidays_of(clinic_country()),
        special_days={day: SpecialHours(policy.zone, opens, closes) for day, opens, closes in days},
    )


def calendars(now: datetime) -> dict[int, CoveredCalendar]:
    """Return when each of the team, or who covers for them, works from `now` to the horizon."""
    return Roster(now).calendars()


def calendar_of(coordinator_id: int | None, now: datetime) -> Calendar:
    """Return the calendar that a promise of this coordinator counts by; the clinic's for nobody."""
    if coordinator_id is None:
        return office_calendar(get_policy())
    return calendars(now)[coordinator_id]


def is_away(coordinator_id: int, moment: datetime) -> bool:
    """Return whether the coordinator is away at `moment`."""
    return Roster(moment).is_away(coordinator_id, moment)


def replacement_of(coordinator_id: int, moment: datetime) -> int | None:
    """Return who covers for the coordinator at `moment`: the replacement of an absence, if present and active."""
    roster = Roster(moment)
    return next(
        (
            absence.replacement_id
            for absence in roster.absences[coordinator_id]
            if roster.away(absence).covers(moment)
            and absence.replacement_id is not None
            and absence.replacement_id in roster.active
            and not roster.is_away(absence.replacement_id, moment)
        ),
        None,
    )


def candidates(moment: datetime, loads: Mapping[int, Load]) -> list[Candidate]:
    """Return the whole team as candidates for an inquiry that arrives at `moment`.

    Absent is who is away when the clinic next works: on a Sunday evening, who is away from Monday.
    """
    return Roster(moment).candidates(moment, loads)


class Roster:
    """The team with its hours and absences around a moment, read in a constant number of queries.

    `until` is the last moment that is asked about. `planned` is an absence that is not saved yet: it stands for the
    stored one of the same key, so that what it breaks can be seen first.
    """

    def __init__(self, moment: datetime, until: datetime | None = None, *, planned: Absence | None = None) -> None:
        self.policy = get_policy()
        self.country = clinic_country()
        self.office = office_calendar(self.policy)
        team = Coordinator.objects.select_related("user").prefetch_related("languages", "treatments", "hours")
        self.team = {member.pk: member for member in team.order_by("id")}
        self.active = {member.pk for member in self.team.values() if member.is_active}
        # Absences are cut to what matters, so that a mistyped year cannot leave the calendar.
        self.first, self.last = (moment - _MARGIN).date(), ((until or moment) + HORIZON + _MARGIN).date()
        self.absences: defaultdict[int, list[Absence]] = defaultdict(list)
        for absence in self._absences(planned):
            self.absences[absence.coordinator_id].append(absence)

    def candidates(self, moment: datetime, loads: Mapping[int, Load]) -> list[Candidate]:
        """Return the whole team as candidates for an inquiry that arrives at `moment`."""
        upcoming = self.office.spans_from(moment)
        at_work = upcoming[0].start if upcoming else moment
        return [self._candidate(member, at_work, loads.get(member.pk, Load())) for member in self.team.values()]

    def calendars(self) -> dict[int, CoveredCalendar]:
        """Return everybody's calendar with those who cover for them."""
        own = {pk: self._calendar(member) for pk, member in self.team.items()}
        return {pk: CoveredCalendar(own[pk], tuple(self._covers(self.absences[pk], own))) for pk in own}

    def is_away(self, coordinator_id: int, moment: datetime) -> bool:
        """Return whether one of the person's absences covers `moment`."""
        return any(self.away(absence).covers(moment) for absence in self.absences[coordinator_id])

    def away_until(self, coordinator_id: int, moment: datetime) -> date | None:
        """Return the last day of the absence that covers `moment`, if one does."""
        days = [absence.ends_on for absence in self.absences[coordinator_id] if self.away(absence).covers(moment)]
        return max(days, default=None)

    def away(self, absence: Absence) -> Away:
        """Return the absence on the clock of whoever is away."""
        begins_before, ends_after = absence.starts_on < self.first, absence.ends_on > self.last
        return Away(
            starts_on=max(absence.starts_on, self.first),
            ends_on=min(absence.ends_on, self.last),
            zone=zone_of(self.team[absence.coordinator_id], self.policy),
            from_time=None if begins_before else absence.from_time,
            until_time=None if ends_after else absence.until_time,
        )

    def _absences(self, planned: Absence | None) -> list[Absence]:
        """Return the absences that matter, in order; a planned one in its stored self's place."""
        found = list(Absence.objects.between(self.first, self.last))
        if planned is not None:
            found = [absence for absence in found if absence.pk != planned.pk]
            if planned.starts_on <= self.last and planned.ends_on >= self.first:
                found.append(planned)
        return sorted(found, key=lambda absence: (absence.starts_on, absence.pk is None, absence.pk or 0))

    def _candidate(self, member: Coordinator, at_work: datetime, load: Load) -> Candidate:
        """Return one of the team as the rule sees them when the clinic next works."""
        return Candidate(
            id=member.pk,
            name=member.display_name,
            languages=frozenset(item.language for item in member.languages.all()),
            treatments=frozenset(item.code for item in member.treatments.all()),
            is_active=member.is_active,
            is_absent=self.is_away(member.pk, at_work),
            open_load=load.open_count,
            last_assigned_at=load.last_assigned_at,
            away_until=self.away_until(member.pk, at_work),
        )

    def _calendar(self, member: Coordinator) -> WorkCalendar:
        """Return one person's own calendar; who has no hours works the clinic's, on the clinic's clock."""
        hours = tuple(WeeklySpan(item.weekday, item.starts_at, item.ends_at) for item in member.hours.all())
        return WorkCalendar(
            week=hours or self.office.week,
            zone=zone_of(member, self.policy) if hours else self.office.zone,
            is_holiday=holidays_of(member.holiday_country or self.country, member.holiday_region),
            special_days=self.office.special_days,
            absences=tuple(self.away(absence) for absence in self.absences[member.pk]),
        )

    def _covers(
        self, absences: Iterable[Absence], own: Mapping[int, WorkCalendar]
    ) -> Iterable[tuple[Away, WorkCalendar]]:
        """Return the calendars of those who cover, each with the absence they cover."""
        for absence in absences:
            if absence.replacement_id is not None and absence.replacement_id in self.active:
                yield self.away(absence), own[absence.replacement_id]


@dataclass(frozen=True)
class Member:
    """A coordinator as patients see one."""

    name: str
    title: str
    initials: str
    languages: list[str]


def member(coordinator: Coordinator) -> Member:
    """Return what patients see of `coordinator`; languages by their own names."""
    codes = sorted(item.language for item in coordinator.languages.all())
    return Member(
        name=coordinator.display_name,
        title=coordinator.title,
        initials=coordinator.initials,
        languages=[capfirst(LANG_INFO[code]["name_local"]) for code in codes],
    )


def members_for(language: str) -> list[Member]:
    """Return the coordinators who speak `language`, as patients see them."""
    return [member(item) for item in Coordinator.objects.shown_for(language).prefetch_related("languages")]


def spoken_languages() -> set[str]:
    """Return the languages in which somebody can answer now."""
    return set(Coordinator.objects.active().values_list("languages__language", flat=True)) - {None}
