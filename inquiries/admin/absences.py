"""Who is away and when: coordinators enter their own absences, managers everybody's; what breaks is shown first."""

from collections.abc import Sequence
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
from coordinators.enums import Cover
from coordinators.models import Absence, Coordinator
from coordinators.roster import clinic_today
from inquiries.admin.absence_words import foresight_words
from inquiries.admin.team import coverage_view, day_words, simulator_view
from inquiries.models import Inquiry
from inquiries.services.foresight import Foresight, Misfits, foresee, misfits
from inquiries.services.handing_over import give_back, hand_over_by_rule, hand_over_open, to_give_back
from treatments.admin.access import DeskAdmin

# What can be done with open inquiries.
LEAVE, TO_REPLACEMENT, BY_RULE = "leave", "replacement", "rule"


class PlannedAbsenceForm(AbsenceForm):
    """An absence that is only saved once the person has seen what it does.

    `seen` holds the very days that were looked at, so that other days are shown again before they are saved.
    """

    UNSEEN: ClassVar = "unseen"

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    # Asked in words by foresight.html
    moves = forms.ChoiceField(choices=[(code, code) for code in (TO_REPLACEMENT, BY_RULE, LEAVE)], required=False)
    gives_back = forms.BooleanField(required=False)
    foresight: Foresight | None = None
    handed_over: Sequence[Inquiry] = ()

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
        self.handed_over = _to_give_back(planned)
        if (self.foresight or self.handed_over) and values["seen"] != _as_sent_back(planned):
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
        """Whether open inquiries can go to others; not while those that went already are coming back."""
        return bool(self.foresight and self.foresight.open_inquiries) and not self.handed_over

    @property
    def can_move_to_replacement(self) -> bool:
        """Whether open inquiries can go to a replacement who is there."""
        return self.can_move and cover_of(self.instance) in {Cover.COVERED, Cover.PARTLY}

    @property
    def misfits(self) -> Misfits | None:
        """What of the open inquiries the replacement cannot take; None where nothing can go there."""
        if not self.can_move_to_replacement or self.foresight is None or self.instance.replacement is None:
            return None
        return misfits(self.foresight.open_inquiries, self.instance.replacement)

    @property
    def chosen_move(self) -> str:
        """Where the open inquiries are to go: as chosen; at first to others only where the absence begins soon."""
        chosen: str = self.cleaned_data["moves"]
        if self.cleaned_data["seen"] and (chosen != TO_REPLACEMENT or self.can_move_to_replacement):
            return chosen or LEAVE
        if self.foresight is None or not self.foresight.begins_soon or not self.can_move_to_replacement:
            return LEAVE
        return BY_RULE if self.misfits else TO_REPLACEMENT

    @property
    def gives_back_is_ticked(self) -> bool:
        """Whether what went to others is to come back: as chosen, at first yes."""
        return bool(self.cleaned_data["gives_back"] or not self.cleaned_data["seen"])


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
        if isinstance(form, PlannedAbsenceForm) and form.is_to_be_seen:
            # Nothing is to be corrected, only to be read.
            context |= {"is_looked_at": True, "absence": form.instance, "handed_over": form.handed_over, "errors": []}
            if form.foresight:
                context |= foresight_words(form.instance, form.foresight, form.misfits)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:  # noqa: ANN401  # Django's signature
        """Make a coordinator's absence their own, move what is open if that is wanted, and say if nobody answers."""
        if not person(request).is_manager:
            obj.coordinator = Coordinator.objects.get(user=person(request))
        super().save_model(request, obj, form, change)
        chosen = form.cleaned_data["moves"]
        if form.handed_over and form.cleaned_data["gives_back"]:
            self._give_back(request, obj)
        elif form.can_move_to_replacement and chosen == TO_REPLACEMENT and obj.replacement:
            self._move(request, obj, obj.replacement)
        elif form.can_move and chosen == BY_RULE:
            self._move_by_rule(request, obj)
        if cover_of(obj) != Cover.COVERED:
            messages.warning(request, cover_words(obj))

    def _move(self, request: HttpRequest, absence: Absence, replacement: Coordinator) -> None:
        """Give the absent person's open inquiries to whoever covers, and say how many there were."""
        count = hand_over_open(
            absence.coordinator, replacement, by=person(request), reason=_reason(absence), absence=absence
        )
        words = ngettext(
            "%(count)d open inquiry is %(name)s's now.", "%(count)d open inquiries are %(name)s's now.", count
        )
        messages.success(request, words % {"count": count, "name": replacement})

    def _move_by_rule(self, request: HttpRequest, absence: Absence) -> None:
        """Give each of the absent person's open inquiries to whoever fits, and say who got how many."""
        by = person(request)
        given = hand_over_by_rule(absence.coordinator, by=by, reason=_reason(absence), absence=absence)
        if given:
            people = ", ".join(f"{name} ({count})" for name, count in given.most_common())
            messages.success(request, _("The open inquiries went to: %(people)s.") % {"people": people})
        if left := Inquiry.objects.open().filter(coordinator=absence.coordinator).count():
            words = ngettext(
                "%(count)d open inquiry stays with %(name)s: nobody who is here can take it.",
                "%(count)d open inquiries stay with %(name)s: nobody who is here can take them.",
                left,
            )
            messages.warning(request, words % {"count": left, "name": absence.coordinator})

    def _give_back(self, request: HttpRequest, absence: Absence) -> None:
        """Give the person what went to others because of the absence, and say how many there were."""
        count = give_back(absence, by=person(request), reason=_("The absence ended early."))
        words = ngettext("%(count)d inquiry is %(name)s's again.", "%(count)d inquiries are %(name)s's again.", count)
        messages.success(request, words % {"count": count, "name": absence.coordinator})

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        """Offer to give back what went to others because of the absence."""
        handed_over = to_give_back(context["object"])
        context |= {"absence": context["object"], "handed_over": handed_over}
        return super().render_delete_form(request, context)

    def delete_model(self, request: HttpRequest, obj: Absence) -> None:
        """Delete an absence, and give back what went to others because of it if that is wanted."""
        if request.POST.get("gives_back"):
            self._give_back(request, obj)
        super().delete_model(request, obj)

    @admin.display(description=pgettext_lazy("absence", "cover"))
    def cover(self, absence: Absence) -> str:
        """Return in words who covers, flagged when nobody does."""
        words = cover_words(absence)
        return words if cover_of(absence) == Cover.COVERED else format_html('<span class="flag">{}</span>', words)


def _as_sent_back(absence: Absence) -> str:
    """Return who is away when and who covers, in one line that the page sends back once it was looked at."""
    days = (absence.starts_on, absence.from_time, absence.ends_on, absence.until_time)
    return "|".join(str(value) for value in (absence.coordinator_id, *days, absence.replacement_id))


def _reason(absence: Absence) -> str:
    """Return why inquiries move, as their history keeps it."""
    days = {"first": day_words(absence.starts_on), "last": day_words(absence.ends_on)}
    return _("Away from %(first)s until %(last)s.") % days


def _to_give_back(planned: Absence) -> list[Inquiry]:
    """Return what can come back: nothing before the stored absence is to end today, or has ended."""
    return to_give_back(planned) if planned.pk and planned.ends_on <= clinic_today() else []
