"""Days on which the clinic is closed or has other hours."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from coordinators.admin.access import ManagersOnly
from coordinators.admin.forms import SpecialDayForm
from coordinators.models import SpecialDay
from treatments.admin.access import DeskAdmin


@admin.register(SpecialDay)
class SpecialDayAdmin(ManagersOnly, DeskAdmin[SpecialDay]):
    """Special days; public holidays are known without being entered."""

    form = SpecialDayForm
    list_display = ("day_on", "hours", "note")
    ordering = ("-day_on",)
    actions = None
    fieldsets = (
        (
            None,
            {
                "fields": ("day_on", "opens_at", "closes_at", "note"),
                "description": _(
                    "On the clinic's clock, for everybody. It comes before working days and public holidays. "
                    "Leave both times empty if the clinic is closed."
                ),
            },
        ),
    )

    @admin.display(description=pgettext_lazy("special day", "hours"))
    def hours(self, day: SpecialDay) -> str:
        """Return the hours, or that the clinic is closed."""
        if day.opens_at is None or day.closes_at is None:
            return pgettext("clinic", "closed")
        return f"{day.opens_at:%H:%M}–{day.closes_at:%H:%M}"
