"""Drawings in pages, and words in drawings."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

from treatments.illustrations import figure
from treatments.labels import LABEL_SIZE, LINE_HEIGHT, lay_out

register = template.Library()

_MARK_RADIUS = 13
# From the middle of a line of text down to its baseline, in parts of its size.
_TO_BASELINE = 0.35
# Drawings are never mirrored; the lines of a language written from right to left still run that way (RLI and PDI).
_FROM_RIGHT_TO_LEFT = "\u2067{}\u2069"


@register.simple_tag
def illustration(name: str) -> SafeString:
    """Return the drawing called `name` with its caption."""
    return figure(name)


@register.simple_tag
def label(
    text: str, x: float, y: float, width: float = 120, anchor: str = "start", *, strong: bool = False
) -> SafeString:
    """Return `text` in lines of at most `width` units, beside `x` as `anchor` says, its middle at height `y`."""
    laid_out = lay_out(text, width)
    classes = "d-label"
    if laid_out.size < LABEL_SIZE:
        classes += " d-label-tight"
    if strong:
        classes += " d-label-strong"
    step = laid_out.size * LINE_HEIGHT
    first = y + laid_out.size * _TO_BASELINE - step * (len(laid_out.lines) - 1) / 2
    shape = _FROM_RIGHT_TO_LEFT if get_language_bidi() else "{}"
    lines = format_html_join(
        "",
        '<tspan x="{}" y="{}">{}</tspan>',
        ((f"{x:g}", f"{first + step * number:.1f}", shape.format(line)) for number, line in enumerate(laid_out.lines)),
    )
    return format_html('<text class="{}" text-anchor="{}">{}</text>', classes, anchor, lines)


@register.simple_tag
def mark(number: int, x: float, y: float) -> SafeString:
    """Return `number` in a circle around (`x`, `y`); the legend under the drawing says what it stands for."""
    return format_html(
        '<g class="d-mark"><circle cx="{x}" cy="{y}" r="{radius}"/>'
        '<text x="{x}" y="{baseline}" text-anchor="middle">{number}</text></g>',
        x=f"{x:g}",
        y=f"{y:g}",
        radius=_MARK_RADIUS,
        baseline=f"{y + LABEL_SIZE * _TO_BASELINE:.1f}",
        number=number,
    )
