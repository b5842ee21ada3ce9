"""Which pages a visitor may see, written once."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from treatments.enums import PublicationState

if TYPE_CHECKING:
    from treatments.models import SitePage, TreatmentPage  # noqa: F401  # names for the type checker only


class TreatmentPageQuerySet(models.QuerySet["TreatmentPage"]):
    """Treatment pages and the filters visitors and editors need."""

    def published(self) -> "TreatmentPageQuerySet":
        """Return the pages visitors can see."""
        return self.filter(state=PublicationState.PUBLISHED)

    def review_overdue(self, day: date) -> "TreatmentPageQuerySet":
        """Return the published pages whose next review was due before `day`, the longest overdue first."""
        return self.published().filter(review_due_on__lt=day).order_by("review_due_on", "id")

    def in_language(self, language: str) -> "TreatmentPageQuerySet":
        """Return the pages written in `language`, in the clinic's order of treatments."""
        return self.filter(language=language).select_related("treatment").order_by("treatment__position")


class SitePageQuerySet(models.QuerySet["SitePage"]):
    """Site pages and the filters visitors and editors need."""

    def published(self) -> "SitePageQuerySet":
        """Return the pages visitors can see."""
        return self.filter(state=PublicationState.PUBLISHED)

    def review_overdue(self, day: date) -> "SitePageQuerySet":
        """Return the published pages whose next review was due before `day`, the longest overdue first."""
        return self.published().filter(review_due_on__lt=day).order_by("review_due_on", "id")

    def in_language(self, language: str) -> "SitePageQuerySet":
        """Return the pages written in `language`."""
        return self.filter(language=language)
