"""Forms of the team: what the database would refuse is said in words, at the field."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from coordinators.enums import Role
from coordinators.models import Absence, Coordinator, ReplyPolicy, User
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


class CoordinatorForm(ModelForm[Coordinator]):
    """What a coordinator can take."""

    user = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.filter(role__in=[Role.COORDINATOR, Role.MANAGER]).order_by("name")
    )
    speaks = forms.MultipleChoiceField(
        label=_("Languages"), choices=language_choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    treatments = TreatmentChoice(
        label=_("Knows these treatments"), queryset=Treatment.objects.order_by("position"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        if "user" in self.fields:
            people: Any = self.fields["user"]
            people.queryset = people.queryset.filter(coordinator__isnull=True)
        if self.instance.pk:
            self.initial["speaks"] = [item.language for item in self.instance.languages.all()]

    class Meta:
        model = Coordinator
        fields = ("user", "display_name", "title", "speaks", "treatments", "takes_inquiries", "is_shown")


class AbsenceForm(ModelForm[Absence]):
    """Days away."""

    def clean(self) -> dict[str, Any]:
        """Refuse an absence that ends before it starts."""
        values = super().clean() or {}
        first, last = values.get("starts_on"), values.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Enter a day that is not before the first day away."))
        return values

    class Meta:
        model = Absence
        fields = ("coordinator", "starts_on", "ends_on")


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
