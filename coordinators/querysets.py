"""Filters on the team, written once."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from coordinators.models import Absence, Coordinator  # noqa: F401  # names for the type checker only


class CoordinatorQuerySet(models.QuerySet["Coordinator"]):
    """Coordinators, by what they can take now."""

    def active(self) -> "CoordinatorQuerySet":
        """Return those who may be given new inquiries."""
        return self.filter(takes_inquiries=True, user__is_active=True)

    def shown_for(self, language: str) -> "CoordinatorQuerySet":
        """Return those shown on public pages in `language`: they speak it."""
        return self.active().filter(is_shown=True, languages__language=language).order_by("display_name")


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Absences, by day."""

    def between(self, first: date, last: date) -> "AbsenceQuerySet":
        """Return the absences with a day from `first` to `last`, both included."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)
