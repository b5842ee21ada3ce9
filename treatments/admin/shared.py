"""Sections that stand on every treatment page of a language."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from treatments.admin.access import DeskAdmin, EditorsOnly, KeepsRows
from treatments.admin.forms import LARGE, SharedForm, outline_choices
from treatments.admin.translations import MATCHES_SOURCE, TranslatedForm, translation_urls
from treatments.admin.typed import ModelForm
from treatments.models import SharedSection


class SharedSectionForm(TranslatedForm, SharedForm, ModelForm[SharedSection]):
    """A section that all pages of a language share."""

    matches_source = MATCHES_SOURCE

    class Meta:
        model = SharedSection
        fields = ("language", "key", "heading", "body", "matches_source")
        widgets = {"key": forms.Select(choices=outline_choices(shared=True)), "body": LARGE}


@admin.register(SharedSection)
class SharedSectionAdmin(EditorsOnly, KeepsRows, DeskAdmin[SharedSection]):
    """Written once, read on every treatment page."""

    form = SharedSectionForm
    list_display = ("heading", "key", "language", "is_safety")
    list_filter = ("language",)
    ordering = ("language", "position", "id")

    def get_urls(self) -> list[URLPattern]:
        """Add the overview of translations, which belongs to no single page."""
        return [*translation_urls(self.admin_site), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: SharedSection | None = None) -> tuple[str, ...]:  # noqa: ARG002  # Django's signature
        """Keep the place of a section that is there."""
        return ("language", "key") if obj else ()

    @admin.display(boolean=True, description=_("safety"))
    def is_safety(self, section: SharedSection) -> bool:
        """Return whether a patient's safety hangs on the text."""
        return section.is_safety
