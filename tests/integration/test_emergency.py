"""The emergency card: whole, before the form, never stale, with the right numbers, asking and storing nothing."""

import re

import phonenumbers
import pytest
from django.apps import apps
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation
from django_countries import countries

from coordinators.demo import create_demo_team
from inquiries.emails import build_email
from inquiries.enums import EmailKind
from inquiries.forms import InquiryForm
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.receipts import receipt_token
from tests.factories import make_inquiry
from tests.pages import LANGUAGES
from treatments import safety
from treatments.emergency import EVERYWHERE, OutOfHours, known_countries, numbers_in, numbers_of, out_of_hours_of
from treatments.models import Clinic, PageSection, SharedSection, TreatmentPage

pytestmark = pytest.mark.django_db

EU = (
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
)  # fmt: skip
OTHERS = (
    "IS", "LI", "NO", "CH", "GB", "BA", "RS", "ME", "MK", "AL", "XK", "TR", "UA", "US", "CA", "AU", "NZ", "IL", "AE",
    "SA",
)  # fmt: skip
# Serbia's ambulance has this number (studyinserbia.rs); the library knows it only as a short number.
UNKNOWN_TO_THE_LIBRARY = {("RS", "194")}
SENTENCES = (*safety.EMERGENCY_SIGNS, safety.NUMB_LEG, safety.DO_NOT_WAIT)
SYMPTOMS = re.compile(
    r"saddle|cauda|numb(?!er)|bladder|bowel|urin|stool|incontinen|genital|sexual|weak|fever|symptom|red.?flag|triage.?score",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def _demo() -> None:
    create_demo_team()


def text_of(html: str) -> str:
    """Return words without tags and with single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("&#x27;", "'")


def card_in(html: str) -> str:
    """Return the emergency card of a page."""
    start = html.index('id="safety"')
    return html[start : html.index("</section>", start)]


def treatment_paths() -> list[str]:
    return [page.get_absolute_url() for page in TreatmentPage.objects.published().filter(language__in=LANGUAGES)]


def form_path(language: str) -> str:
    with translation.override(language):
        return reverse("inquiries:form")


def confirmation_of(client: Browser, inquiry: Inquiry) -> str:
    url = reverse("inquiries:confirmation", kwargs={"token": receipt_token(inquiry.pk)})
    return client.get(url).content.decode()


def test_every_wanted_country_is_known_and_has_a_name() -> None:
    assert {*EU, *OTHERS} <= set(known_countries())
    for language in LANGUAGES:
        with translation.override(language):
            assert all(len(item.country) > 3 for item in numbers_of(known_countries()))


@pytest.mark.parametrize("code", known_countries())
def test_every_number_is_an_emergency_number_of_its_country(code: str) -> None:
    for number in numbers_in(code).ambulance:
        if (code, number.written) not in UNKNOWN_TO_THE_LIBRARY:
            assert phonenumbers.is_emergency_number(number.dialled, code), number
    assert code in countries.countries or code == "XK"


def test_112_works_in_the_whole_union() -> None:
    assert all(EVERYWHERE in {number.written for number in numbers_in(code).ambulance} for code in EU)


@pytest.mark.parametrize("item", out_of_hours_of(known_countries()), ids=lambda item: item.code)
def test_every_number_for_out_of_hours_is_a_short_number_of_its_country(item: OutOfHours) -> None:
    if item.number is None:
        assert item.service == "huisartsenpost"
        return
    country_code = phonenumbers.country_code_for_region(item.code)
    parsed = phonenumbers.PhoneNumber(country_code=country_code, national_number=int(item.number.dialled))
    assert phonenumbers.is_valid_short_number_for_region(parsed, item.code)


def test_unknown_country_gets_112() -> None:
    for code in ("AQ", "", "??"):
        assert [number.written for number in numbers_in(code).ambulance] == [EVERYWHERE]
        assert numbers_in(code).country == ""


def test_whole_card_stands_before_the_form_on_every_page_with_a_form(client: Browser) -> None:
    for path in [*treatment_paths(), *(form_path(language) for language in LANGUAGES)]:
        html = client.get(path).content.decode()
        assert html.index('id="safety"') < html.index('id="inquiry-form"'), path
        card = text_of(card_in(html))
        with translation.override(path.split("/")[1]):
            assert [str(sentence) for sentence in SENTENCES if str(sentence) not in card] == [], path
            assert [item.country for item in numbers_of(["HR", "CH", "GB"]) if item.country not in card] == [], path
        for number in ("112", "194", "144", "999"):
            assert f'href="tel:{number}"' in card_in(html), path


def test_card_stays_before_the_form_after_a_mistake(client: Browser) -> None:
    html = client.post(form_path("en"), {}, headers={"Sec-Fetch-Site": "same-origin"}).content.decode()
    assert "error-summary" in html
    assert html.index('id="safety"') < html.index('id="inquiry-form"')


def test_card_of_a_treatment_page_shows_where_numbness_counts(client: Browser) -> None:
    for path in treatment_paths():
        assert "illustration-saddle-area" in card_in(client.get(path).content.decode()), path


def test_card_asks_nothing(client: Browser) -> None:
    for path in treatment_paths():
        assert not re.search(
            r"<(input|select|textarea|button|form|details)\b", card_in(client.get(path).content.decode())
        )


def test_nothing_can_store_a_warning_sign() -> None:
    rooms = ("treatments", "coordinators", "inquiries")
    for model in (model for room in rooms for model in apps.get_app_config(room).get_models()):
        for field in model._meta.get_fields():
            words = f"{field.name} {getattr(field, 'verbose_name', '')}"
            assert not SYMPTOMS.search(words), (model.__name__, words)
    for name, asked in InquiryForm().fields.items():
        assert not SYMPTOMS.search(f"{name} {asked.label}"), name


def test_card_needs_no_text_of_an_editors_and_so_is_never_stale(client: Browser) -> None:
    PageSection.objects.all().delete()
    SharedSection.objects.all().delete()
    for path in treatment_paths():
        card = text_of(card_in(client.get(path).content.decode()))
        with translation.override(path.split("/")[1]):
            assert [str(sentence) for sentence in SENTENCES if str(sentence) not in card] == [], path


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_sentence_of_the_card_is_translated(language: str) -> None:
    everything = (
        *SENTENCES, safety.CARD_TITLE, safety.EMERGENCY_TITLE, safety.URGENT_TITLE, *safety.URGENT_SIGNS,
        safety.LATE_SIGNS, safety.DOCTOR_FIRST_TITLE, *safety.SEE_A_DOCTOR_FIRST,
    )  # fmt: skip
    english = [str(sentence) for sentence in everything]
    with translation.override(language):
        assert [text for text, sentence in zip(english, everything, strict=True) if str(sentence) == text] == []


def test_card_shows_the_numbers_of_the_clinics_own_patients(client: Browser) -> None:
    Clinic.objects.update(patient_countries=["US", "AU", "ZZ", "US"])
    card = card_in(client.get(treatment_paths()[0]).content.decode())
    listed = re.findall(r'<li>([^<]+) <span>\s*<a href="tel:(\d+)"', card)
    assert [number for _country, number in listed] == ["911", "000"]
    Clinic.objects.update(patient_countries=[])
    card = card_in(client.get(treatment_paths()[0]).content.decode())
    assert set(re.findall(r'href="tel:(\d+)"', card)) == {EVERYWHERE}


@pytest.mark.parametrize("country", ["HR", "US", "GB", "AT", "SA"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_patients_own_number_follows_the_country_after_sending(client: Browser, country: str, language: str) -> None:
    inquiry = make_inquiry(country=country, language=language, preferred_language=language)
    mail = build_email(OutgoingEmail.objects.get(kind=EmailKind.CONFIRMATION, inquiry=inquiry))
    with translation.override(language):
        own = numbers_in(country)
        card = card_in(confirmation_of(client, inquiry))
    line = re.search(r'<p class="own-number">(.*?)</p>', card, re.DOTALL)
    assert line
    assert own.country in text_of(line[1])
    written = [number.written for number in own.ambulance]
    assert re.findall(r'href="tel:(\d+)"', line[1]) == written
    sent = next(text for text in str(mail.body).splitlines() if f"({own.country})" in text)
    assert re.findall(r"\d+", sent) == written


def test_patient_from_elsewhere_gets_112(client: Browser) -> None:
    inquiry = make_inquiry(country="AQ")
    card = card_in(confirmation_of(client, inquiry))
    assert "own-number" not in card
    assert 'Call <a href="tel:112">112</a> now' in card
    mail = build_email(OutgoingEmail.objects.get(kind=EmailKind.CONFIRMATION, inquiry=inquiry))
    assert "Call 112" in mail.body
    assert "in your country" not in mail.body
