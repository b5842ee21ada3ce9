"""The funnel: how many of those who read a page opened the form, wrote to us, and got how far, week by week.

Three queries, each along the index of the days; nothing here reads an inquiry.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from inquiries.enums import FunnelStep, Outcome
from inquiries.measure.cells import Cell
from inquiries.models import DailyCount, Inquiry
from inquiries.services.measure import ADDED, SAID_BY_PAGES
from treatments.models import Treatment
from treatments.titles import treatment_titles

WEEKS = 12
MISTAKES_SHOWN = 8
STEPS = (
    FunnelStep.PAGE_READ, FunnelStep.FORM_OPENED, FunnelStep.SENT, FunnelStep.DETAILS_ADDED, FunnelStep.FIRST_REPLY,
    FunnelStep.OUTCOME,
)  # fmt: skip
# Of what a step's share is told
_BASES = {
    FunnelStep.FORM_OPENED: FunnelStep.PAGE_READ,
    FunnelStep.DETAILS_ADDED: FunnelStep.SENT,
    FunnelStep.FIRST_REPLY: FunnelStep.SENT,
    FunnelStep.OUTCOME: FunnelStep.SENT,
}

Counts = Mapping[FunnelStep, int]


@dataclass(frozen=True)
class Step:
    """One step of the whole funnel; the share is of the step named `base`, from which it can follow."""

    label: str
    cell: Cell
    share: str = ""
    base: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a breakdown."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Week:
    """What came of the inquiries of one week."""

    first_day: date
    label: str
    cells: list[Cell]

    def cell(self, step: FunnelStep) -> Cell:
        """Return one step's number."""
        return self.cells[STEPS.index(step)]


@dataclass(frozen=True)
class Funnel:
    """Everything that was counted since `since`, ready to be shown."""

    since: date
    steps: list[Step]
    by_treatment: list[Line]
    by_language: list[Line]
    by_week: list[Week]
    outcomes: list[Line]
    refused: Cell
    mistakes: list[Line]
    additions: Cell

    @property
    def headings(self) -> list[str]:
        """The names of the steps, in order."""
        return [_heading(step) for step in STEPS]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted yet."""
        return not self.refused.number and not any(step.cell.number for step in self.steps)


def read_funnel(today: date) -> Funnel:
    """Return the funnel of the last weeks up to `today`, the current week included."""
    this_week = today - timedelta(days=today.weekday())
    since = this_week - timedelta(weeks=WEEKS - 1)
    rows = DailyCount.objects.filter(day__gte=since)
    sums = list(rows.values("step", "language", "treatment", "detail").annotate(total=Sum("number")).order_by())
    steps = [row for row in sums if row["detail"] != ADDED and row["step"] != FunnelStep.FORM_REFUSED]
    refusals = [row for row in sums if row["step"] == FunnelStep.FORM_REFUSED]
    whole = Counter[FunnelStep]()
    for row in steps:
        whole[FunnelStep(row["step"])] += row["total"]
    return Funnel(
        since=since,
        steps=[_step(step, whole) for step in STEPS],
        by_treatment=_lines(steps, "treatment", _treatments()),
        by_language=_lines(steps, "language", {code: capfirst(name) for code, name in settings.LANGUAGES}),
        by_week=_weeks(since, rows.exclude(detail=ADDED)),
        outcomes=_outcomes(steps),
        refused=Cell(sum(row["total"] for row in refusals if not row["detail"])),
        mistakes=_mistakes(refusals),
        additions=Cell(_sum(row for row in sums if row["step"] == FunnelStep.SENT and row["detail"] == ADDED)),
    )


def _step(step: FunnelStep, whole: Counts) -> Step:
    """Return one step; no share of a lower bound that is less than what should follow from it."""
    cell = Cell(whole.get(step, 0), is_lower_bound=step in SAID_BY_PAGES)
    base = _BASES.get(step)
    of = whole.get(base, 0) if base else 0
    if base is None or not cell.number <= of > 0:
        return Step(_heading(step), cell)
    percent = _("%(number)d %%") % {"number": round(100 * cell.number / of)}
    return Step(_heading(step), cell, percent, _heading(base))


def _heading(step: FunnelStep) -> str:
    """Return a step's name."""
    return capfirst(str(step.label))


def _cells(counts: Counts) -> list[Cell]:
    """Return the cells of one line of a breakdown."""
    return [Cell(counts.get(step, 0), is_part=True, is_lower_bound=step in SAID_BY_PAGES) for step in STEPS]


def _lines(rows: Iterable[Mapping[str, Any]], name: str, labels: Mapping[str, str]) -> list[Line]:
    """Return the steps broken down by one field: known values in their order, then what was counted besides."""
    found: dict[str, Counter[FunnelStep]] = {value: Counter() for value in labels}
    for row in rows:
        found.setdefault(row[name], Counter())[FunnelStep(row["step"])] += row["total"]
    return [Line(labels.get(value, value), _cells(counts)) for value, counts in found.items()]


def _treatments() -> dict[str, str]:
    """Return the treatments' names for the desk, and what inquiries about none of them are called."""
    titles = treatment_titles()
    codes = dict(Treatment.objects.order_by("position").values_list("pk", "code"))
    return {code: titles[pk] for pk, code in codes.items()} | {"": _("No treatment chosen")}


def _weeks(since: date, rows: Any) -> list[Week]:  # noqa: ANN401  # a QuerySet of counts
    """Return every week since then, those without anything too."""
    counts = {since + timedelta(weeks=number): Counter[FunnelStep]() for number in range(WEEKS)}
    for row in rows.values("day", "step").annotate(total=Sum("number")).order_by():
        monday = row["day"] - timedelta(days=row["day"].weekday())
        if monday in counts:
            counts[monday][FunnelStep(row["step"])] += row["total"]
    return [Week(monday, _day_in_short(monday), _cells(found)) for monday, found in counts.items()]


def _day_in_short(day: date) -> str:
    """Return a day for where there is little room, on one line."""
    return date_format(day, pgettext("date format", "j M")).replace(" ", "\u00a0")


def _outcomes(rows: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Return how inquiries ended."""
    counts = Counter[str]()
    for row in rows:
        if row["step"] == FunnelStep.OUTCOME:
            counts[row["detail"]] += row["total"]
    return [Line(capfirst(str(end.label)), [Cell(counts[end.value], is_part=True)]) for end in Outcome]


def _mistakes(rows: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Return which mistakes send the form back, the most frequent first; equally hidden ones by their names."""
    counts = Counter[str]()
    for row in rows:
        if row["detail"]:
            counts[row["detail"]] += row["total"]
    lines = [Line(_mistake(detail), [Cell(number, is_part=True)]) for detail, number in counts.items() if number]
    lines.sort(key=lambda line: (-line.cells[0].drawn, line.label))
    return lines[:MISTAKES_SHOWN]


def _mistake(detail: str) -> str:
    """Return a mistake in words: which field, and what was wrong with it."""
    field, _colon, code = detail.partition(":")
    names = {item.name: str(getattr(item, "verbose_name", item.name)) for item in Inquiry._meta.get_fields()}
    kinds = {
        "required": _("left empty"),
        "max_length": _("too long"),
        "unknown": _("not known to us"),
        "changed": _("its text had changed"),
        "invalid_choice": _("not one of the choices"),
    }
    mistake = kinds.get(code, _("could not be read"))
    return f"{capfirst(names.get(field, field))}: {mistake}"


def _sum(rows: Iterable[Mapping[str, Any]]) -> int:
    """Return the sum of what was counted."""
    return sum(row["total"] for row in rows)
