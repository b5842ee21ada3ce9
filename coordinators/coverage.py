"""Who could take an inquiry, by language, treatment and day: asked of the very rule that assigns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from django.utils.translation import get_language

from coordinators.assignment import Candidate, Decision, Question, assign
from coordinators.calendar import Away, Calendar
from coordinators.enums import Refusal, Rule
from coordinators.models import Absence, SpecialDay
from coordinators.promise import reply_by
from coordinators.public_holidays import name_of
from coordinators.roster import Load, Roster, clinic_country, get_policy, zone_of

_DAY = timedelta(days=1)
# Refusals of somebody who could have taken it as well
_COULD_TOO = (Refusal.LOAD, Refusal.TURN, Refusal.KNOWN)
# How good an answer is: from somebody who speaks the language down to nobody
_GRADES = (Rule.NOBODY, Rule.FALLBACK, Rule.TREATMENT, Rule.LANGUAGE_AND_TREATMENT)


@dataclass(frozen=True)
class Place:
    """One cell's coordinates: an inquiry in this language about this treatment that arrives at this moment."""

    language: str
    treatment: str
    day: date
    moment: datetime


@dataclass(frozen=True)
class Cell:
    """What happens to such an inquiry: whom the rule chooses, who could take it too, by when it is answered."""

    rule: Rule
    chosen: str
    takers: tuple[str, ...]
    due_at: datetime | None

    @property
    def is_hole(self) -> bool:
        """Whether nobody fits, so that the inquiry gets a red flag."""
        return self.rule in {Rule.FALLBACK, Rule.NOBODY}

    @property
    def speaks(self) -> bool:
        """Whether somebody who speaks the language can take it."""
        return self.rule == Rule.LANGUAGE_AND_TREATMENT

    @property
    def hangs_on_one(self) -> bool:
        """Whether one single person can take it, who must not fall ill."""
        return len(self.takers) == 1

    def is_worse_than(self, other: "Cell") -> bool:
        """Return whether the rule had to reach further than for `other`, or can promise no time any more."""
        lost_promise = self.due_at is None and other.due_at is not None
        return _GRADES.index(self.rule) < _GRADES.index(other.rule) or lost_promise


Matrix = dict[Place, Cell]


@dataclass(frozen=True)
class Change:
    """A cell that an absence changes."""

    place: Place
    before: Cell
    after: Cell

    @property
    def breaks(self) -> bool:
        """Whether patients get a worse answer, not only another person or another time."""
        return self.after.is_worse_than(self.before)


class DayKind(Enum):
    """What kind of day it is at the clinic."""

    WORKING = "working"
    OTHER_HOURS = "other hours"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    DAY_OFF = "day off"


@dataclass(frozen=True)
class BoardDay:
    """One day of the clinic: whether it works, and what the day is called or noted for."""

    day: date
    kind: DayKind = DayKind.WORKING
    note: str = ""
    hours: tuple[time, time] | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the clinic does not work."""
        return self.kind in {DayKind.CLOSED, DayKind.HOLIDAY, DayKind.DAY_OFF}


def board_days(first: date, days: int) -> list[BoardDay]:
    """Return what each day is at the clinic: special days come before holidays, and holidays before weekdays."""
    each = [first + number * _DAY for number in range(days)]
    special = {item.day_on: item for item in SpecialDay.objects.filter(day_on__in=each)}
    weekdays, country, language = get_policy().weekdays, clinic_country(), get_language() or ""

    def board_day(day: date) -> BoardDay:
        if stored := special.get(day):
            if stored.opens_at is None or stored.closes_at is None:
                return BoardDay(day, DayKind.CLOSED, stored.note)
            return BoardDay(day, DayKind.OTHER_HOURS, stored.note, (stored.opens_at, stored.closes_at))
        if holiday := name_of(country, day, language):
            return BoardDay(day, DayKind.HOLIDAY, holiday)
        return BoardDay(day, DayKind.WORKING if str(day.isoweekday()) in weekdays else DayKind.DAY_OFF)

    return [board_day(day) for day in each]


def mornings(first: date, days: int, roster: Roster) -> list[tuple[date, datetime]]:
    """Return each day with the moment at which the clinic opens on it."""
    policy = roster.policy
    each = (first + number * _DAY for number in range(days))
    return [(day, datetime.combine(day, policy.opens_at, policy.zone)) for day in each]


def places(languages: Iterable[str], treatments: Sequence[str], days: Sequence[tuple[date, datetime]]) -> list[Place]:
    """Return every cell's coordinates, language by language and treatment by treatment."""
    return [Place(language, code, *day) for language in languages for code in treatments for day in days]


def matrix(wanted: Iterable[Place], roster: Roster, loads: Mapping[int, Load]) -> Matrix:
    """Return what the rule does with an inquiry in each place; asks the database nothing."""
    return _Matrix(roster, loads).cells(wanted)


def changes(before: Matrix, after: Matrix) -> list[Change]:
    """Return the cells that are not the same."""
    return [Change(place, cell, after[place]) for place, cell in before.items() if after[place] != cell]


def days_of(absence: Absence, roster: Roster, *, today: date, at_most: int) -> list[tuple[date, datetime]]:
    """Return the days of an absence from `today` on, each with the first moment at which the person is missed.

    That is when the clinic opens or, on the first day, when the absence begins, whichever is later.
    """
    absent = roster.team[absence.coordinator_id]
    first = max(absence.starts_on, today)
    count = min((absence.ends_on - first).days + 1, at_most)
    begins = Away(absence.starts_on, absence.ends_on, zone_of(absent, roster.policy), absence.from_time).span.start
    return [(day, max(opens, begins)) for day, opens in mornings(first, count, roster)]


class _Matrix:
    """The rule asked many times over one roster; what two cells have in common is worked out once."""

    def __init__(self, roster: Roster, loads: Mapping[int, Load]) -> None:
        self.roster = roster
        self.loads = loads
        self.calendars: Mapping[int, Calendar] = roster.calendars()
        self.teams: dict[datetime, list[Candidate]] = {}
        self.promises: dict[tuple[int | None, datetime], datetime | None] = {}

    def cells(self, wanted: Iterable[Place]) -> Matrix:
        """Return every cell that is wanted."""
        return {place: self._cell(place) for place in wanted}

    def _cell(self, place: Place) -> Cell:
        """Ask the rule."""
        if place.moment not in self.teams:
            self.teams[place.moment] = self.roster.candidates(place.moment, self.loads)
        question = Question(place.treatment, place.language)
        decision = assign(question, self.teams[place.moment], self.roster.policy.fallback_id)
        return Cell(
            rule=decision.rule,
            chosen=self._name(decision.coordinator_id),
            takers=_takers(decision),
            due_at=self._promise(decision.coordinator_id, place.moment),
        )

    def _name(self, coordinator_id: int | None) -> str:
        """Return a coordinator's name; empty for nobody."""
        return self.roster.team[coordinator_id].display_name if coordinator_id is not None else ""

    def _promise(self, coordinator_id: int | None, moment: datetime) -> datetime | None:
        """Return by when the patient would be told to have an answer."""
        key = (coordinator_id, moment)
        if key not in self.promises:
            calendar = self.roster.office if coordinator_id is None else self.calendars[coordinator_id]
            self.promises[key] = reply_by(moment, calendar, self.roster.policy.reply_hours)
        return self.promises[key]


def _takers(decision: Decision) -> tuple[str, ...]:
    """Return the names of everybody who could take it, by name; of nobody who is only the fallback."""
    if decision.is_flagged:
        return ()
    fitting = (verdict for verdict in decision.verdicts if verdict.refusal is None or verdict.refusal in _COULD_TOO)
    return tuple(sorted(verdict.candidate.name for verdict in fitting))
