"""What was agreed, in which words: kept with the inquiry, and marked on a page in another language."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from inquiries.consent import CONSENT_VERSION, consent_digest, consent_text, keep_wording
from inquiries.forms import InquiryForm
from inquiries.models import ConsentText, Inquiry
from tests.factories import make_coordinator, make_inquiry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "de", "hr", "nl", "it"])
def test_the_wording_is_kept_as_it_was_shown(language: str) -> None:
    make_coordinator()
    consent = make_inquiry(language=language).consent
    assert (consent.version, consent.language, consent.text) == (CONSENT_VERSION, language, consent_text(language))
    assert consent.pk == consent_digest(language)


def test_one_row_for_all_who_agreed_in_the_same_words() -> None:
    make_coordinator()
    rows = {make_inquiry(email=f"p{number}@example.com", language="de").consent_id for number in range(3)}
    assert len(rows) == ConsentText.objects.count() == 1


def test_an_empty_text_of_the_same_digest_is_filled_in_and_a_kept_one_stays() -> None:
    ConsentText.objects.create(digest=consent_digest("hr"), version="2026-11-21", language="hr")
    used_at = ConsentText.objects.get().first_used_at
    assert keep_wording("hr").text == consent_text("hr")
    assert ConsentText.objects.get().first_used_at == used_at
    ConsentText.objects.update(text="As it was.")
    assert keep_wording("hr").text == "As it was."


def test_a_language_without_a_text_keeps_the_one_that_was_shown() -> None:
    consent = keep_wording("ar")
    assert (consent.language, consent.text) == ("en", consent_text("en"))
    with translation.override("ar"):
        html = str(InquiryForm()["consent"].label)
    assert html == f'<span lang="en" dir="ltr">{consent_text("en")}</span>'


def test_a_wording_that_somebody_agreed_to_cannot_be_deleted() -> None:
    make_coordinator()
    make_inquiry()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentText.objects.all().delete()
    assert Inquiry.objects.get().consent.text


@pytest.mark.parametrize(("path", "language"), [("/en/inquiry/", "en"), ("/de/anfrage/", "de"), ("/hr/upit/", "hr")])
def test_the_form_shows_the_text_beside_its_box(client: Client, path: str, language: str) -> None:
    html = client.get(path).content.decode()
    label = re.search(r'<label[^>]*for="id_consent">.*?</label>', html, re.DOTALL)
    assert label
    assert f"<span>{consent_text(language)}</span>" in label[0]
    assert re.search(rf'name="consent_version"[^>]*value="{CONSENT_VERSION}"', html)
    assert 'type="checkbox"' in label[0]
    assert "checked" not in label[0]
