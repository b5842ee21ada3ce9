"""Drawings: sound, small, without colours of their own, and with words that fit, in every language."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from treatments.illustrations import ILLUSTRATIONS, drawing, figure, palette_css
from treatments.labels import LABEL_SIZE, SOFT_HYPHEN, TIGHT_SIZE, lay_out, text_width

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TEMPLATES: Path = settings.BASE_DIR / "templates" / "illustrations"
SVG = "{http://www.w3.org/2000/svg}"
MOST_BYTES = 12_000
WIDTH = 400.0
# Attributes that would give a drawing a look of its own, against the themes.
LOOKS = re.compile(r"^(style|fill|stroke|color|opacity|font-\w+|(fill|stroke)-(?!rule)[\w-]+)$")


def _inline(name: str, language: str) -> str:
    with translation.override(language):
        return re.sub(r"<style>.*?</style>", "", drawing(name))


def _texts(root: ET.Element) -> Iterator[tuple[str, float, str, float, float]]:
    """Return each line of words: itself, its size, its anchor and where it stands."""
    for element in root.iter(SVG + "text"):
        size = TIGHT_SIZE if "d-label-tight" in element.get("class", "") else LABEL_SIZE
        anchor = element.get("text-anchor", "start")
        for line in element.findall(SVG + "tspan") or [element]:
            yield line.text or "", size, anchor, float(line.get("x", "nan")), float(line.get("y", "nan"))


def test_each_drawing_has_an_entry_and_each_entry_a_drawing() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.svg")} == set(ILLUSTRATIONS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ILLUSTRATIONS)
def test_drawing_is_sound_and_small(name: str, language: str) -> None:
    svg = _inline(name, language)
    assert len(svg.encode()) < MOST_BYTES
    root = ET.fromstring(svg)
    assert root.tag == SVG + "svg"
    assert root.get("role") == "img"
    assert (root.get("viewBox") or "").startswith("0 0 400 ")
    named = {element.get("id"): (element.text or "").strip() for element in root if element.get("id")}
    for part in ("title", "desc"):
        assert named[f"drawing-{name}-{part}"], part
        assert f"drawing-{name}-{part}" in (root.get("aria-labelledby") or "").split()
    for element in root.iter():
        assert [key for key in element.attrib if LOOKS.match(key)] == [], element.attrib
        identity = element.get("id")
        assert identity is None or identity.startswith(f"drawing-{name}-")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ILLUSTRATIONS)
def test_words_of_a_drawing_stay_inside(name: str, language: str) -> None:
    root = ET.fromstring(_inline(name, language))
    height = float((root.get("viewBox") or "").split()[3])
    for line, size, anchor, x, y in _texts(root):
        width = text_width(line, size)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        assert left >= 0, line
        assert left + width <= WIDTH, line
        assert y - size * 0.8 >= 0, line
        assert y + size * 0.25 <= height, line


@pytest.mark.parametrize("name", ILLUSTRATIONS)
def test_words_have_the_classes_that_size_them(name: str) -> None:
    root = ET.fromstring(_inline(name, "en"))
    marks = {id(text) for group in root.iter(SVG + "g") if group.get("class") == "d-mark" for text in group}
    for element in root.iter(SVG + "text"):
        assert id(element) in marks or "d-label" in element.get("class", "").split()


def test_no_text_is_smaller_than_the_rule() -> None:
    sizes = [float(size) for size in re.findall(r"font-size:\s*([\d.]+)px", palette_css())]
    assert min(sizes) == TIGHT_SIZE


@pytest.mark.parametrize("name", ILLUSTRATIONS)
def test_every_class_of_a_drawing_has_a_rule(name: str) -> None:
    known = set(re.findall(r"\.(d-[\w-]+)", palette_css()))
    used = {word for element in ET.fromstring(_inline(name, "en")).iter() for word in element.get("class", "").split()}
    assert used - {"drawing"} <= known


def test_palette_has_no_variables_and_no_second_theme() -> None:
    assert "var(" not in palette_css()
    assert "light-dark(" not in palette_css()


@pytest.mark.parametrize("name", ILLUSTRATIONS)
def test_legend_explains_each_mark(name: str) -> None:
    root = ET.fromstring(_inline(name, "en"))
    marks = {group[1].text for group in root.iter(SVG + "g") if group.get("class") == "d-mark"}
    legend = ILLUSTRATIONS[name].legend
    assert marks == {str(number) for number in range(1, len(legend) + 1)}


@pytest.mark.parametrize("name", ILLUSTRATIONS)
def test_figure_shows_drawing_caption_and_legend(name: str) -> None:
    html = figure(name)
    entry = ILLUSTRATIONS[name]
    assert html.startswith(f'<figure class="illustration illustration-{name}"><svg ')
    assert html.count("<li>") == len(entry.legend)
    assert "<style" not in html
    assert html.rstrip().endswith("</figcaption></figure>")


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        figure("no-such-drawing")
    with pytest.raises(KeyError):
        drawing("no-such-drawing")


def test_long_word_breaks_at_its_soft_hyphen_or_becomes_tight() -> None:
    assert lay_out("nerve root", 400).lines == ("nerve root",)
    assert lay_out("nerve root", 70).lines == ("nerve", "root")
    assert lay_out(f"Facetten{SOFT_HYPHEN}gelenk", 90).lines == ("Facetten-", "gelenk")
    assert lay_out(f"Facetten{SOFT_HYPHEN}gelenk", 200).lines == ("Facettengelenk",)
    word = "Facettengelenk"
    between = (text_width(word, TIGHT_SIZE) + text_width(word, LABEL_SIZE)) / 2
    assert lay_out(word, between).size == TIGHT_SIZE


@given(
    st.lists(st.text(st.characters(categories=["L"]) | st.just(SOFT_HYPHEN), min_size=1), max_size=6),
    st.integers(1, 400),
)
def test_no_letter_is_lost_between_lines(words: list[str], width: int) -> None:
    text = " ".join(words)
    together = "".join(line.removesuffix("-").replace(" ", "") for line in lay_out(text, width).lines)
    assert together == text.replace(" ", "").replace(SOFT_HYPHEN, "")
