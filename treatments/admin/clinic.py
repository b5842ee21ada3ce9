"""The clinic's public facts and the works that the pages cite."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from treatments.admin.access import DeskAdmin, EditorsOnly, KeepsRows, OnlyRow
from treatments.admin.forms import ClinicForm
from treatments.models import Clinic, Source


@admin.register(Clinic)
class ClinicAdmin(EditorsOnly, OnlyRow[Clinic]):
    """Name, address, contact and legal data."""

    form = ClinicForm


@admin.register(Source)
class SourceAdmin(EditorsOnly, KeepsRows, DeskAdmin[Source]):
    """Guidelines, studies and leaflets."""

    list_display = ("key", "title", "publisher", "year", "language")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    search_fields = ("key", "title", "publisher")
    ordering = ("key",)

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:  # noqa: ARG002  # Django's signature
        """Keep the key of a source that is there: sections cite it."""
        return ("key",) if obj else ()
