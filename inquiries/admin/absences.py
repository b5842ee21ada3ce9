"""Who is away and when: coordinators enter their own absences, managers everybody's; what breaks is shown first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from coordinators.admin.access import InquiryStaff, person
from coordinators.admin.forms import AbsenceForm
from coordinators.cover import cover_of, cover_words
from coordinators.coverage import Change
from coordinators.enums import Cover
from coordinators.explanation import language_label
from coordinators.models import Absence, Coordinator
from inquiries.admin.team import (
    cell_words,
    coverage_view,
    day_words,
    promise_words,
    simulator_view,
    titles_by_code,
    treatments_words,
)
from inquiries.services.foresight import FORESEEN_DAYS, Foresight, foresee
from inquiries.services.handing_over import hand_over_open
from treatments.admin.access import DeskAdmin

# So many open inquiries are named one by one.
NAMED = 20


class PlannedAbsenceForm(AbsenceForm):
    """An absence that is only saved once the person has seen what it does.

    `seen` holds the very days that were looked at, so that other days are shown again before they are saved.
    """

    UNSEEN: ClassVar = "unseen"

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    moves = forms.BooleanField(required=False)
    foresight: Foresight | None = None

    DAYS: ClassVar = ("starts_on", "from_time", "ends_on", "until_time", "replacement")

    def clean(self) -> dict[str, Any]:
        """Refuse an absence of nobody; and one that makes sense, until what it does was seen."""
        values = super().clean()
        if self.errors:
            return values
        absent = values.get("coordinator") or self.absent
        if absent is None:
            message = _("There is no coordinator's profile for this account. Please ask a manager for one.")
            raise forms.ValidationError(message, code="nobody")
        self.instance.coordinator = absent
        planned = Absence(pk=self.instance.pk, coordinator=absent, **{name: values[name] for name in self.DAYS})
        self.foresight = foresee(planned, timezone.now())
        if self.foresight is not None and values["seen"] != _as_sent_back(planned):
            raise forms.ValidationError(_("Nothing is saved yet."), code=self.UNSEEN)
        return values

    @property
    def is_to_be_seen(self) -> bool:
        """Whether nothing is wrong with the absence, but the person has not seen yet what it does."""
        return list(self.errors) == [NON_FIELD_ERRORS] and self.has_error(NON_FIELD_ERRORS, self.UNSEEN)

    @property
    def days_as_shown(self) -> str:
        """Who is away when and who covers, as the page sends it back."""
        return _as_sent_back(self.instance)

    @property
    def can_move(self) -> bool:
        """Whether open inquiries can go to somebody who is there."""
        has_any = self.foresight is not None and bool(self.foresight.open_inquiries)
        return has_any and cover_of(self.instance) in {Cover.COVERED, Cover.PARTLY}

    @property
    def moves_is_ticked(self) -> bool:
        """Whether the open inquiries are to move: as chosen, at first where the absence begins soon."""
        if self.cleaned_data["seen"]:
            return bool(self.cleaned_data["moves"])
        return self.foresight is not None and self.foresight.begins_soon


@dataclass(frozen=True)
class ChangedLine:
    """Cells of one day and language that change in the same way."""

    day: str
    language: str
    treatments: str
    before: str
    after: str
    promise_before: str
    promise_after: str
    is_hole: bool


@admin.register(Absence)
class AbsenceAdmin(InquiryStaff, DeskAdmin[Absence]):
    """Absences; a coordinator neither sees nor makes a colleague's."""

    form = PlannedAbsenceForm
    list_display = ("coordinator", "starts_on", "from_time", "ends_on", "until_time", "replacement")
    list_select_related = ("coordinator", "replacement")
    readonly_fields = ("cover",)
    ordering = ("-starts_on",)
    actions = None

    def get_urls(self) -> list[URLPattern]:
        """Add what the team can take, and the trial of the rule."""
        wrap = self.admin_site.admin_view
        return [
            path("coverage/", wrap(coverage_view), name="coordinators_coverage"),
            path("simulator/", wrap(simulator_view), name="coordinators_simulator"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Absence]:
        """Return what the person may see."""
        absences = super().get_queryset(request)
        user = person(request)
        return absences if user.is_manager else absences.filter(coordinator__user=user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401  # Django's signature
        """Let managers add for anybody, and coordinators for themselves once they have a profile."""
        if not super().has_add_permission(request, obj):
            return False
        user = person(request)
        return user.is_manager or Coordinator.objects.filter(user=user).exists()

    def get_fields(self, request: HttpRequest, obj: Absence | None = None) -> tuple[str, ...]:
        """Ask managers who is away; a coordinator's own absence needs no such question."""
        days = (*PlannedAbsenceForm.DAYS, *(("cover",) if obj else ()))
        return ("coordinator", *days) if person(request).is_manager else days

    def get_form(
        self,
        request: HttpRequest,
        obj: Absence | None = None,
        change: bool = False,
        **kwargs: Any,  # noqa: ANN401  # Django's signature
    ) -> type[PlannedAbsenceForm]:
        """Tell the form whose absence it is, where that is known."""
        form = cast("type[PlannedAbsenceForm]", super().get_form(request, obj, change, **kwargs))
        if obj:
            form.absent = obj.coordinator
        elif not person(request).is_manager:
            form.absent = Coordinator.objects.filter(user=person(request)).first()
        return form

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        *args: Any,  # noqa: ANN401  # Django's signature
        **kwargs: Any,  # noqa: ANN401  # Django's signature
    ) -> HttpResponse:
        """Show, before anything is saved, what the absence does."""
        form = context["adminform"].form
        if isinstance(form, PlannedAbsenceForm) and form.is_to_be_seen and form.foresight is not None:
            # Nothing is to be corrected, only to be read.
            context |= _shown(form, form.foresight) | {"errors": []}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:  # noqa: ANN401  # Django's signature
        """Make a coordinator's absence their own, move what is open if that is wanted, and say if nobody answers."""
        if not person(request).is_manager:
            obj.coordinator = Coordinator.objects.get(user=person(request))
        super().save_model(request, obj, form, change)
        if form.can_move and form.cleaned_data["moves"] and obj.replacement:
            self._move(request, obj, obj.replacement)
        if cover_of(obj) != Cover.COVERED:
            messages.warning(request, cover_words(obj))

    def _move(self, request: HttpRequest, absence: Absence, replacement: Coordinator) -> None:
        """Give the absent person's open inquiries to whoever covers, and say how many there were."""
        days = {"first": day_words(absence.starts_on), "last": day_words(absence.ends_on)}
        reason = _("Away from %(first)s until %(last)s.") % days
        count = hand_over_open(absence.coordinator, replacement, by=person(request), reason=reason)
        words = ngettext(
            "%(count)d open inquiry is %(name)s's now.", "%(count)d open inquiries are %(name)s's now.", count
        )
        messages.success(request, words % {"count": count, "name": replacement})

    @admin.display(description=pgettext_lazy("absence", "cover"))
    def cover(self, absence: Absence) -> str:
        """Return in words who covers, flagged when nobody does."""
        words = cover_words(absence)
        return words if cover_of(absence) == Cover.COVERED else format_html('<span class="flag">{}</span>', words)


def _as_sent_back(absence: Absence) -> str:
    """Return who is away when and who covers, in one line that the page sends back once it was looked at."""
    days = (absence.starts_on, absence.from_time, absence.ends_on, absence.until_time)
    return "|".join(str(value) for value in (absence.coordinator_id, *days, absence.replacement_id))


def _shown(form: PlannedAbsenceForm, foresight: Foresight) -> dict[str, Any]:
    """Return what the page says about the absence."""
    named = foresight.open_inquiries[:NAMED]
    return {
        "foresight": foresight,
        "absence": form.instance,
        "breaking": list(_lines(foresight.breaking)),
        "shifting": list(_lines(foresight.shifting)),
        "cover_words": cover_words(form.instance),
        "is_covered": cover_of(form.instance) == Cover.COVERED,
        "foreseen_days": FORESEEN_DAYS,
        "open_inquiries": [(item.reference, promise_words(item.due_at)) for item in named],
        "others_open": len(foresight.open_inquiries) - len(named),
    }


def _lines(changes: Iterable[Change]) -> Iterable[ChangedLine]:
    """Return the changed cells day by day; treatments to which the same happens share a line."""
    titles = titles_by_code()
    alike: defaultdict[Any, list[str]] = defaultdict(list)
    for change in sorted(changes, key=lambda change: change.place.day):
        alike[change.place.day, change.place.language, change.before, change.after].append(change.place.treatment)
    for (day, language, before, after), codes in alike.items():
        yield ChangedLine(
            day=day_words(day),
            language=language_label(language),
            treatments=treatments_words(codes, titles),
            before=cell_words(before, language),
            after=cell_words(after, language),
            promise_before=promise_words(before.due_at),
            promise_after=promise_words(after.due_at),
            is_hole=after.is_hole,
        )
