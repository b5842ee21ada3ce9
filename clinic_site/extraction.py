"""Which texts code and templates ask for: compared with the catalogues, or merged into them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
from django.apps import apps
from django.conf import settings

from clinic_site.catalogues import catalogues, language_of, plural_forms

# Entries from the first one with this comment on translate what Django's own catalogue lacks.
COMPLETES_DJANGO = "completes Django's own catalogue"

Key = tuple[str | None, str, str]


class ExtractionError(Exception):
    """The texts cannot be extracted; the message is the tool's own."""


def can_extract() -> bool:
    """Tell whether gettext, which reads texts out of code, is installed."""
    return all(shutil.which(tool) for tool in ("xgettext", "msguniq"))


def extract() -> polib.POFile:
    """Return an empty catalogue of every text that code and templates ask for.

    Works on a copy, since Django's makemessages writes beside the files that it reads.
    """
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in _source_folders():
            shutil.copytree(folder, copy / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(settings.BASE_DIR / "manage.py", copy)
        (copy / "locale").mkdir()
        _make_messages(copy)
        return polib.pofile(str(copy / "locale" / "django.pot"))


def differences(locale_dir: Path, template: polib.POFile) -> Iterator[str]:
    """Name every text that a catalogue lacks, and every entry that nothing asks for any more."""
    wanted = {_key(entry) for entry in template}
    for path in catalogues(locale_dir):
        own, completing = _halves(polib.pofile(str(path)))
        present = {_key(entry) for entry in (*own, *completing)}
        for _context, text, _plural in _sorted(wanted - present):
            yield f"{language_of(path)}: not in the catalogue: {text!r}"
        for _context, text, _plural in _sorted({_key(entry) for entry in own} - wanted):
            yield f"{language_of(path)}: no longer used: {text!r}"


def update(catalogue: Path, template: polib.POFile) -> None:
    """Merge the texts of `template` into `catalogue`: translations stay, what is no longer used goes."""
    old = polib.pofile(str(catalogue))
    own, completing = _halves(old)
    known = {_key(entry): entry for entry in (*completing, *own)}
    wanted = {_key(entry): entry for entry in template}

    new = polib.POFile(wrapwidth=110)
    new.header, new.metadata = old.header, old.metadata
    for key in _sorted(wanted):
        new.append(_merged(wanted[key], known.get(key), plural_forms(old)))
    extras = {_key(entry): entry for entry in completing if _key(entry) not in wanted}
    for key in _sorted(extras):
        extras[key].tcomment = COMPLETES_DJANGO
        new.append(extras[key])
    draft = catalogue.with_suffix(".po.new")
    new.save(str(draft))
    draft.replace(catalogue)


def _source_folders() -> Iterable[Path]:
    """Return the project's own packages, its templates, and the stylesheets that packages read."""
    root = Path(settings.BASE_DIR)
    packages = [Path(app.path) for app in apps.get_app_configs()]
    return [root / "templates", root / "static", *(package for package in packages if package.parent == root)]


def _make_messages(project: Path) -> None:
    """Run Django's makemessages in `project`, leaving only the template of catalogues."""
    options = ("--all", "--extension=py,html,txt,svg", "--keep-pot", "--no-location", "--no-wrap")
    secrets = {"SECRET_KEY": settings.SECRET_KEY, "FIELD_ENCRYPTION_KEYS": settings.FIELD_ENCRYPTION_KEYS}
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "makemessages", *options],
        cwd=project,
        env=os.environ | secrets | {"EXTRA_LOCALE_DIRS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ExtractionError(done.stderr.strip())


def _halves(catalogue: polib.POFile) -> tuple[list[polib.POEntry], list[polib.POEntry]]:
    """Split a catalogue into its own entries and those that complete Django's."""
    entries = [entry for entry in catalogue if not entry.obsolete]
    marks = (number for number, entry in enumerate(entries) if COMPLETES_DJANGO in entry.tcomment)
    first = next(marks, len(entries))
    return entries[:first], entries[first:]


def _merged(wanted: polib.POEntry, known: polib.POEntry | None, count: int) -> polib.POEntry:
    """Return the entry `wanted` with the translation that is `known`."""
    entry = polib.POEntry(
        msgctxt=wanted.msgctxt,
        msgid=wanted.msgid,
        msgid_plural=wanted.msgid_plural,
        msgstr_plural=dict.fromkeys(range(count), "") if wanted.msgid_plural else {},
        comment=wanted.comment,
        flags=[flag for flag in wanted.flags if flag != "fuzzy"],
    )
    if known is not None:
        entry.msgstr, entry.msgstr_plural = known.msgstr, known.msgstr_plural
        entry.tcomment = known.tcomment.replace(COMPLETES_DJANGO, "").strip()
        entry.flags += [flag for flag in known.flags if flag == "fuzzy"]
    return entry


def _key(entry: polib.POEntry) -> Key:
    """Return what identifies an entry."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _sorted(keys: Iterable[Key]) -> list[Key]:
    """Return `keys` in an order that depends on nothing but themselves."""
    return sorted(keys, key=lambda key: (key[1].casefold(), key[1], key[0] or "", key[2]))
