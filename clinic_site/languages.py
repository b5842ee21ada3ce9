"""Which languages the site speaks: a language is a catalogue in one of the locale folders, never a line of code."""

from collections.abc import Iterable
from pathlib import Path

from django.conf.locale import LANG_INFO

SOURCE_LANGUAGE = "en"


def find_languages(locale_dirs: Iterable[Path]) -> list[tuple[str, str]]:
    """Return (code, own name) of the source language and of every language with a catalogue in `locale_dirs`."""
    codes = {SOURCE_LANGUAGE} | {
        path.parent.parent.name.replace("_", "-").lower()
        for folder in locale_dirs
        for path in folder.glob("*/LC_MESSAGES/django.po")
    }
    others = sorted(codes - {SOURCE_LANGUAGE})
    return [(code, LANG_INFO[code]["name_local"]) for code in [SOURCE_LANGUAGE, *others]]
