"""Codes of an inquiry in the reader's words."""

from dataclasses import dataclass

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber, to_python
from phonenumbers import NumberParseException

from inquiries.countries import country_name
from inquiries.enums import CallTime, ContactBy, ForWhom
from inquiries.models import Inquiry
from treatments.models import Treatment, TreatmentPage


@dataclass(frozen=True)
class ReadableInquiry:
    """What a patient chose, in the active language."""

    treatment: str
    contact_by: str
    call_time: str
    country: str
    page_language: str
    preferred_language: str
    for_whom: str


def readable_choices(inquiry: Inquiry) -> ReadableInquiry:
    """Return the patient's choices in the active language."""
    return ReadableInquiry(
        treatment=treatment_title(inquiry.treatment),
        contact_by=", ".join(str(ContactBy(code).label) for code in inquiry.contact_by),
        call_time=str(CallTime(inquiry.call_time).label) if inquiry.call_time else "",
        country=country_name(inquiry.country),
        page_language=language_name(inquiry.language),
        preferred_language=language_name(inquiry.preferred_language),
        for_whom=str(ForWhom(inquiry.for_whom).label),
    )


def treatment_title(treatment: Treatment | None) -> str:
    """Return a treatment's title in the active language, or that the patient does not know it yet."""
    if treatment is None:
        return pgettext("treatment", "not known yet")
    language = get_language() or settings.LANGUAGE_CODE
    titles = dict(TreatmentPage.objects.filter(treatment=treatment).values_list("language", "title"))
    return titles.get(language) or titles.get(settings.LANGUAGE_CODE) or treatment.code


def language_name(code: str) -> str:
    """Return a language's name in the active language; `other` for one that the site does not speak."""
    if code not in LANG_INFO:
        return _("Another language")
    # Django's own catalogues translate the English names of all languages.
    return _(LANG_INFO[code]["name"])


def parsed_phone(typed: str, country: str) -> PhoneNumber | None:
    """Return what was typed as a phone number, read with the country as its region; None if it cannot be one."""
    try:
        number = to_python(typed, region=country)
    except NumberParseException:
        return None
    return number if number and number.is_valid() else None
