"""Catalogues of translations: compiled without gettext, and checked for what would reach a patient broken."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib

CATALOGUE = "LC_MESSAGES/django.po"
NAMED = re.compile(r"%\(\w+\)[a-z]")
BRACED = re.compile(r"\{\w*\}")
ANONYMOUS = re.compile(r"(?<!%)%[sdf]")
PLURAL_FORMS = re.compile(r"nplurals\s*=\s*(\d+)")


class _AnyName(dict[str, int]):
    """A mapping that knows every placeholder."""

    def __missing__(self, key: str) -> int:
        return 1


def catalogues(locale_dir: Path) -> list[Path]:
    """Return the catalogue of every language below `locale_dir`."""
    return sorted(locale_dir.glob(f"*/{CATALOGUE}"))


def language_of(catalogue: Path) -> str:
    """Return the name of the language's folder."""
    return catalogue.parent.parent.name


def compile_stale(locale_dirs: Iterable[Path]) -> list[Path]:
    """Compile every catalogue in `locale_dirs` that is newer than its compiled form and return those."""
    stale = [path for folder in locale_dirs for path in folder.glob("*/LC_MESSAGES/*.po") if _is_stale(path)]
    for path in stale:
        draft = path.with_suffix(f".mo.{os.getpid()}")
        draft.write_bytes(polib.pofile(str(path)).to_binary())
        draft.replace(path.with_suffix(".mo"))
    return stale


def _is_stale(path: Path) -> bool:
    """Tell whether a catalogue has to be compiled."""
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns <= path.stat().st_mtime_ns


def problems(locale_dir: Path) -> list[str]:
    """Name every entry that is missing, fuzzy, obsolete, or differs in its placeholders."""
    found = []
    for path in catalogues(locale_dir):
        catalogue = polib.pofile(str(path))
        language, count = language_of(path), plural_forms(catalogue)
        if not count:
            found.append(f"{language}: the header tells no plural forms")
            continue
        for entry in catalogue:
            found += [f"{language}: {fault}: {entry.msgid!r}" for fault in _faults(entry, count)]
    return found


def plural_forms(catalogue: polib.POFile) -> int:
    """Return how many plural forms the header announces; 0 when it does not."""
    announced = PLURAL_FORMS.search(catalogue.metadata.get("Plural-Forms", ""))
    return int(announced[1]) if announced else 0


def _faults(entry: polib.POEntry, count: int) -> Iterator[str]:
    """Yield what is wrong with one entry."""
    if entry.obsolete:
        yield "obsolete"
        return
    if entry.fuzzy:
        yield "fuzzy"
    forms = _translated_forms(entry)
    if len(forms) != (count if entry.msgid_plural else 1) or not all(forms):
        yield "missing"
        return
    # A plural form may spell the number out, as the singular of the source does.
    sources = [text for text in (entry.msgid, entry.msgid_plural) if text]
    for form in forms:
        if not any(_placeholders(form) == _placeholders(source) for source in sources):
            yield f"other placeholders in {form!r}"
        elif _breaks_formatting(form, like=sources[-1]):
            yield f"a stray percent sign in {form!r}"


def _translated_forms(entry: polib.POEntry) -> list[str]:
    """Return the translation, or each of its plural forms."""
    if entry.msgid_plural:
        return list(entry.msgstr_plural.values())
    return [entry.msgstr]


def _placeholders(text: str) -> tuple[set[str], set[str], Counter[str]]:
    """Return the placeholders that a translation has to keep."""
    return set(NAMED.findall(text)), set(BRACED.findall(text)), Counter(ANONYMOUS.findall(text))


def _breaks_formatting(text: str, *, like: str) -> bool:
    """Tell whether filling in the named placeholders of `text` would fail where it works for `like`."""
    if not NAMED.search(like):
        return False
    try:
        _ = text % _AnyName()
    except (ValueError, TypeError):
        return True
    return False
