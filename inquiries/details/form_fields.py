"""Inputs for a month that lies behind, which patients often know by its year only, and for a day that lies ahead."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

EARLIEST_YEAR = 1920
FURTHEST_DAYS = 3 * 365
_STORED = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2}))?")


def parts_of_month(stored: str) -> tuple[str, str] | None:
    """Return month ("" if unknown) and year of a stored month such as 2024-03 or 2024, or None if it is none."""
    match = _STORED.fullmatch(stored)
    if match is None or (match["month"] and int(match["month"]) not in MONTHS):
        return None
    return (str(int(match["month"])) if match["month"] else "", match["year"])


class MonthWidget(forms.MultiWidget):
    """A list of months, and a year to type: what works in every browser."""

    template_name = "inquiries/private/details_month.html"

    def __init__(self) -> None:
        month = forms.Select(choices=[("", _("Month (if you know it)")), *MONTHS.items()])
        year = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4", "dir": "ltr"})
        super().__init__({"month": month, "year": year})

    def id_for_label(self, id_: str) -> str:
        """Return the id of the year, which a link from the summary of errors leads to."""
        return f"{id_}_1" if id_ else id_

    def decompress(self, value: Any) -> list[str | None]:  # noqa: ANN401  # Django's signature
        """Return month and year of a stored answer."""
        return list(parts_of_month(value or "") or ("", ""))


class MonthField(forms.MultiValueField):
    """A year, with or without its month, that is not in the future; stored as 2024-03 or 2024."""

    widget: Any = MonthWidget

    default_error_messages = {
        "year": _("Enter the year with four digits, for example 2023."),
        "no_year": _("Enter the year too, for example 2023."),
        "future": _("Enter a month that is over, or this month."),
    }

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        fields = (
            forms.TypedChoiceField(choices=[("", ""), *MONTHS.items()], coerce=int, empty_value=None, required=False),
            forms.CharField(required=False),
        )
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: Any) -> str:  # noqa: ANN401  # Django's signature
        """Return the month as it is stored, or an empty text."""
        month, typed = data_list or (None, "")
        if not typed:
            if month:
                raise forms.ValidationError(self.error_messages["no_year"], code="no_year")
            return ""
        today = timezone.localdate()
        if not re.fullmatch("[0-9]{4}", typed) or int(typed) < EARLIEST_YEAR:
            raise forms.ValidationError(self.error_messages["year"], code="year")
        year = int(typed)
        if (year, month or 1) > (today.year, today.month):
            raise forms.ValidationError(self.error_messages["future"], code="future")
        return f"{year}-{month:02}" if month else f"{year}"


class DayField(forms.DateField):
    """A day that lies ahead; stored as 2026-12-24."""

    default_error_messages = {
        "invalid": _("Enter a day, for example 2026-12-24 for the 24th of December."),
        "past": _("Enter a day that is still to come."),
        "far": _("Enter a day within the next three years."),
    }

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        # What browsers without a calendar let people type, by the habits of the site's languages.
        formats = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%Y.", "%d. %m. %Y.", "%d/%m/%Y", "%d-%m-%Y"]
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "dir": "ltr"})
        super().__init__(input_formats=formats, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:  # noqa: ANN401  # Django's signature
        """Return the day as it is stored, or an empty text."""
        day: date | None = super().clean(value)
        if day is None:
            return ""
        ahead = (day - timezone.localdate()).days
        # A day's grace: it may be yesterday here and today where the patient is.
        if ahead < -1:
            raise forms.ValidationError(self.error_messages["past"], code="past")
        if ahead > FURTHEST_DAYS:
            raise forms.ValidationError(self.error_messages["far"], code="far")
        return day.isoformat()
