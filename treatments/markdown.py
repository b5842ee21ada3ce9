"""Markdown to safe HTML: sources cited as `[^KEY]`, drawings as `![](illustration:NAME)`, glossary words linked."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from treatments.content_files import CITATION, ILLUSTRATION
from treatments.glossary import Glossary
from treatments.illustrations import ILLUSTRATIONS, figure

_DRAWING = re.compile(r"<p><!--illustration:([a-z-]+)--></p>\n?")
_LEFTOVER = re.compile(r"<!--illustration:[a-z-]+-->")
_BREAKS = {"softbreak", "hardbreak"}
# What is no running text: tags, and the keys of sources
_TAG = re.compile(r"(<[^>]+>|\[\^[A-Za-z0-9-]+\])")


def _image(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    """Write a drawing as a mark that `PageText` replaces; no other picture, since it could come from anywhere."""
    match = ILLUSTRATION.fullmatch(f"![]({tokens[index].attrGet('src')})")
    return f"<!--illustration:{match.group(1)}-->" if match else ""


def _parser() -> MarkdownIt:
    """Return CommonMark with tables and raw HTML off: whatever an editor types, no tag of theirs reaches a visitor."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("image", _image)
    return parser


_MARKDOWN = _parser()


def parse(text: str) -> list[Token]:
    """Return what Markdown is made of, for other writers than HTML's."""
    return _MARKDOWN.parse(text)


@lru_cache(maxsize=2000)
def _html(text: str) -> str:
    """Return Markdown as HTML, citations and drawings still as marks; the same text is rendered once."""
    tokens = _MARKDOWN.parse(text)
    _label_cells(tokens)
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


@lru_cache(maxsize=2000)
def plain_text(text: str) -> str:
    """Return the words of Markdown alone, blocks on lines of their own."""
    lines = (
        "".join(" " if child.type in _BREAKS else _word(child) for child in token.children or ())
        for token in _MARKDOWN.parse(CITATION.sub("", text))
        if token.type == "inline"
    )
    return "\n".join(re.sub(r"\s+", " ", line).strip() for line in lines if line.strip())


def _word(token: Token) -> str:
    """Return what a piece of a line says itself; what marks it, says nothing."""
    return token.content if token.type in {"text", "code_inline"} else ""


def _label_cells(tokens: list[Token]) -> None:
    """Make tables readable as cards on a phone: each row is headed by its first cell, the others name their column.

    The roles say what CSS takes away when it shows a table as blocks.
    """
    labels: list[str] = []
    column, in_head = 0, False
    roles = {"table_open": "table", "thead_open": "rowgroup", "tbody_open": "rowgroup", "tr_open": "row"}
    for position, token in enumerate(tokens):
        if role := roles.get(token.type):
            token.attrSet("role", role)
        if token.type == "table_open":
            token.attrSet("class", "cards")
        if token.type in {"thead_open", "thead_close"}:
            in_head = token.type == "thead_open"
        elif token.type == "tr_open":
            column = 0
        elif token.type in {"th_open", "td_open"}:
            words = CITATION.sub("", tokens[position + 1].content)
            _label_cell(token, tokens, position, words if in_head else (labels[column] if column < len(labels) else ""))
            if in_head:
                labels.append(words)
                _label_head(token, tokens[position + 2], words)
            column += 1
        elif token.type == "table_close":
            labels = []


def _label_head(token: Token, closing: Token, words: str) -> None:
    """Give one cell of the head its role; an empty corner heads nothing."""
    if words:
        token.attrSet("role", "columnheader")
        token.attrSet("scope", "col")
    else:
        token.tag = closing.tag = "td"
        token.attrSet("role", "cell")


def _label_cell(token: Token, tokens: list[Token], position: int, label: str) -> None:
    """Give one cell of the body its role and its column's name; the first of a row heads it."""
    if token.type != "td_open":
        return
    if tokens[position - 1].type == "tr_open":
        token.tag = "th"
        tokens[position + 2].tag = "th"
        token.attrSet("role", "rowheader")
        token.attrSet("scope", "row")
    else:
        token.attrSet("role", "cell")
        token.attrSet("data-label", label)


class PageText:
    """Writes the texts of one page: numbers sources in the order in which they are cited, links words at first use."""

    def __init__(self, glossary: Glossary | None = None) -> None:
        self.numbers: dict[str, int] = {}
        self._glossary = glossary
        self._explained: set[str] = set()

    def render(self, text: str, *, link_words: bool = True) -> SafeString:
        """Return `text` as HTML with numbered citations, drawings and, with `link_words`, links to the glossary."""
        html = _html(text)
        if link_words and self._glossary:
            html = self._link_words(html, self._glossary)
        html = _DRAWING.sub(lambda match: _figure(match.group(1)), html)
        # markdown-it escapes everything it does not write itself, and a key holds letters, digits and hyphens only.
        return mark_safe(CITATION.sub(self._link, _LEFTOVER.sub("", html)))  # noqa: S308  # see the line above

    def _link(self, match: re.Match[str]) -> str:
        """Return the numbered link that stands for one citation."""
        key = match.group(1)
        number = self.numbers.setdefault(key, len(self.numbers) + 1)
        return format_html(
            '<sup class="cite"><a href="#source-{}" aria-label="{}">{}</a></sup>',
            key,
            _("Source %(number)d") % {"number": number},
            number,
        )

    def _link_words(self, html: str, glossary: Glossary) -> str:
        """Link each word of the glossary where the page uses it first, outside links, headings and table heads."""
        parts = _TAG.split(html)
        closed_by = ""
        for index, part in enumerate(parts):
            if part.startswith("<"):
                closed_by = _blocked(part, closed_by)
            elif not closed_by and part.strip() and not part.startswith("[^"):
                parts[index] = glossary.pattern.sub(lambda match: self._link_word(match, glossary), part)
        return "".join(parts)

    def _link_word(self, match: re.Match[str], glossary: Glossary) -> str:
        """Return a word as a link to what it means, once for each term and page."""
        key = glossary.key_of(match.group())
        if key in self._explained:
            return match.group()
        self._explained.add(key)
        return f'<a class="term" href="{escape(glossary.url)}#{key}">{match.group()}</a>'


_NO_LINKS: Mapping[str, str] = {"<a": "</a>", "<th": "</th>", "<code": "</code>", "<h": "</h"}


def _blocked(tag: str, closed_by: str) -> str:
    """Return which closing tag ends the part that gets no links; empty outside of such a part."""
    if closed_by:
        return "" if tag.startswith(closed_by) else closed_by
    return next((end for start, end in _NO_LINKS.items() if re.match(rf"{start}[\d\s>]", tag)), "")


def _figure(name: str) -> str:
    """Return a drawing; nothing for a name that a later version no longer has."""
    return figure(name) if name in ILLUSTRATIONS else ""
