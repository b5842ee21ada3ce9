"""Inputs of the inquiry form: forgiving in what they take, strict in what they keep."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from inquiries.countries import country_choices
from inquiries.text import has_control_characters, many_lines, one_line


class LineField(forms.CharField):
    """One line as a person types it; line breaks and other controls are refused, direction marks removed."""

    default_error_messages = {
        "control": gettext_lazy("Type this on one line, without special control characters."),
    }

    def to_python(self, value: Any) -> str:  # noqa: ANN401  # Django's signature
        """Return the line, composed."""
        return one_line(super().to_python(value) or "")

    def clean(self, value: Any) -> str:  # noqa: ANN401  # Django's signature
        """Return the line, or refuse what no keyboard types into one."""
        if isinstance(value, str) and has_control_characters(value.strip()):
            raise forms.ValidationError(self.error_messages["control"], code="control")
        cleaned: str = super().clean(value)
        return cleaned


class TextField(forms.CharField):
    """Several lines; a line break counts as one character, as it does for the person typing."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401  # Django's signature
        """Return the text with plain line breaks."""
        return many_lines(value) if isinstance(value, str) else ""


class CountryInput(forms.TextInput):
    """A text input that suggests countries while the visitor types."""

    template_name = "inquiries/widgets/country.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the suggestions."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{name}-suggestions"
        context["suggestions"] = [country for _code, country in country_choices()]
        return context
