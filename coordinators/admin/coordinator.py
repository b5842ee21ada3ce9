"""Who answers: what each person speaks and knows."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coordinators.admin.access import ManagersOnly
from coordinators.admin.forms import CoordinatorForm
from coordinators.models import Coordinator, CoordinatorLanguage
from treatments.admin.access import DeskAdmin, KeepsRows


@admin.register(Coordinator)
class CoordinatorAdmin(ManagersOnly, KeepsRows, DeskAdmin[Coordinator]):
    """Coordinators; who leaves is deactivated under “people”, never deleted."""

    form = CoordinatorForm
    list_display = ("display_name", "title", "speaks", "takes_inquiries", "is_shown")
    ordering = ("display_name",)
    fields = ("user", "display_name", "title", "speaks", "treatments", "takes_inquiries", "is_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coordinator]:
        """Fetch the languages at once."""
        return super().get_queryset(request).prefetch_related("languages")

    def get_readonly_fields(self, request: HttpRequest, obj: Coordinator | None = None) -> tuple[str, ...]:  # noqa: ARG002  # Django's signature
        """Keep whose profile it is."""
        return ("user",) if obj else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401  # Django's signature
        """Store the ticked languages as rows, once the coordinator is there."""
        super().save_related(request, form, formsets, change)
        ticked, rows = set(form.cleaned_data["speaks"]), CoordinatorLanguage.objects.filter(coordinator=form.instance)
        rows.exclude(language__in=ticked).delete()
        new = ticked - set(rows.values_list("language", flat=True))
        CoordinatorLanguage.objects.bulk_create(
            CoordinatorLanguage(coordinator=form.instance, language=language) for language in sorted(new)
        )

    @admin.display(description=_("languages"))
    def speaks(self, coordinator: Coordinator) -> str:
        """Return the languages by name."""
        return ", ".join(sorted(item.get_language_display() for item in coordinator.languages.all()))
