"""Treatments and their typed facts."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from treatments.admin.access import DeskAdmin, EditorsOnly, KeepsRows
from treatments.admin.forms import TreatmentForm
from treatments.models import Treatment


@admin.register(Treatment)
class TreatmentAdmin(EditorsOnly, KeepsRows, DeskAdmin[Treatment]):
    """The facts that are the same in every language."""

    form = TreatmentForm
    list_display = ("code", "position", "minutes", "sessions", "radiation")
    ordering = ("position",)
    fieldsets = (
        (None, {"fields": ("code", "position")}),
        (
            _("The treatment"),
            {
                "fields": (
                    ("minutes_min", "minutes_max"),
                    ("sessions_min", "sessions_max"),
                    "after_test_block",
                    ("interval_days_min", "interval_days_max"),
                    "guidance",
                    "anaesthesia",
                    "radiation",
                )
            },
        ),
        (
            _("The effect"),
            {"fields": (("onset_days_min", "onset_days_max"), ("lasting_weeks_min", "lasting_weeks_max"))},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Treatment | None = None) -> tuple[str, ...]:  # noqa: ARG002  # Django's signature
        """Keep the code of a treatment that is there: inquiries and links use it."""
        return ("code",) if obj else ()

    @admin.display(description=_("minutes"))
    def minutes(self, treatment: Treatment) -> str:
        """Return how long it takes."""
        return f"{treatment.minutes_min}–{treatment.minutes_max}"

    @admin.display(description=_("sessions"))
    def sessions(self, treatment: Treatment) -> str:
        """Return how often it is done."""
        return f"{treatment.sessions_min}–{treatment.sessions_max}"
