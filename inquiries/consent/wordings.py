"""The wordings of the consent as they were released: a folder for each version, a file for each language.

They are content, not catalogue: whoever mends a catalogue must not change what patients agreed to. A released text
never changes; another wording is another version (`texts/<date>/<language>.txt`), in all languages together.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

TEXTS = Path(__file__).resolve().parent / "texts"


@dataclass(frozen=True)
class Wording:
    """One version of the consent in one language."""

    version: str
    language: str
    text: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the text, under which it is kept."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def released() -> dict[str, dict[str, Wording]]:
    """Return every wording by its version, the oldest first, and by its language."""
    return {
        folder.name: {
            language: Wording(folder.name, language, path.read_text(encoding="utf-8").strip())
            for language, path in sorted(_files(folder).items())
        }
        for folder in sorted(TEXTS.iterdir())
    }


def _files(folder: Path) -> dict[str, Path]:
    """Return the files of a version by language: the project's, and those beside the catalogue of an added language."""
    added = {
        path.parent.parent.name.replace("_", "-").lower(): path
        for locale_dir in settings.LOCALE_PATHS
        for path in Path(locale_dir).glob(f"*/consent/{folder.name}.txt")
    }
    return {**added, **{path.stem: path for path in folder.glob("*.txt")}}


# Versions are dates, so the last is the newest.
CONSENT_VERSION = list(released())[-1]


def current_wording(language: str | None = None) -> Wording:
    """Return the current wording in `language` (the active one unless told otherwise).

    A language without a text of its own, as an added one may be, gets the source language's: nobody agrees to nothing.
    """
    texts = released()[CONSENT_VERSION]
    return texts.get(language or get_language() or "") or texts[settings.LANGUAGE_CODE]


def consent_text(language: str | None = None) -> str:
    """Return the current text in `language` (the active one unless told otherwise)."""
    return current_wording(language).text


def consent_digest(language: str) -> str:
    """Return the digest of the current text as it is shown in `language`."""
    return current_wording(language).digest


def consent_label() -> str | SafeString:
    """Return the current text for a page in the active language, marked when it is in another one."""
    wording = current_wording()
    if wording.language == get_language():
        return wording.text
    direction = "rtl" if get_language_info(wording.language)["bidi"] else "ltr"
    return format_html('<span lang="{}" dir="{}">{}</span>', wording.language, direction, wording.text)
