"""Forms of the clinic's people and of what patients said."""

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from treatments.admin.typed import ModelForm
from treatments.claim_rules import NoClaimRulesError
from treatments.content_files import ContentError
from treatments.enums import PublicationState
from treatments.models import Doctor, Testimonial
from treatments.publishing import claims_of_testimonial, finding_refusal, rules_refusal


def spoken_language_choices() -> list[tuple[str, str]]:
    """Return every language that Django knows by its own name, without regional variants."""
    names = {code: info["name_local"] for code, info in LANG_INFO.items() if "name_local" in info and "-" not in code}
    return sorted(names.items(), key=lambda choice: choice[1].casefold())


class DoctorForm(ModelForm[Doctor]):
    """A doctor and the languages they speak."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=spoken_language_choices, widget=forms.SelectMultiple(attrs={"size": 12})
    )

    class Meta:
        model = Doctor
        fields = "__all__"


class TestimonialForm(ModelForm[Testimonial]):
    """What a patient said: public only with a consent that can be found, when somebody read it, about no result."""

    def clean(self) -> dict[str, Any]:
        """Refuse to publish without a consent, where it is kept, and a person who allowed it."""
        values = super().clean() or {}
        received, agreed, today = values.get("received_on"), values.get("consent_on"), timezone.localdate()
        if received and received > today:
            self.add_error("received_on", _("This day is still to come."))
        if agreed and agreed > today:
            self.add_error("consent_on", _("This day is still to come."))
        if values.get("state") == PublicationState.PUBLISHED:
            for name, message in (
                ("consent_on", _("Enter the day on which the patient agreed to be quoted.")),
                ("consent_note", _("Say where the patient's consent is kept.")),
                ("moderator", _("Enter who read the text and allowed it.")),
            ):
                if not values.get(name):
                    self.add_error(name, message)
            if values.get("language"):
                self._refuse_results(values)
        return values

    def _refuse_results(self, values: dict[str, Any]) -> None:
        """Refuse a text that speaks of how well a treatment worked."""
        try:
            for finding in claims_of_testimonial(values.get("text", ""), values.get("language", "")):
                self.add_error("text", finding_refusal(finding, can_cite=False))
        except (NoClaimRulesError, ContentError) as error:
            self.add_error("text", rules_refusal(error))

    class Meta:
        model = Testimonial
        fields = "__all__"
