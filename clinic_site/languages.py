"""Which languages the site speaks: a language is a catalogue in `locale/`, never a line of code."""

from pathlib import Path

from django.conf.locale import LANG_INFO

SOURCE_LANGUAGE = "en"


def find_languages(locale_dir: Path) -> list[tuple[str, str]]:
    """Return (code, own name) of the source language and of every language with a catalogue in `locale_dir`."""
    codes = {SOURCE_LANGUAGE} | {
        path.parent.parent.name.replace("_", "-").lower() for path in locale_dir.glob("*/LC_MESSAGES/django.po")
    }
    others = sorted(codes - {SOURCE_LANGUAGE})
    return [(code, LANG_INFO[code]["name_local"]) for code in [SOURCE_LANGUAGE, *others]]
