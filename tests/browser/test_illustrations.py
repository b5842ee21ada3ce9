"""Drawings on the narrowest phone: every word lies inside its drawing, is readable, and covers no other word."""

from itertools import combinations
from typing import TypedDict

import pytest
from django.conf import settings
from django.utils import translation
from playwright.sync_api import Page

from treatments.illustrations import ILLUSTRATIONS, figure

pytestmark = pytest.mark.browser

WIDTH = 290
SMALLEST_TEXT_PX = 10.5
# Boxes of text are higher than the letters in them, and glyphs may reach over an edge by a hair.
TOLERANCE_PX = 1.0

MEASURE = """() => [...document.querySelectorAll("figure")].map(figure => {
  const box = element => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left, top, right, bottom };
  };
  const svg = figure.querySelector("svg");
  const texts = [...svg.querySelectorAll("text")].map(text => ({
    words: text.textContent,
    size: parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a,
    ...box(text),
  }));
  return { name: figure.className, drawing: box(svg), texts };
})"""


class Box(TypedDict):
    """Where something stands on the screen."""

    left: float
    top: float
    right: float
    bottom: float


class Text(Box):
    """One label as Chromium draws it."""

    words: str
    size: float


class Drawn(TypedDict):
    """One drawing as Chromium draws it."""

    name: str
    drawing: Box
    texts: list[Text]


def _is_inside(inner: Text, outer: Box) -> bool:
    return (
        inner["left"] >= outer["left"] - TOLERANCE_PX
        and inner["right"] <= outer["right"] + TOLERANCE_PX
        and inner["top"] >= outer["top"] - 2 * TOLERANCE_PX
        and inner["bottom"] <= outer["bottom"] + 2 * TOLERANCE_PX
    )


def _overlap(one: Text, other: Text) -> bool:
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    # The leading above and below the letters is a quarter of a text's box.
    return across > TOLERANCE_PX and down > min(one["size"], other["size"]) / 3


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_words_fit_on_a_narrow_phone(page: Page, language: str) -> None:
    css = "".join(
        (settings.BASE_DIR / "static" / "css" / name).read_text(encoding="utf-8")
        for name in ("site.css", "illustrations.css")
    )
    with translation.override(language):
        figures = "".join(figure(name) for name in ILLUSTRATIONS)
    page.set_viewport_size({"width": WIDTH, "height": 600})
    page.set_content(
        f'<!DOCTYPE html><html lang="{language}"><style>{css} .illustration {{ border: 0; }}</style>{figures}'
    )
    drawn: list[Drawn] = page.evaluate(MEASURE)
    assert len(drawn) == len(ILLUSTRATIONS)
    for one in drawn:
        assert one["drawing"]["right"] - one["drawing"]["left"] == WIDTH
        outside = [text["words"] for text in one["texts"] if not _is_inside(text, one["drawing"])]
        small = [(text["words"], text["size"]) for text in one["texts"] if text["size"] < SMALLEST_TEXT_PX]
        over = [(a["words"], b["words"]) for a, b in combinations(one["texts"], 2) if _overlap(a, b)]
        assert (outside, small, over) == ([], [], []), one["name"]
