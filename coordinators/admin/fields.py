"""Fields and choices of the team's forms: hours, weekdays, treatments, countries."""

from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from coordinators.hours import Hours, OverlappingHoursError, UnorderedHoursError, parse_hours, write_hours
from coordinators.public_holidays import known_countries, region_names
from treatments.admin.forms import time_zone_choices
from treatments.admin.typed import ModelMultipleChoiceField
from treatments.models import Treatment
from treatments.titles import treatment_titles


class TreatmentChoice(ModelMultipleChoiceField[Treatment]):
    """Treatments to tick, by their titles."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Treatment) -> str:
        """Return the title in the reader's language."""
        return treatment_titles()[obj.pk]


class HoursField(forms.CharField):
    """One weekday's working hours, typed in one line."""

    def __init__(self, weekday: int) -> None:
        wide = forms.TextInput(attrs={"class": "vTextField"})
        super().__init__(label=WEEKDAYS[weekday - 1], required=False, max_length=200, widget=wide)

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401  # Django's signature
        """Return stored hours as they are typed, and what was typed as it is."""
        return write_hours(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[Hours]:  # noqa: ANN401  # Django's signature
        """Return the hours in order; refuse in words what cannot be a working day."""
        typed = super().clean(value)
        try:
            return parse_hours(typed)
        except OverlappingHoursError as error:
            message = _("These hours overlap. Enter each part of the day once.")
            raise forms.ValidationError(message, code="overlap") from error
        except UnorderedHoursError as error:
            message = _("Enter an end that is later than the start.")
            raise forms.ValidationError(message, code="order") from error
        except ValueError as error:
            message = _("Enter hours like 9:00–12:30, 13:30–17:00.")
            raise forms.ValidationError(message, code="unreadable") from error

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401  # Django's signature
        """Return whether other hours are typed."""
        return super().has_changed(write_hours(initial or []), data)


def zone_or_clinics(stored: str = "") -> list[tuple[str, str | Promise]]:
    """Return the time zones, after the clinic's."""
    return [("", pgettext_lazy("time zone", "the clinic's")), *time_zone_choices(stored)]


def country_or_clinics() -> list[tuple[str, str | Promise]]:
    """Return the countries whose public holidays are known, after the clinic's."""
    return [("", _("the clinic's country")), *((code, name) for code, name in countries if code in known_countries())]


def region_choices(only: str = "") -> list[tuple[str, Any]]:
    """Return the regions that have holidays of their own, by country; each with its country's code before its own.

    `only` is the code of the one country that is asked about.
    """
    names = dict(countries)
    groups = [
        (str(names[country]), [(f"{country}-{code}", name) for code, name in regions.items()])
        for country, regions in region_names().items()
        if only in {"", country}
    ]
    return [("", pgettext_lazy("region", "none")), *sorted(groups)]


def check_year(day: date) -> None:
    """Refuse a mistyped year."""
    if not 2000 <= day.year < 2200:  # noqa: PLR2004  # no clinic plans further
        raise forms.ValidationError(_("Check the year."), code="year")


class ClockInput(forms.TimeInput):
    """A time without seconds, by the browser's own control."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class WeekdaysField(forms.MultipleChoiceField):
    """Weekdays to tick, stored as a text of their ISO numbers."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        choices = [(str(number + 1), name) for number, name in WEEKDAYS.items()]
        super().__init__(choices=choices, **kwargs)

    def prepare_value(self, value: Any) -> list[str]:  # noqa: ANN401  # Django's signature
        """Return the numbers one by one."""
        return list(value or "")

    def clean(self, value: Any) -> str:  # noqa: ANN401  # Django's signature
        """Return the ticked days as stored."""
        return "".join(sorted(super().clean(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401  # Django's signature
        """Return whether other days are ticked."""
        return sorted(initial or "") != sorted(data or "")
