"""Words live in catalogues and content files: no template says anything that cannot be translated."""

import ast
import re
import tomllib
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from coordinators.demo import create_demo_team
from tests.pages import LANGUAGES, public_paths
from treatments.content_files import CONTENT, cited, read_content_file

TEMPLATES = settings.BASE_DIR / "templates"
_NOT_WORDS = (
    r"\{% block bodyclass %\}.*?\{% endblock %\}",
    r"\{% comment.*?endcomment %\}", r"\{#.*?#\}", r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}",
    r"\{%.*?%\}", r"\{\{.*?\}\}", r"<!--.*?-->", r"<(?:script|style)\b.*?</(?:script|style)>", r"<[^>]*>", r"&\w+;",
)  # fmt: skip
_ATTRIBUTE = re.compile(r'\s(?:alt|title|aria-label|placeholder)="([^"]*)"')
_TAGS = re.compile(r"\{% blocktrans.*?endblocktrans(?:late)? %\}|\{[%{].*?[%}]\}")
_GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
_NAMES = {"WhatsApp", "DOCTYPE", "html", "nbsp", "User-agent", "Disallow", "Sitemap", "admin", "Enter", "Esc"}


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.relative_to(TEMPLATES).as_posix()
)
def test_template_says_nothing_that_cannot_be_translated(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    for attribute in _ATTRIBUTE.findall(text):
        assert not re.search(r"[^\W\d_]{2,}", _TAGS.sub("", attribute)), attribute
    for pattern in _NOT_WORDS:
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    assert not set(re.findall(r"[^\W\d_]{2,}", text)) - _NAMES


@pytest.mark.parametrize("room", ["clinic_site", "coordinators", "inquiries", "treatments"])
def test_no_words_stand_where_the_catalogues_do_not_look(room: str) -> None:
    """The program that collects the words reads no call inside an f-string."""
    hidden = [
        f"{path.relative_to(settings.BASE_DIR)}:{call.lineno}"
        for path in sorted((settings.BASE_DIR / room).rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _GETTEXT
    ]
    assert hidden == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_english_leaks_into_another_language(client: Client, language: str) -> None:
    create_demo_team()
    catalogue = polib.pofile(str(settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"))
    translated = {entry.msgid for entry in catalogue if entry.msgstr != entry.msgid}
    english = {text for text in translated if len(text) > 12 and " " in text and not re.search(r"[%{]", text)}
    assert len(english) > 50
    sentences = _english_sentences()
    for path in public_paths(client):
        if path.split("/")[1] != language:
            continue
        html = client.get(path).content.decode()
        main = re.sub(r'<(\w+)[^>]*\slang="en"[^>]*>.*?</\1>', "", html, flags=re.DOTALL)
        assert [text for text in english if f">{text}<" in main] == [], path
        assert [text for text in sentences if text in main] == [], path


def _english_sentences() -> set[str]:
    """Return longer lines of the English content files."""
    lines = (line.strip() for path in CONTENT.rglob("en.md") for line in path.read_text(encoding="utf-8").splitlines())
    return {line for line in lines if len(line) > 60 and not set(line) & set("[*'\"&=")}


@pytest.mark.parametrize("folder", sorted(path.parent for path in CONTENT.rglob("en.md")), ids=lambda path: path.name)
def test_every_language_says_the_same_with_the_same_sources(folder: Path) -> None:
    english = read_content_file(folder / "en.md")
    for language in LANGUAGES:
        other = read_content_file(folder / f"{language}.md")
        assert set(other.front) == set(english.front)
        assert [section.key for section in other.sections] == [section.key for section in english.sections]
        for mine, theirs in zip(other.sections, english.sections, strict=True):
            assert sorted(cited(mine.body)) == sorted(cited(theirs.body)), (language, mine.key)


def test_every_cited_source_exists() -> None:
    known = set(tomllib.loads((CONTENT / "sources.toml").read_text(encoding="utf-8")))
    for path in CONTENT.rglob("*.md"):
        for section in read_content_file(path).sections:
            assert set(cited(section.body)) <= known, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_makes_a_claim_that_could_not_be_published(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_content", "--files", language=language)
    checked = re.search(r"Claims: (\d+) sections checked", capsys.readouterr().out)
    assert checked
    assert int(checked[1]) > 100
