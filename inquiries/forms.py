"""The inquiry form: asks little, refuses nothing on format that a person could mean."""

import uuid
from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coordinators.roster import spoken_languages
from inquiries.consent import CONSENT_VERSION, consent_label
from inquiries.countries import find_country
from inquiries.enums import UNSURE, CallTime, ContactBy, ForWhom
from inquiries.form_errors import error_links
from inquiries.form_fields import CountryInput, LineField, TextField
from inquiries.moments import known_zone
from inquiries.readable import parsed_phone
from inquiries.services.assigning import OTHER_LANGUAGE
from inquiries.services.submit import Submission
from inquiries.text import one_line
from treatments.models import Treatment
from treatments.reading import teasers

MESSAGE_LENGTH = 1500


class InquiryForm(forms.Form):
    """The minimal inquiry: about ten fields, under two minutes."""

    treatment = forms.ChoiceField(
        label=gettext_lazy("Which treatment is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a treatment, or “I don't know yet”.")},
    )
    name = LineField(
        label=gettext_lazy("Your full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": gettext_lazy("Enter your name."),
            "max_length": gettext_lazy("Enter a name of at most %(limit_value)d characters."),
        },
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("We send you a confirmation with a reference. No health details are sent by e-mail."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "dir": "ltr"}),
        error_messages={
            "invalid": gettext_lazy("Enter one e-mail address, for example name@example.com."),
            "max_length": gettext_lazy("Enter an e-mail address of at most %(limit_value)d characters."),
        },
    )
    contact_by = forms.MultipleChoiceField(
        label=gettext_lazy("How may we contact you?"),
        choices=ContactBy,
        help_text=gettext_lazy("Choose one or more."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose how we may contact you.")},
    )
    phone = LineField(
        label=gettext_lazy("Phone number"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only needed if we may call or text you. Write it the way you usually do."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
        error_messages={"max_length": gettext_lazy("Enter a phone number of at most %(limit_value)d characters.")},
    )
    call_time = forms.ChoiceField(
        label=gettext_lazy("Best time to call you"),
        required=False,
        choices=[("", gettext_lazy("Any time")), *CallTime.choices],
        help_text=gettext_lazy("Your own time of day. We only call if you chose it above."),
        widget=forms.RadioSelect,
    )
    country = LineField(
        label=gettext_lazy("Country you live in"),
        max_length=80,
        help_text=gettext_lazy("So that we read your phone number correctly and know your time of day."),
        widget=CountryInput(attrs={"autocomplete": "country-name"}),
        error_messages={
            "required": gettext_lazy("Enter the country you live in."),
            "max_length": gettext_lazy("Enter a country of at most %(limit_value)d characters."),
        },
    )
    preferred_language = forms.ChoiceField(
        label=gettext_lazy("In which language should we answer?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the language of our answer.")},
    )
    for_whom = forms.ChoiceField(
        label=gettext_lazy("Who is the inquiry for?"),
        choices=ForWhom,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who the inquiry is for.")},
    )
    message = TextField(
        label=gettext_lazy("Your message"),
        required=False,
        max_length=MESSAGE_LENGTH,
        help_text=gettext_lazy("You do not need to write medical details now. At most 1,500 characters."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "max_length": gettext_lazy(
                "Shorten your message to %(limit_value)d characters; it has %(show_value)d now."
            ),
        },
    )
    consent = forms.BooleanField(
        error_messages={
            "required": gettext_lazy("Tick the box if you agree. Without it we may not read your inquiry.")
        },
    )
    consent_version = forms.CharField(required=False, widget=forms.HiddenInput)
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)
    submission_id = forms.CharField(required=False, widget=forms.HiddenInput)
    elapsed_ms = forms.CharField(required=False, widget=forms.HiddenInput)
    # Hidden from people, tempting for robots: whatever stands in it leads to quarantine, never to deletion.
    subject_line = forms.CharField(required=False, label=gettext_lazy("Leave this field empty"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        language = get_language() or settings.LANGUAGE_CODE
        titles = [(teaser.code, teaser.title) for teaser in teasers(language)]
        self._offer(
            "treatment",
            [*titles, (UNSURE, _("I don't know yet"))],
            Treatment.objects.values_list("code", flat=True),
        )
        spoken = spoken_languages()
        languages = [(code, capfirst(name)) for code, name in settings.LANGUAGES if code in spoken]
        self._offer(
            "preferred_language",
            [*languages, (OTHER_LANGUAGE, _("Another language"))],
            [code for code, _name in settings.LANGUAGES],
        )
        self.fields["consent"].label = consent_label()
        self.fields["consent_version"].initial = CONSENT_VERSION
        self.helper = _helper()

    def _offer(self, field: str, choices: list[tuple[str, str]], also_valid: Iterable[str]) -> None:
        """Offer `choices`; a page kept in a browser may still send one that was offered a while ago."""
        posted = self.data.get(field) if self.is_bound else None
        offered = {code for code, _label in choices}
        if posted and posted not in offered and posted in set(also_valid):
            choices = [*choices[:-1], (posted, posted), choices[-1]]
        self.fields[field].choices = choices  # type: ignore[attr-defined]  # both are ChoiceFields

    def clean_country(self) -> str:
        """Return the code of the country that was typed."""
        code = find_country(self.cleaned_data["country"])
        if code is None:
            raise forms.ValidationError(
                _("We do not know this country. Choose one from the list, or type its name in English."),
                code="unknown",
            )
        return code

    def clean_email(self) -> str:
        """Return the address without what turns the direction of writing."""
        return one_line(self.cleaned_data["email"])

    def clean_consent_version(self) -> str:
        """Return the version of the text that the visitor saw; a client that does not say saw the current one."""
        return self.cleaned_data["consent_version"] or CONSENT_VERSION

    def clean(self) -> dict[str, Any]:
        """Check that every chosen way of contact has its address, and that the consent text is the current one."""
        cleaned = super().clean() or self.cleaned_data
        chosen = set(cleaned.get("contact_by", ()))
        if ContactBy.EMAIL in chosen and not cleaned.get("email") and "email" not in self.errors:
            self.add_error(
                "email",
                forms.ValidationError(
                    _("Enter your e-mail address, or choose another way of contact."), code="required"
                ),
            )
        if chosen & {ContactBy.PHONE, ContactBy.TEXT} and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error(
                "phone",
                forms.ValidationError(_("Enter your phone number, or choose another way of contact."), code="required"),
            )
        if cleaned.get("consent") and cleaned.get("consent_version") != CONSENT_VERSION:
            message = _(
                "This text has changed since you opened the page. Please read it again and tick the box if you agree."
            )
            self.add_error("consent", forms.ValidationError(message, code="changed"))
            self._ask_for_consent_again()
        return cleaned

    def _ask_for_consent_again(self) -> None:
        """Show the current text with its box unticked; everything else stays as typed."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # posted data is a QueryDict
        data.pop("consent", None)
        data["consent_version"] = CONSENT_VERSION
        self.data = data

    @property
    def error_links(self) -> list[tuple[str, str]]:
        """The errors as (id of the input, message), for the summary on top."""
        return error_links(self)

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """The errors as (field, code): what is wrong with an answer, never the answer."""
        errors = self.errors.as_data()
        return [(name, error.code or "invalid") for name, found in errors.items() for error in found]

    @property
    def treatment_code(self) -> str:
        """The code of the treatment that was validly chosen; empty for none and for “I don't know yet”."""
        code: str = self.cleaned_data.get("treatment", "")
        return "" if code == UNSURE else code

    @property
    def is_by_robot(self) -> bool:
        """Whether the field that people do not see is filled in."""
        return bool(self.cleaned_data.get("subject_line"))

    def as_submission(self, *, language: str, network_digest: str, origin_was_checked: bool) -> Submission:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        phone = data["phone"]
        code = data["treatment"]
        return Submission(
            treatment=None if code == UNSURE else Treatment.objects.get(code=code),
            name=data["name"],
            email=data["email"],
            contact_by=tuple(data["contact_by"]),
            phone=phone,
            phone_is_doubtful=bool(phone) and parsed_phone(phone, data["country"]) is None,
            call_time=data["call_time"],
            country=data["country"],
            preferred_language=data["preferred_language"],
            for_whom=data["for_whom"],
            message=data["message"],
            language=language,
            network_digest=network_digest,
            time_zone=known_zone(data["time_zone"]),
            submission_id=_uuid_or_none(data["submission_id"]),
            elapsed_ms=_count_or_none(data["elapsed_ms"]),
            honeypot=data["subject_line"],
            origin_was_checked=origin_was_checked,
        )


def _helper() -> FormHelper:
    """Return the form's markup: no token, because public pages set no cookie to tie one to."""
    helper = FormHelper()
    helper.form_method = "post"
    # Not the page's own address: where the connection breaks, the way back leads to the filled form, not past it.
    helper.form_action = reverse("inquiries:form") + "?send"
    helper.form_id = "inquiry-form"
    helper.disable_csrf = True
    helper.attrs = {"novalidate": True}
    helper.form_error_title = _("Please check these answers")
    helper.layout = Layout(
        "treatment", "name", "email", "contact_by", "phone", "call_time", "country", "preferred_language", "for_whom",
        "message", "consent", "consent_version", "time_zone", "submission_id", "elapsed_ms", "subject_line",
    )  # fmt: skip
    return helper


def _uuid_or_none(text: str) -> uuid.UUID | None:
    """Return a UUID as browsers make them, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _count_or_none(text: str) -> int | None:
    """Return a whole number of milliseconds, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None  # noqa: PLR2004  # years
