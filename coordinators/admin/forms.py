"""Forms of the team: what the database would refuse is said in words, at the field."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from coordinators.enums import Role
from coordinators.hours import Hours, OverlappingHoursError, UnorderedHoursError, parse_hours, write_hours
from coordinators.models import Absence, Coordinator, ReplyPolicy, SpecialDay, User
from coordinators.public_holidays import known_countries, region_names
from coordinators.roster import clinic_country, get_policy, zone_of
from treatments.admin.forms import time_zone_choices
from treatments.admin.typed import ModelForm, ModelMultipleChoiceField
from treatments.enums import language_choices
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


class CoordinatorForm(ModelForm[Coordinator]):
    """What a coordinator can take, and when they work."""

    HOURS: ClassVar = tuple(f"hours_{weekday}" for weekday in range(1, 8))

    user = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.filter(role__in=[Role.COORDINATOR, Role.MANAGER]).order_by("name")
    )
    speaks = forms.MultipleChoiceField(
        label=_("Languages"), choices=language_choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    treatments = TreatmentChoice(
        label=_("Knows these treatments"), queryset=Treatment.objects.order_by("position"), required=False
    )
    hours_1 = HoursField(1)
    hours_2 = HoursField(2)
    hours_3 = HoursField(3)
    hours_4 = HoursField(4)
    hours_5 = HoursField(5)
    hours_6 = HoursField(6)
    hours_7 = HoursField(7)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_or_clinics, required=False)
    holiday_country = forms.ChoiceField(label=_("Public holidays of"), choices=country_or_clinics, required=False)
    holiday_region = forms.ChoiceField(
        label=_("Region"),
        choices=region_choices,
        required=False,
        help_text=_(
            "For holidays that only a part of the country has. "
            "For a region of another country, choose the country and save first."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        if "user" in self.fields:
            people: Any = self.fields["user"]
            people.queryset = people.queryset.filter(coordinator__isnull=True)
        if self.instance.pk:
            self.initial["speaks"] = [item.language for item in self.instance.languages.all()]
            rows = list(self.instance.hours.all())
            for weekday, name in enumerate(self.HOURS, start=1):
                self.initial[name] = [Hours(row.starts_at, row.ends_at) for row in rows if row.weekday == weekday]
            if self.instance.holiday_region:
                country = self.instance.holiday_country or clinic_country()
                self.initial["holiday_region"] = f"{country}-{self.instance.holiday_region}"
        zones: Any = self.fields["time_zone"]
        zones.choices = zone_or_clinics(self.instance.time_zone)
        self._offer_regions()

    def _offer_regions(self) -> None:
        """Offer the regions of the country that is chosen or stored; a region of any country is read all the same."""
        if self.is_bound:
            country = self.data.get(self.add_prefix("holiday_country"), "")
        elif self.instance.pk:
            country = self.instance.holiday_country
        else:
            return
        regions: Any = self.fields["holiday_region"]
        regions.widget.choices = region_choices(country or clinic_country())

    def clean(self) -> dict[str, Any]:
        """Refuse a region of another country; keep the region's code without the country's."""
        values = super().clean() or {}
        if "holiday_country" in values and values.get("holiday_region"):
            country, region = values["holiday_region"].split("-", 1)
            values["holiday_region"] = region
            if country != (values["holiday_country"] or clinic_country()):
                self.add_error("holiday_region", _("This region belongs to another country."))
        return values

    @property
    def week(self) -> list[tuple[int, Hours]]:
        """The hours of a valid form: ISO weekday and hours."""
        return [
            (weekday, hours)
            for weekday, name in enumerate(self.HOURS, start=1)
            for hours in self.cleaned_data.get(name, [])
        ]

    class Meta:
        model = Coordinator
        fields = (
            "user", "display_name", "title", "speaks", "treatments", "takes_inquiries", "is_shown",
            "time_zone", "holiday_country", "holiday_region",
        )  # fmt: skip


def check_year(day: date) -> None:
    """Refuse a mistyped year."""
    if not 2000 <= day.year < 2200:  # noqa: PLR2004  # no clinic plans further
        raise forms.ValidationError(_("Check the year."), code="year")


class ClockInput(forms.TimeInput):
    """A time without seconds, by the browser's own control."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class AbsenceForm(ModelForm[Absence]):
    """Days away, and who covers; the admin says whose absence it is where the form does not ask."""

    absent: ClassVar[Coordinator | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        for name in ("starts_on", "ends_on"):
            self.fields[name].validators.append(check_year)
        policy = get_policy()
        if self.absent:
            clock = gettext("On the clock of %(zone)s.") % {"zone": zone_of(self.absent, policy)}
        else:
            clock = gettext("On the clock of whoever is away; the clinic's is %(zone)s.") % {"zone": policy.zone}
        for name in ("from_time", "until_time"):
            self.fields[name].help_text = gettext("Leave empty for the whole day.") + " " + clock
        # Whoever is chosen already stays in the list, but for somebody whose account is closed.
        team = Coordinator.objects.filter(user__is_active=True).order_by("display_name")
        replacements: Any = self.fields["replacement"]
        replacements.queryset = team.filter(Q(takes_inquiries=True) | Q(pk=self.instance.replacement_id))
        replacements.empty_label = pgettext("who covers", "nobody")
        if "coordinator" in self.fields:
            absent: Any = self.fields["coordinator"]
            absent.queryset = team | Coordinator.objects.filter(pk=self.instance.coordinator_id)

    def clean(self) -> dict[str, Any]:
        """Refuse an absence that ends before it starts, and one that its own person covers."""
        values = super().clean() or {}
        first, last = values.get("starts_on"), values.get("ends_on")
        away_from, away_until = values.get("from_time"), values.get("until_time")
        if first and last and last < first:
            self.add_error("ends_on", _("Enter a day that is not before the first day away."))
        elif first and first == last and away_from and away_until and away_until <= away_from:
            self.add_error("until_time", _("Enter a time that is later than when the absence begins."))
        absent = values.get("coordinator") or self.absent
        if absent and values.get("replacement") == absent:
            self.add_error("replacement", _("Choose somebody else: nobody can cover for themselves."))
        return values

    class Meta:
        model = Absence
        fields = ("coordinator", "starts_on", "from_time", "ends_on", "until_time", "replacement")
        widgets = {"from_time": ClockInput, "until_time": ClockInput}


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


class ReplyPolicyForm(ModelForm[ReplyPolicy]):
    """Office hours, promise, fallback."""

    weekdays = WeekdaysField(label=_("Working days"))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        fallback: Any = self.fields["fallback"]
        # Also somebody to whom the rule gives nothing else; whoever is chosen already stays in the list.
        offered = Q(user__is_active=True) | Q(pk=self.instance.fallback_id)
        fallback.queryset = Coordinator.objects.filter(offered).order_by("display_name")
        zones: Any = self.fields["time_zone"]
        zones.choices = time_zone_choices(self.instance.time_zone)

    def clean(self) -> dict[str, Any]:
        """Refuse a day that closes before it opens."""
        values = super().clean() or {}
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("Enter a time that is later than when the day opens."))
        return values

    class Meta:
        model = ReplyPolicy
        fields = (
            "weekdays", "opens_at", "closes_at", "time_zone", "reply_hours", "fallback", "fallback_mailbox",
        )  # fmt: skip


class SpecialDayForm(ModelForm[SpecialDay]):
    """A day with other hours, or none."""

    def clean(self) -> dict[str, Any]:
        """Refuse half of the hours, and a day that closes before it opens."""
        values = super().clean() or {}
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if "opens_at" in values and "closes_at" in values and (opens is None) != (closes is None):
            missing = "opens_at" if opens is None else "closes_at"
            self.add_error(missing, _("Enter both times, or neither if the clinic is closed."))
        elif opens and closes and closes <= opens:
            self.add_error("closes_at", _("Enter a time that is later than when the day opens."))
        return values

    class Meta:
        model = SpecialDay
        fields = ("day_on", "opens_at", "closes_at", "note")
        widgets = {"opens_at": ClockInput, "closes_at": ClockInput}
