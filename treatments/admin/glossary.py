"""The words that pages explain."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from treatments.admin.access import DeskAdmin, EditorsOnly
from treatments.admin.forms import SMALL
from treatments.admin.typed import ModelForm
from treatments.claim_rules import NoClaimRulesError
from treatments.content_files import ContentError
from treatments.models import GlossaryTerm
from treatments.publishing import claims_of_section, known_sources, refusal, rules_refusal


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: object) -> object:
        """Return a stored list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: str) -> list[str]:
        """Return what was typed as a list, in lower case and without blanks."""
        return [line.strip().casefold() for line in super().clean(value).splitlines() if line.strip()]


class GlossaryTermForm(ModelForm[GlossaryTerm]):
    """A word, its forms and its meaning."""

    forms = LinesField(
        label=_("Forms in running text"),
        required=False,
        help_text=_("Every form that pages link to the glossary, one a line."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a meaning that claims what nobody may claim, or what has no source: the glossary is always public."""
        values = super().clean() or {}
        language = values.get("language") or self.instance.language
        if not language:
            return values
        try:
            found = claims_of_section(values.get("term", ""), values.get("explanation", ""), language, known_sources())
            for standing in found:
                self.add_error("explanation" if standing.field == "body" else "term", refusal(standing))
        except (NoClaimRulesError, ContentError) as error:
            self.add_error(None, rules_refusal(error))
        return values

    class Meta:
        model = GlossaryTerm
        fields = ("language", "key", "term", "forms", "explanation")
        widgets = {"explanation": SMALL}


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(EditorsOnly, DeskAdmin[GlossaryTerm]):
    """Explained once, linked where a page uses a word first."""

    form = GlossaryTermForm
    list_display = ("term", "key", "language")
    list_filter = ("language",)
    search_fields = ("term", "explanation")

    def get_readonly_fields(self, request: HttpRequest, obj: GlossaryTerm | None = None) -> tuple[str, ...]:  # noqa: ARG002  # Django's signature
        """Keep the place of a term that is there."""
        return ("language", "key") if obj else ()
