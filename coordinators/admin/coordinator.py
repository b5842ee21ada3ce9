"""Who answers: what each person speaks and knows, and when they work."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coordinators.admin.access import ManagersOnly
from coordinators.admin.forms import CoordinatorForm
from coordinators.models import Coordinator, CoordinatorLanguage, WorkingHours
from treatments.admin.access import DeskAdmin, KeepsRows


@admin.register(Coordinator)
class CoordinatorAdmin(ManagersOnly, KeepsRows, DeskAdmin[Coordinator]):
    """Coordinators; who leaves is deactivated under “people”, never deleted."""

    form = CoordinatorForm
    list_display = ("display_name", "title", "speaks", "takes_inquiries", "is_shown")
    ordering = ("display_name",)
    fieldsets = (
        (None, {"fields": ("user", "display_name", "title", "speaks", "treatments", "takes_inquiries", "is_shown")}),
        (
            _("Working hours"),
            {
                "fields": (*CoordinatorForm.HOURS, "time_zone"),
                "description": _(
                    "One line a day, for example 9:00–12:30, 13:30–17:00. An empty line is a day off. "
                    "Leave all seven empty for the clinic's office hours, which are on the clinic's clock."
                ),
            },
        ),
        (_("Public holidays"), {"fields": ("holiday_country", "holiday_region")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coordinator]:
        """Fetch the languages at once."""
        return super().get_queryset(request).prefetch_related("languages")

    def get_readonly_fields(self, request: HttpRequest, obj: Coordinator | None = None) -> tuple[str, ...]:  # noqa: ARG002  # Django's signature
        """Keep whose profile it is."""
        return ("user",) if obj else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401  # Django's signature
        """Store the ticked languages and the hours as rows, once the coordinator is there."""
        super().save_related(request, form, formsets, change)
        self._save_languages(form)
        self._save_hours(form)

    def _save_languages(self, form: CoordinatorForm) -> None:
        """Store the ticked languages."""
        ticked, rows = set(form.cleaned_data["speaks"]), CoordinatorLanguage.objects.filter(coordinator=form.instance)
        rows.exclude(language__in=ticked).delete()
        new = ticked - set(rows.values_list("language", flat=True))
        CoordinatorLanguage.objects.bulk_create(
            CoordinatorLanguage(coordinator=form.instance, language=language) for language in sorted(new)
        )

    def _save_hours(self, form: CoordinatorForm) -> None:
        """Store the week, if it is another."""
        rows = form.instance.hours
        if form.week == [(row.weekday, (row.starts_at, row.ends_at)) for row in rows.all()]:
            return
        rows.all().delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(coordinator=form.instance, weekday=weekday, starts_at=hours.starts, ends_at=hours.ends)
            for weekday, hours in form.week
        )

    @admin.display(description=_("languages"))
    def speaks(self, coordinator: Coordinator) -> str:
        """Return the languages by name."""
        return ", ".join(sorted(item.get_language_display() for item in coordinator.languages.all()))
