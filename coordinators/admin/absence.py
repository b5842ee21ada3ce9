"""Who is away and when: coordinators enter their own absences, managers everybody's."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from coordinators.admin.access import InquiryStaff, person
from coordinators.admin.forms import AbsenceForm
from coordinators.models import Absence, Coordinator
from treatments.admin.access import DeskAdmin


@admin.register(Absence)
class AbsenceAdmin(InquiryStaff, DeskAdmin[Absence]):
    """Absences; a coordinator neither sees nor makes a colleague's."""

    form = AbsenceForm
    list_display = ("coordinator", "starts_on", "ends_on")
    list_select_related = ("coordinator",)
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

    def get_fields(self, request: HttpRequest, obj: Absence | None = None) -> tuple[str, ...]:  # noqa: ARG002  # Django's signature
        """Ask managers who is away; a coordinator's own absence needs no such question."""
        days = ("starts_on", "ends_on")
        return ("coordinator", *days) if person(request).is_manager else days

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:  # noqa: ANN401  # Django's signature
        """Make a coordinator's absence their own."""
        if not person(request).is_manager:
            obj.coordinator = Coordinator.objects.get(user=person(request))
        super().save_model(request, obj, form, change)
