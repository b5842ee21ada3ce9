"""Desk pages about the team: who could take what in a week, and who would get an inquiry."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from coordinators.admin.access import person
from coordinators.admin.fields import ClockInput, check_year
from coordinators.assignment import Question
from coordinators.coverage import BoardDay, Cell, DayKind, Matrix, board_days
from coordinators.explanation import language_label
from coordinators.models import Coordinator
from coordinators.roster import clinic_place, get_policy
from inquiries.enums import UNSURE
from inquiries.moments import in_short, in_words
from inquiries.readable import treatment_title
from inquiries.services.foresight import WEEK_DAYS, coverage_from, try_out
from treatments.enums import language_choices
from treatments.models import Treatment
from treatments.titles import treatment_titles


class DayInput(forms.DateInput):
    """A day, by the browser's own control."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class WeekForm(forms.Form):
    """From which day on a week of coverage is looked at."""

    week = forms.DateField(label=gettext_lazy("A week from"), widget=DayInput, validators=[check_year])


def treatment_choices() -> list[tuple[str, str]]:
    """Return the treatments by their titles, and that the patient does not know it yet."""
    return [*titles_by_code().items(), (UNSURE, treatment_title(None))]


class SimulatorForm(forms.Form):
    """An inquiry that nobody sent: what the rule would look at."""

    treatment = forms.ChoiceField(label=gettext_lazy("Treatment"), choices=treatment_choices)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=language_choices)
    day = forms.DateField(label=pgettext_lazy("simulator", "Arrives on"), widget=DayInput, validators=[check_year])
    at = forms.TimeField(label=pgettext_lazy("simulator", "at"), widget=ClockInput)
    known_to = forms.ModelChoiceField(
        label=gettext_lazy("The patient was answered before by"),
        queryset=Coordinator.objects.filter(user__is_active=True).order_by("display_name"),
        required=False,
        empty_label=pgettext_lazy("who answered before", "nobody"),
    )

    @property
    def question(self) -> Question:
        """What the rule is asked."""
        values = self.cleaned_data
        treatment = None if values["treatment"] == UNSURE else values["treatment"]
        known = values["known_to"]
        return Question(treatment, values["language"], known.pk if known else None)

    @property
    def moment(self) -> datetime:
        """When the inquiry arrives, on the clinic's clock."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["at"], get_policy().zone)


@dataclass(frozen=True)
class ShownCell:
    """One cell of the week in words."""

    words: str
    promise: str
    state: str
    hangs_on_one: bool
    is_closed: bool


@dataclass(frozen=True)
class ShownDay:
    """One day of the week in words, with what it is at the clinic if it is no usual working day."""

    words: str
    note: str
    is_closed: bool


@dataclass(frozen=True)
class ShownRow:
    """A language and the treatments with the same seven days."""

    language_name: str
    treatments: str
    cells: tuple[ShownCell, ...]


@require_safe
def coverage_view(request: HttpRequest) -> HttpResponse:
    """Show who could take what on seven days, and where nobody could."""
    user = person(request)
    if not user.handles_inquiries:
        raise PermissionDenied
    today = timezone.now().astimezone(get_policy().zone).date()
    form = WeekForm(request.GET if "week" in request.GET else {"week": today}, label_suffix="")
    first = form.cleaned_data["week"] if form.is_valid() else today
    cells, days = coverage_from(first), board_days(first, WEEK_DAYS)
    context = {
        **_context(request, _("Coverage")),
        "form": form,
        "days": [ShownDay(day_words(day.day), _note(day), day.is_closed) for day in days],
        "rows": _rows(cells, {day.day for day in days if day.is_closed}),
        "places": len(cells),
        "holes": sum(cell.is_hole for cell in cells.values()),
        "weak": sum(not cell.is_hole and not cell.speaks for cell in cells.values()),
        "lonely": sum(cell.hangs_on_one for cell in cells.values()),
        "closed": sum(day.is_closed for day in days),
        "earlier": first - timedelta(days=WEEK_DAYS),
        "later": first + timedelta(days=WEEK_DAYS),
        "can_try": user.is_manager,
    }
    return render(request, "admin/coordinators/coverage.html", context)


@require_safe
def simulator_view(request: HttpRequest) -> HttpResponse:
    """Show managers who would get an inquiry, and why; nothing is created."""
    if not person(request).is_manager:
        raise PermissionDenied
    now = timezone.now().astimezone(get_policy().zone)
    start = {"day": now.date(), "at": now.time(), "language": settings.LANGUAGE_CODE}
    form = SimulatorForm(request.GET or None, initial=start, label_suffix="")
    trial = try_out(form.question, form.moment) if form.is_bound and form.is_valid() else None
    context = {**_context(request, _("Who would get it?")), "form": form, "trial": trial, "place": clinic_place()}
    if trial:
        context |= {
            "explanation": trial.explanation,
            "due": trial.due_at and in_words(timezone.localtime(trial.due_at)),
        }
    return render(request, "admin/coordinators/simulator.html", context)


def titles_by_code() -> dict[str, str]:
    """Return the treatments' titles by their codes, in the clinic's order."""
    titles = treatment_titles()
    return {code: titles[pk] for pk, code in Treatment.objects.order_by("position").values_list("pk", "code")}


def cell_words(cell: Cell, language: str) -> str:
    """Return who could take an inquiry, in words."""
    if cell.is_hole and cell.chosen:
        return _("nobody fits; fallback: %(name)s") % {"name": cell.chosen}
    if cell.is_hole:
        return _("nobody")
    names = ", ".join(cell.takers)
    if cell.speaks:
        return names
    return _("%(names)s, without %(language)s") % {"names": names, "language": language_label(language)}


def day_words(day: date) -> str:
    """Return weekday, day and month."""
    return date_format(day, pgettext("date format", "D j M"))


def promise_words(due_at: datetime | None) -> str:
    """Return by when the patient is told to have an answer, on the desk's clock, which is the clinic's."""
    if due_at is None:
        return pgettext("promise", "no time can be promised")
    return _("answer by %(moment)s") % {"moment": in_short(timezone.localtime(due_at))}


def treatments_words(codes: Collection[str], titles: Mapping[str, str]) -> str:
    """Return the treatments' titles, or that it is all of them."""
    return _("all treatments") if len(codes) == len(titles) else ", ".join(titles[code] for code in codes)


def _note(day: BoardDay) -> str:
    """Return what the clinic does on a day, if it is not what it does on most days."""
    if day.kind == DayKind.OTHER_HOURS and day.hours:
        words = _("other hours: %(hours)s") % {"hours": f"{day.hours[0]:%H:%M}–{day.hours[1]:%H:%M}"}
        return f"{words} ({day.note})" if day.note else words
    if day.kind == DayKind.HOLIDAY:
        return _("closed: %(reason)s") % {"reason": day.note}
    if day.kind == DayKind.CLOSED:
        return _("closed: %(reason)s") % {"reason": day.note or _("special day")}
    return _("closed: %(reason)s") % {"reason": _("no working day")} if day.is_closed else ""


def _rows(cells: Matrix, closed: Collection[date]) -> list[ShownRow]:
    """Return the week row by row, the languages in the site's order; treatments with the same days share a row."""
    each: defaultdict[tuple[str, str], list[ShownCell]] = defaultdict(list)
    for place, cell in cells.items():
        state = "hole" if cell.is_hole else "covered" if cell.speaks else "weak"
        shown = ShownCell(
            words=cell_words(cell, place.language),
            promise=promise_words(cell.due_at),
            state=state,
            hangs_on_one=cell.hangs_on_one,
            is_closed=place.day in closed,
        )
        each[place.language, place.treatment].append(shown)
    alike: defaultdict[tuple[str, tuple[ShownCell, ...]], list[str]] = defaultdict(list)
    for (language, treatment), days in each.items():
        alike[language, tuple(days)].append(treatment)
    titles = titles_by_code()
    return [
        ShownRow(language_label(language), treatments_words(codes, titles), row)
        for (language, row), codes in alike.items()
    ]


def _context(request: HttpRequest, title: str) -> dict[str, Any]:
    """Return what every page of the desk needs."""
    return {**admin.site.each_context(request), "title": title}
