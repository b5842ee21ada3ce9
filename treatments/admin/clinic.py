"""The clinic's public facts, its people and numbers, what patients said, and the works that the pages cite."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse

from treatments.admin.access import DeskAdmin, EditorsOnly, KeepsRows, OnlyRow
from treatments.admin.clinic_forms import DoctorForm, TestimonialForm
from treatments.admin.forms import ClinicForm
from treatments.admin.versions import seen_version
from treatments.models import Clinic, ClinicFact, Doctor, Source, Testimonial


@admin.register(Clinic)
class ClinicAdmin(EditorsOnly, OnlyRow[Clinic]):
    """Name, address, contact and legal data."""

    form = ClinicForm
    change_form_template = "admin/treatments/clinic_form.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Let the form carry which version it shows."""
        seen = {"seen_version": seen_version(request, self.get_object(request, object_id))}
        return super().change_view(request, object_id, form_url, seen | (extra_context or {}))


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


@admin.register(Doctor)
class DoctorAdmin(EditorsOnly, DeskAdmin[Doctor]):
    """Who treats patients, as the page about the clinic names them."""

    form = DoctorForm
    list_display = ("name", "speciality", "position")


@admin.register(ClinicFact)
class ClinicFactAdmin(EditorsOnly, DeskAdmin[ClinicFact]):
    """Numbers about the clinic, each with its date and its source."""

    list_display = ("kind", "number", "as_of", "source")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Testimonial)
class TestimonialAdmin(EditorsOnly, DeskAdmin[Testimonial]):
    """What patients said about the service; shown only while the clinic's switch is on."""

    form = TestimonialForm
    list_display = ("shown_name", "language", "state", "received_on", "consent_on", "moderator")
    list_filter = ("language", "state")
    fields = ("language", "text", "shown_name", "received_on", "consent_on", "consent_note", "moderator", "state")
