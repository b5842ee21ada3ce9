"""What would happen: to an inquiry that arrives at some moment, and to all of them if somebody were away.

Asks the rule that assigns, with the desk's loads as they are now; writes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from coordinators.assignment import Decision, Question
from coordinators.coverage import Change, Matrix, changes, days_of, matrix, mornings, places
from coordinators.explanation import Explanation, explain
from coordinators.models import Absence, Coordinator
from coordinators.promise import reply_by
from coordinators.roster import Roster, away_span, calendar_of, get_policy
from inquiries.enums import Status
from inquiries.models import Inquiry
from inquiries.services.assigning import answer_language, current_loads, decide
from treatments.models import Treatment

WEEK_DAYS = 7
# An absence that goes on for longer is looked at so far.
FORESEEN_DAYS = 60
# Who leaves so soon will hardly answer what is open now.
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Trial:
    """What the rule would do with an inquiry; `due_at` is None where no time could be promised."""

    decision: Decision
    explanation: Explanation
    due_at: datetime | None


@dataclass(frozen=True)
class OpenInquiry:
    """An inquiry that the absent person has open; nothing the patient said."""

    reference: str
    language: str
    treatment: str | None
    due_at: datetime | None
    is_waiting: bool


@dataclass(frozen=True)
class Misfits:
    """How many of some inquiries a person cannot take, by language and by treatment."""

    languages: dict[str, int]
    treatments: dict[str, int]

    def __bool__(self) -> bool:
        return bool(self.languages or self.treatments)


@dataclass(frozen=True)
class Foresight:
    """What an absence does to patients: the cells that change, and the inquiries that wait for the absent person."""

    changes: list[Change]
    days: int
    is_cut: bool
    open_inquiries: list[OpenInquiry]
    begins_soon: bool

    @property
    def breaking(self) -> list[Change]:
        """The cells in which patients get a worse answer."""
        return [change for change in self.changes if change.breaks]

    @property
    def shifting(self) -> list[Change]:
        """The cells that only go to other people, or are answered at another time."""
        return [change for change in self.changes if not change.breaks]


def try_out(question: Question, moment: datetime) -> Trial:
    """Return what would happen to an inquiry that arrives at `moment`."""
    policy = get_policy()
    decision = decide(question, policy, moment)
    due_at = reply_by(moment, calendar_of(decision.coordinator_id, moment), policy.reply_hours)
    return Trial(decision, explain(decision.as_trace(), is_trial=True), due_at)


def coverage_from(first: date, days: int = WEEK_DAYS) -> Matrix:
    """Return who could take what on the days from `first`, at the moment the clinic opens."""
    roster = Roster(*_edges(first, days))
    return matrix(places(_languages(), _treatments(), mornings(first, days, roster)), roster, current_loads())


def foresee(absence: Absence, now: datetime) -> Foresight | None:
    """Return what an absence that is not saved yet would change, or None for one that has passed."""
    policy = get_policy()
    span = away_span(absence, absence.coordinator, policy)
    if span.end <= now:
        return None
    today = now.astimezone(policy.zone).date()
    first = max(absence.starts_on, today)
    length = (absence.ends_on - first).days + 1
    edges = _edges(first, min(length, FORESEEN_DAYS))
    planned = Roster(*edges, planned=absence)
    days = days_of(absence, planned, today=today, at_most=FORESEEN_DAYS)
    wanted, loads = places(_languages(), _treatments(), days), current_loads()
    return Foresight(
        changes=changes(matrix(wanted, Roster(*edges), loads), matrix(wanted, planned, loads)),
        days=len(days),
        is_cut=length > FORESEEN_DAYS,
        open_inquiries=_open_inquiries(absence),
        begins_soon=span.start <= now + SOON,
    )


def misfits(inquiries: Sequence[OpenInquiry], coordinator: Coordinator) -> Misfits:
    """Return what of these inquiries the coordinator does not speak, or does not know."""
    spoken = set(coordinator.languages.values_list("language", flat=True))
    known = {None, *coordinator.treatments.values_list("code", flat=True)}
    languages = Counter(item.language for item in inquiries if item.language not in spoken)
    treatments = Counter(item.treatment for item in inquiries if item.treatment and item.treatment not in known)
    return Misfits(dict(languages.most_common()), dict(treatments.most_common()))


def _edges(first: date, days: int) -> tuple[datetime, datetime]:
    """Return the first and the last moment that is asked about, at the clinic."""
    zone = get_policy().zone
    start = datetime.combine(first, datetime.min.time(), zone)
    return start, start + timedelta(days=days)


def _languages() -> list[str]:
    """Return the languages in which an inquiry can arrive."""
    return [code for code, _name in settings.LANGUAGES]


def _treatments() -> list[str]:
    """Return the treatments' codes in the clinic's order."""
    return list(Treatment.objects.order_by("position").values_list("code", flat=True))


def _open_inquiries(absence: Absence) -> list[OpenInquiry]:
    """Return what the absent person has open: the patients who wait first, the most pressing first."""
    rows = Inquiry.objects.open().filter(coordinator=absence.coordinator_id).order_by("reply_due_at", "reference")
    fields = rows.values_list(
        "reference", "preferred_language", "language", "treatment__code", "reply_due_at", "status"
    )
    found = [
        OpenInquiry(reference, answer_language(preferred, page), treatment, due_at, status == Status.WAITING)
        for reference, preferred, page, treatment, due_at, status in fields
    ]
    return sorted(found, key=lambda item: not item.is_waiting)
