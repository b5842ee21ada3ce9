"""Who is away and when: coordinators enter their own absences, managers everybody's."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import pgettext_lazy

from coordinators.admin.access import InquiryStaff, person
from coordinators.admin.forms import AbsenceForm
from coordinators.cover import cover_of, cover_words
from coordinators.enums import Cover
from coordinators.models import Absence, Coordinator
from treatments.admin.access import DeskAdmin


@admin.register(Absence)
class AbsenceAdmin(InquiryStaff, DeskAdmin[Absence]):
    """Absences; a coordinator neither sees nor makes a colleague's."""

    form = AbsenceForm
    list_display = ("coordinator", "starts_on", "from_time", "ends_on", "until_time", "replacement")
    list_select_related = ("coordinator", "replacement")
    readonly_fields = ("cover",)
    ordering = ("-starts_on",)
    actions = None

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
        days = ("starts_on", "from_time", "ends_on", "until_time", "replacement", *(("cover",) if obj else ()))
        return ("coordinator", *days) if person(request).is_manager else days

    def get_form(
        self,
        request: HttpRequest,
        obj: Absence | None = None,
        change: bool = False,
        **kwargs: Any,  # noqa: ANN401  # Django's signature
    ) -> type[AbsenceForm]:
        """Tell the form whose absence it is, where that is known."""
        form = cast("type[AbsenceForm]", super().get_form(request, obj, change, **kwargs))
        if obj:
            form.absent = obj.coordinator
        elif not person(request).is_manager:
            form.absent = Coordinator.objects.filter(user=person(request)).first()
        return form

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:  # noqa: ANN401  # Django's signature
        """Make a coordinator's absence their own, and say if nobody answers meanwhile."""
        if not person(request).is_manager:
            obj.coordinator = Coordinator.objects.get(user=person(request))
        super().save_model(request, obj, form, change)
        if cover_of(obj) != Cover.COVERED:
            messages.warning(request, cover_words(obj))

    @admin.display(description=pgettext_lazy("absence", "cover"))
    def cover(self, absence: Absence) -> str:
        """Return in words who covers, flagged when nobody does."""
        words = cover_words(absence)
        return words if cover_of(absence) == Cover.COVERED else format_html('<span class="flag">{}</span>', words)
