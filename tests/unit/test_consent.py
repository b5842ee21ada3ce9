"""The consent's wordings: frozen once released, complete in every language, and clear about what they allow."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from pytest_django import Settings

from inquiries.consent import (
    CONSENT_VERSION,
    consent_digest,
    consent_label,
    consent_text,
    current_wording,
    released,
)

REGISTRY = Path(__file__).parents[1] / "data" / "consent_digests.toml"
PINNED: dict[str, dict[str, str]] = tomllib.loads(REGISTRY.read_text(encoding="utf-8"))
LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Stems that every text must hold: health data, both purposes, withdrawal at any time. A new language adds its own.
NAMED = {
    "en": ("health information", "assess my request", "answer me", "withdraw my consent at any time"),
    "de": ("Gesundheit", "mein Anliegen zu prüfen", "mir zu antworten", "jederzeit zurücknehmen"),
    "hr": ("podatke o zdravlju", "procijenila moj zahtjev", "odgovorila mi", "povući u svakom trenutku"),
    "nl": ("gezondheidsgegevens", "mijn vraag te beoordelen", "mij te antwoorden", "op elk moment intrekken"),
    "it": ("dati relativi alla salute", "valutarla", "rispondermi", "revocare il consenso in qualsiasi momento"),
}


def test_a_released_text_never_changes() -> None:
    """Fails after any change of a text: put the old one back, and make a new version of the new one."""
    found = {
        version: {language: wording.digest for language, wording in texts.items()}
        for version, texts in released().items()
    }
    assert found == PINNED


def test_versions_are_dates_and_the_newest_is_shown() -> None:
    assert [date.fromisoformat(version).isoformat() for version in released()] == sorted(PINNED)
    assert max(PINNED) == CONSENT_VERSION


def test_every_language_of_the_site_has_the_newest_version() -> None:
    assert set(released()[CONSENT_VERSION]) == set(LANGUAGES)


@pytest.mark.parametrize("version", sorted(PINNED))
def test_a_version_loses_no_language(version: str) -> None:
    later = [set(texts) for other, texts in released().items() if other >= version]
    assert all(set(released()[version]) <= languages for languages in later)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_names_health_data_purposes_and_withdrawal(language: str) -> None:
    text = consent_text(language)
    assert [words for words in NAMED[language] if words not in text] == []
    assert text == " ".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_is_that_of_the_active_language(language: str) -> None:
    with translation.override(language):
        assert current_wording().language == language
        assert consent_text() == consent_label() == consent_text(language)
        assert current_wording().digest == consent_digest(language)


def test_a_language_without_a_text_shows_the_source_and_says_so() -> None:
    with translation.override("ar"):
        assert current_wording().language == "en"
        assert consent_label() == f'<span lang="en" dir="ltr">{consent_text("en")}</span>'
    with translation.override(None):
        assert consent_text() == consent_text("en")


def test_an_added_language_brings_its_text_beside_its_catalogue(tmp_path: Path, settings: Settings) -> None:
    for language, text in (("pt_BR", "Concordo."), ("de", "Etwas anderes.")):
        folder = tmp_path / language / "consent"
        folder.mkdir(parents=True)
        (folder / f"{CONSENT_VERSION}.txt").write_text(f"{text}\n", encoding="utf-8")
        (folder / "1999-01-01.txt").write_text("Nobody's version.", encoding="utf-8")
    german = consent_text("de")
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path]
    released.cache_clear()
    try:
        assert consent_text("pt-br") == "Concordo."
        assert consent_text("de") == german
        assert set(released()) == set(PINNED)
    finally:
        released.cache_clear()
