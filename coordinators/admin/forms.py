"""Forms of the team: what the database would refuse is said in words, at the field."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from coordinators.admin.fields import (
    ClockInput,
    HoursField,
    TreatmentChoice,
    WeekdaysField,
    check_year,
    country_or_clinics,
    region_choices,
    zone_or_clinics,
)
from coordinators.enums import Role
from coordinators.hours import Hours
from coordinators.models import Absence, Coordinator, ReplyPolicy, SpecialDay, User
from coordinators.roster import clinic_country, get_policy, zone_of
from treatments.admin.forms import time_zone_choices
from treatments.admin.typed import ModelForm
from treatments.enums import language_choices
from treatments.models import Treatment


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
