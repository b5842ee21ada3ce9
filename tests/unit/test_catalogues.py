"""Catalogues: compiled without gettext, checked for what would reach a patient broken, updated without a loss."""

import ast
import gettext
import os
import time
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django import Settings

from clinic_site.catalogues import compile_stale, problems
from clinic_site.extraction import COMPLETES_DJANGO, differences, extract, update
from clinic_site.languages import find_languages
from tests.real.processes import need_program

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
COMPLETE = 'msgid "Hello"\nmsgstr "Hallo"\n'


def write(locale_dir: Path, body: str = COMPLETE, language: str = "de", header: str = HEADER) -> Path:
    """Write a catalogue as if a translator had saved it some seconds ago."""
    path = locale_dir / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + body, encoding="utf-8")
    age(path, seconds=10)
    return path


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def template(*texts: str) -> polib.POFile:
    wanted = polib.POFile()
    wanted.extend(polib.POEntry(msgid=text) for text in texts)
    return wanted


def translations(path: Path) -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}


@pytest.fixture
def locale_dir(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "locale"
    folder.mkdir()
    settings.LOCALE_PATHS = [folder]
    return folder


@pytest.fixture
def _no_gettext(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


# Compiling


def test_compile_stale_compiles_only_what_changed(tmp_path: Path) -> None:
    german, dutch = write(tmp_path), write(tmp_path, language="nl")
    assert sorted(compile_stale([tmp_path])) == [german, dutch]
    assert compile_stale([tmp_path]) == []
    age(german.with_suffix(".mo"), seconds=20)
    assert compile_stale([tmp_path]) == [german]


def test_compiled_catalogue_is_what_the_site_reads(tmp_path: Path) -> None:
    path = write(tmp_path, COMPLETE + '\n#, fuzzy\nmsgid "Bye"\nmsgstr "Guten Tag"\n')
    compile_stale([tmp_path])
    with path.with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    assert compiled.gettext("Hello") == "Hallo"
    assert compiled.gettext("Bye") == "Bye"
    assert sorted(file.name for file in path.parent.iterdir()) == ["django.mo", "django.po"]


def test_compile_catalogues_names_the_languages(locale_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(locale_dir)
    call_command("compile_catalogues")
    call_command("compile_catalogues")
    assert capsys.readouterr().out == "Compiled de.\n"


def test_languages_come_from_every_folder_the_source_first(tmp_path: Path) -> None:
    own, extra = tmp_path / "own", tmp_path / "extra"
    write(own, language="hr")
    write(extra, language="ar")
    write(extra, language="pt_BR")
    languages = [("en", "English"), ("ar", "العربيّة"), ("hr", "Hrvatski"), ("pt-br", "Português Brasileiro")]
    assert find_languages([own, extra]) == languages
    assert sorted(compile_stale([own, extra])) == sorted(tmp_path.glob("*/*/LC_MESSAGES/django.po"))


# Checking a catalogue by itself


def test_problems_finds_none_in_a_complete_catalogue(tmp_path: Path) -> None:
    plural = 'msgid "%(range)s day"\nmsgid_plural "%(range)s days"\nmsgstr[0] "ein Tag"\nmsgstr[1] "%(range)s Tage"\n'
    per_cent = 'msgid "at most 5 %"\nmsgstr "höchstens 5 %"\n'
    write(tmp_path, f"{COMPLETE}\n{plural}\n{per_cent}".replace("ein Tag", "%(range)s Tag"))
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Hello"\nmsgstr ""\n', "de: missing: 'Hello'"),
        ('#, fuzzy\nmsgid "Hello"\nmsgstr "Hallo"\n', "de: fuzzy: 'Hello'"),
        ('#~ msgid "Hello"\n#~ msgstr "Hallo"\n', "de: obsolete: 'Hello'"),
        ('msgid "by %(day)s"\nmsgstr "bis %(tag)s"\n', "de: other placeholders in 'bis %(tag)s': 'by %(day)s'"),
        ('msgid "by %(day)s"\nmsgstr "bis bald"\n', "de: other placeholders in 'bis bald': 'by %(day)s'"),
        ('msgid "by {day}"\nmsgstr "bis {tag}"\n', "de: other placeholders in 'bis {tag}': 'by {day}'"),
        ('msgid "%s of %s"\nmsgstr "%s von"\n', "de: other placeholders in '%s von': '%s of %s'"),
        (
            'msgid "%(n)s in all"\nmsgstr "%(n)s, 5 % davon"\n',
            "de: a stray percent sign in '%(n)s, 5 % davon': '%(n)s in all'",
        ),
        ('msgid "day"\nmsgid_plural "days"\nmsgstr[0] "Tag"\n', "de: missing: 'day'"),
        ('msgid "day"\nmsgid_plural "days"\nmsgstr[0] "Tag"\nmsgstr[1] ""\n', "de: missing: 'day'"),
        (
            'msgid "day"\nmsgid_plural "days"\nmsgstr[0] "Tag"\nmsgstr[1] "Tage"\nmsgstr[2] "Tage"\n',
            "de: missing: 'day'",
        ),
    ],
)
def test_problems_names_what_would_reach_a_patient_broken(tmp_path: Path, entry: str, fault: str) -> None:
    write(tmp_path, entry)
    assert problems(tmp_path) == [fault]


def test_problems_needs_to_know_the_plural_forms(tmp_path: Path) -> None:
    write(tmp_path, header='msgid ""\nmsgstr "Language: de\\n"\n\n')
    assert problems(tmp_path) == ["de: the header tells no plural forms"]


# Comparing with code and templates


def test_differences_names_what_is_missing_and_what_nothing_asks_for(tmp_path: Path) -> None:
    write(tmp_path, COMPLETE + '\nmsgid "Old"\nmsgstr "Alt"\n')
    assert sorted(differences(tmp_path, template("Hello", "New"))) == [
        "de: no longer used: 'Old'",
        "de: not in the catalogue: 'New'",
    ]


def test_differences_accepts_what_completes_django(tmp_path: Path) -> None:
    write(tmp_path, f'{COMPLETE}\n# {COMPLETES_DJANGO}\nmsgid "Log in"\nmsgstr "Anmelden"\n')
    assert list(differences(tmp_path, template("Hello"))) == []


def test_update_keeps_translations_and_drops_what_is_unused(tmp_path: Path) -> None:
    path = write(tmp_path, COMPLETE + '\nmsgid "Old"\nmsgstr "Alt"\n\n#, fuzzy\nmsgid "Bye"\nmsgstr "Tschau"\n')
    update(path, template("Bye", "Hello", "New"))
    assert translations(path) == {"Bye": "Tschau", "Hello": "Hallo", "New": ""}
    assert problems(tmp_path) == ["de: fuzzy: 'Bye'", "de: missing: 'New'"]
    assert [file.name for file in path.parent.iterdir()] == ["django.po"]


def test_update_keeps_everything_that_completes_django(tmp_path: Path) -> None:
    completing = 'msgid "Log in"\nmsgstr "Anmelden"\n\nmsgid "Save"\nmsgstr "Sichern"\n'
    path = write(tmp_path, f"{COMPLETE}\n# {COMPLETES_DJANGO}\n{completing}")
    for _ in range(2):
        update(path, template("Hello"))
        assert translations(path) == {"Hello": "Hallo", "Log in": "Anmelden", "Save": "Sichern"}
        assert list(differences(tmp_path, template("Hello"))) == []


def test_update_takes_over_a_text_of_django_that_the_site_now_asks_for_too(tmp_path: Path) -> None:
    path = write(tmp_path, f'{COMPLETE}\n# {COMPLETES_DJANGO}\nmsgid "Log in"\nmsgstr "Anmelden"\n')
    update(path, template("Hello", "Log in"))
    assert translations(path) == {"Hello": "Hallo", "Log in": "Anmelden"}
    assert COMPLETES_DJANGO not in path.read_text(encoding="utf-8")


def test_update_offers_as_many_plural_forms_as_the_language_has(tmp_path: Path) -> None:
    path = write(tmp_path, language="hr", header=HEADER.replace("nplurals=2", "nplurals=3"))
    wanted = template("Hello")
    wanted.append(polib.POEntry(msgid="day", msgid_plural="days"))
    update(path, wanted)
    [entry] = [entry for entry in polib.pofile(str(path)) if entry.msgid_plural]
    assert entry.msgstr_plural == {0: "", 1: "", 2: ""}
    assert "nplurals=3" in path.read_text(encoding="utf-8")


# Names by which gettext finds a text in code: its own, and the underscore for one text without a context
FINDS = frozenset({"gettext", "gettext_lazy", "gettext_noop"})


def unknown_names(source: str) -> list[str]:
    """Return the names that code gives to Django's translating functions and that no catalogue follows."""
    imported = [
        name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name and name.asname not in {None, name.name}
    ]
    return [str(name.asname) for name in imported if name.asname != "_" or name.name not in FINDS]


def test_texts_are_asked_for_by_names_that_catalogues_follow() -> None:
    from_django = "from django.utils.translation import "
    assert unknown_names(f"{from_django}gettext as _, gettext_lazy, ngettext") == []
    assert unknown_names(f"{from_django}gettext as text, pgettext as _") == ["text", "_"]
    packages = ("clinic_site", "coordinators", "inquiries", "treatments")
    sources = [path for package in packages for path in (settings.BASE_DIR / package).rglob("*.py")]
    assert sources
    for path in sources:
        assert unknown_names(path.read_text(encoding="utf-8")) == [], path


# The commands


@pytest.mark.usefixtures("_no_gettext")
def test_check_without_gettext_says_what_it_left_out(
    locale_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    write(locale_dir)
    call_command("check_catalogues")
    assert capsys.readouterr().out == "Left out: comparing code with catalogues, which needs gettext.\n"


@pytest.mark.usefixtures("_no_gettext")
def test_check_without_gettext_fails_where_nothing_may_be_left_out(
    locale_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    write(locale_dir)
    with pytest.raises(CommandError, match=r"1 problem"):
        call_command("check_catalogues")
    assert "gettext is not installed" in capsys.readouterr().out


@pytest.mark.usefixtures("_no_gettext")
def test_check_fails_and_names_each_problem(
    locale_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    write(locale_dir, 'msgid "Hello"\nmsgstr ""\n\n#, fuzzy\nmsgid "Bye"\nmsgstr "Tschau"\n')
    with pytest.raises(CommandError, match=r"2 problem"):
        call_command("check_catalogues")
    assert {"de: missing: 'Hello'", "de: fuzzy: 'Bye'"} <= set(capsys.readouterr().out.splitlines())


@pytest.mark.usefixtures("_no_gettext")
def test_update_without_gettext_says_so_and_changes_nothing(locale_dir: Path) -> None:
    path = write(locale_dir)
    before = path.read_bytes()
    with pytest.raises(CommandError, match="gettext is not installed"):
        call_command("update_catalogues")
    assert path.read_bytes() == before


@pytest.fixture
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the extraction, which is a process of its own, run with the site's settings instead of the tests'."""
    need_program("xgettext")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "clinic_site.settings")


@pytest.mark.usefixtures("_own_settings")
def test_extract_finds_the_texts_of_code_and_templates() -> None:
    found = {(entry.msgctxt, entry.msgid) for entry in extract()}
    assert (None, "Your full name") in found
    assert ("a range of numbers", "%(low)d to %(high)d") in found
    assert (None, "No mail has been sent yet.") in found


@pytest.mark.usefixtures("_own_settings")
def test_update_then_check_leaves_only_what_has_to_be_translated(
    locale_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(locale_dir, 'msgid "Your full name"\nmsgstr "Ihr voller Name"\n\nmsgid "Old"\nmsgstr "Alt"\n')
    call_command("update_catalogues")
    assert capsys.readouterr().out == "Updated de.\n"
    updated = translations(path)
    assert updated["Your full name"] == "Ihr voller Name"
    assert "Old" not in updated
    with pytest.raises(CommandError):
        call_command("check_catalogues", locale_dir)
    found = capsys.readouterr().out.splitlines()
    assert found
    assert all(line.startswith("de: missing: ") for line in found)
