"""Forms of the content: what the database would refuse is said in words, at the field."""

from collections.abc import Iterable
from typing import Any, ClassVar

import phonenumbers
from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from treatments.admin.typed import ModelForm
from treatments.admin.versions import GuardedForm
from treatments.claim_rules import NoClaimRulesError
from treatments.content_files import ContentError, cited
from treatments.enums import Guidance, PublicationState
from treatments.models import Clinic, Page, SharedSection, SitePage, Source, Treatment, TreatmentPage
from treatments.outline import SLOTS
from treatments.publishing import (
    Standing,
    claims_of_section,
    claims_of_sections,
    claims_of_texts,
    is_shared_section_public,
    known_sources,
    refusal,
    rules_refusal,
)
from treatments.zones import canonical_zones

LARGE = forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField prose-field"})
SMALL = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})


def time_zone_choices(stored: str = "") -> list[tuple[str, str]]:
    """Return the time zones of places that people know, Europe's first; and the `stored` one, whatever its name."""
    names = canonical_zones() | ({stored} if stored else set())
    in_order = sorted(names, key=lambda name: (not name.startswith("Europe/"), name))
    return [(name, name.replace("_", " ")) for name in in_order]


class TreatmentForm(ModelForm[Treatment]):
    """The typed facts of a treatment."""

    RANGES: ClassVar = (
        ("minutes_min", "minutes_max"),
        ("sessions_min", "sessions_max"),
        ("interval_days_min", "interval_days_max"),
        ("onset_days_min", "onset_days_max"),
        ("lasting_weeks_min", "lasting_weeks_max"),
    )

    guidance = forms.MultipleChoiceField(
        label=_("Pictures used"), choices=Guidance, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it starts, or that lacks one end."""
        values = super().clean() or {}
        for low_name, high_name in self.RANGES:
            low, high = values.get(low_name), values.get(high_name)
            if low is not None and high is not None and high < low:
                self.add_error(high_name, _("Enter a number that is not smaller than the one before."))
            elif (low is None) != (high is None) and not {low_name, high_name} & set(self.errors):
                self.add_error(high_name if high is None else low_name, _("Enter both numbers, or leave both empty."))
        return values


class PageForm:
    """Rules of every page; mixed in before a model's form.

    What a page is about and its language stay. They are disabled rather than left out of the form, since Django checks
    only the constraints whose fields are all in it.
    """

    fixed: ClassVar[tuple[str, ...]] = ()
    has_shared_sections: ClassVar[bool] = False

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # whichever form it is mixed into
        super().__init__(*args, **kwargs)
        for name in self.fixed:
            self.fields[name].disabled = bool(self.instance.pk)

    def clean(self: Any) -> dict[str, Any]:  # whichever form it is mixed into
        """Refuse half a review, and to publish what claims too much."""
        values: dict[str, Any] = super().clean() or {}  # type: ignore[misc]  # the form's own
        if values.get("reviewer") and not values.get("reviewed_on"):
            self.add_error("reviewed_on", _("Enter the day on which the doctor reviewed the page."))
        if values.get("reviewed_on") and not values.get("reviewer"):
            self.add_error("reviewer", _("Enter the name and title of the doctor who reviewed the page."))
        self.check_dates(values)
        if values.get("state") == PublicationState.PUBLISHED and values.get("language"):
            self.refuse_claims(values)
        return values

    def check_dates(self: Any, values: dict[str, Any]) -> None:  # whichever form it is mixed into
        """Refuse a review of a text that was not written yet, and a next one that is not after it."""
        written, reviewed, due = (values.get(name) for name in ("written_on", "reviewed_on", "review_due_on"))
        if written and reviewed and reviewed < written:
            self.add_error("reviewed_on", _("The page was written after this day. Enter the day of the review."))
        if reviewed and due and due <= reviewed:
            self.add_error("review_due_on", _("Enter a day after the review."))

    def refuse_claims(self: Any, values: dict[str, Any]) -> None:  # whichever form it is mixed into
        """Say which of the page's texts keeps it from being published; its sections are read by SectionFormSet."""
        language = values["language"]
        shared = SharedSection.objects.filter(language=language) if self.has_shared_sections else ()
        try:
            add_refusals(self, claims_of_texts(values, language))
            sources = known_sources()
            for section in shared:
                for standing in claims_of_sections([section], language, sources):
                    message = _("The shared section “%(section)s” keeps the page from being published. %(refusal)s")
                    self.add_error("state", message % {"section": section, "refusal": refusal(standing)})
        except (NoClaimRulesError, ContentError) as error:
            self.add_error("state", rules_refusal(error))


class TreatmentPageForm(GuardedForm, PageForm, ModelForm[TreatmentPage]):
    """A treatment's page in one language."""

    fixed = ("treatment", "language")
    has_shared_sections = True

    def clean_slug(self) -> str:
        """Refuse a page that could not be reached."""
        slug: str = self.cleaned_data["slug"]
        if not slug:
            raise forms.ValidationError(_("Enter the page's address."), code="required")
        return slug

    class Meta:
        model = TreatmentPage
        fields = "__all__"
        widgets = {"answer": SMALL}


class SitePageForm(GuardedForm, PageForm, ModelForm[SitePage]):
    """A page about the site in one language."""

    fixed = ("key", "language")

    def clean(self) -> dict[str, Any]:
        """Refuse a page that could not be reached; two kinds stand at an address of their own."""
        values = super().clean()
        if values.get("key") not in {SitePage.HOME, SitePage.TREATMENTS} and not values.get("slug"):
            self.add_error("slug", forms.ValidationError(_("Enter the page's address."), code="required"))
        return values

    class Meta:
        model = SitePage
        fields = "__all__"
        widgets = {"answer": SMALL}


class SectionForm:
    """Rules of every section; mixed in before a model's form."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # whichever form it is mixed into
        super().__init__(*args, **kwargs)
        # The place of a section stays; a page of many sections must also fit into DATA_UPLOAD_MAX_NUMBER_FIELDS.
        if self.instance.pk and "key" in self.fields:
            self.fields["key"].disabled = True

    def clean_body(self: Any) -> str:  # whichever form it is mixed into
        """Refuse a text that cites what is not among the sources."""
        body: str = self.cleaned_data["body"]
        keys = set(cited(body))
        unknown = keys - set(Source.objects.filter(key__in=keys).values_list("key", flat=True))
        if unknown:
            message = _("There is no source with this key: %(keys)s. Add it under “Sources” first.")
            raise forms.ValidationError(message, code="unknown", params={"keys": ", ".join(sorted(unknown))})
        return body


class SharedForm(SectionForm):
    """Rules of a section that all pages of a language share; mixed in before a model's form."""

    def clean(self: Any) -> dict[str, Any]:  # whichever form it is mixed into
        """Refuse what claims too much once visitors read it; before that, the page cannot be published."""
        values: dict[str, Any] = super().clean() or {}  # type: ignore[misc]  # the form's own
        language = values.get("language") or self.instance.language
        if "body" in values and "heading" in values and is_shared_section_public(language):
            refuse_section(self, language, known_sources())
        return values


class SectionFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # sections of either kind of page
    """The sections of a page; those of a page that is to be published must not claim too much."""

    def clean(self) -> None:
        """Say at each section what keeps the page from being published."""
        super().clean()
        page: Page = self.instance
        if not page.is_public:
            return
        sources = known_sources()
        for form in self.forms:
            values = form.cleaned_data
            is_left_empty = form.empty_permitted and not form.has_changed()
            if {"heading", "body"} <= set(values) and not is_left_empty and not values.get(DELETION_FIELD_NAME):
                refuse_section(form, page.language, sources)


def refuse_section(form: Any, language: str, sources: frozenset[str]) -> None:  # noqa: ANN401  # whichever section's form
    """Say at a section's fields what claims too much."""
    try:
        values = form.cleaned_data
        add_refusals(form, claims_of_section(values["heading"], values["body"], language, sources))
    except (NoClaimRulesError, ContentError) as error:
        form.add_error("body", rules_refusal(error))


def add_refusals(form: Any, found: Iterable[Standing]) -> None:  # noqa: ANN401  # a page's or a section's form
    """Put each finding at its field, or above the form where it has no such field."""
    for standing in found:
        form.add_error(standing.field if standing.field in form.fields else None, refusal(standing))


def outline_choices(*, shared: bool) -> list[tuple[str, str]]:
    """Return the keys of the outline's sections: those of one page, or those that all pages share."""
    return [(slot.key, slot.key) for slot in SLOTS if slot.shared == shared]


class ClinicForm(GuardedForm, ModelForm[Clinic]):
    """The clinic's public facts."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)
    patient_countries = forms.MultipleChoiceField(
        label=_("Countries that patients come from"),
        choices=lambda: list(countries),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=_("Their emergency numbers stand on the safety card."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        zones: Any = self.fields["time_zone"]
        zones.choices = time_zone_choices(self.instance.time_zone)

    def clean_country(self) -> str:
        """Keep the country's code in capitals; refuse one that no country has."""
        country: str = self.cleaned_data["country"].upper()
        if country not in dict(countries):
            raise forms.ValidationError(_("There is no country with this code."), code="unknown")
        return country

    def clean_phone(self) -> str:
        """Refuse what no phone can dial: the safety card tells patients to call this number."""
        phone: str = self.cleaned_data["phone"]
        try:
            number = phonenumbers.parse(phone, self.data.get("country", "").upper() or None)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise forms.ValidationError(
                _("Enter a phone number, with + and the country's code, for example +385 1 234 5678."), code="invalid"
            )
        return phone

    class Meta:
        model = Clinic
        fields = "__all__"
