"""Markdown as a tree of plain data, for the templates that set it.

The tree is made from the parser's tokens. What an editor types stays a text in it, so that no sign can mean anything to
the program that sets the page.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from markdown_it.token import Token

from treatments.content_files import CITATION, ILLUSTRATION
from treatments.markdown import parse

Node = dict[str, Any]

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_SPANS = {"strong_open": "strong", "em_open": "emphasis"}


class Tree:
    """Turns the texts of one page into trees: `numbers` says which number each source has on the page."""

    def __init__(self, numbers: Mapping[str, int], page_url: str, draw: Callable[[str], Node | None]) -> None:
        self._numbers = numbers
        self._page_url = page_url
        self._draw = draw

    def blocks(self, text: str) -> list[Node]:
        """Return the blocks of a Markdown text."""
        return self._blocks(iter(parse(text)), "")

    def _blocks(self, tokens: Iterator[Token], closed_by: str) -> list[Node]:
        """Return the blocks up to the token `closed_by`."""
        blocks: list[Node] = []
        for token in tokens:
            if token.type == closed_by:
                break
            blocks += self._block(token, tokens)
        return blocks

    def _block(self, token: Token, tokens: Iterator[Token]) -> list[Node]:
        """Return what `token` begins: one block as a rule, none where nothing is left to show."""
        found: list[Node] = []
        match token.type:
            case "paragraph_open":
                found = self._paragraph(next(tokens).children or [])
            case "heading_open":
                inlines = self._inlines(next(tokens).children or [])
                found = [{"kind": "heading", "inlines": inlines}] if inlines else []
            case "bullet_list_open" | "ordered_list_open":
                found = [self._list(token, tokens)]
            case "blockquote_open":
                found = [{"kind": "quote", "blocks": self._blocks(tokens, "blockquote_close")}]
            case "table_open":
                found = [self._table(tokens)]
            case "fence" | "code_block":
                found = [{"kind": "code", "text": token.content.rstrip("\n")}]
            case "hr":
                found = [{"kind": "rule"}]
        return found

    def _paragraph(self, children: Sequence[Token]) -> list[Node]:
        """Return a paragraph, or the drawings that stand in it alone."""
        if inlines := self._inlines(children):
            return [{"kind": "paragraph", "inlines": inlines}]
        return [drawing for child in children if (drawing := self._drawing(child))]

    def _drawing(self, token: Token) -> Node | None:
        """Return the drawing that an image stands for; no other picture is shown, as on the page."""
        match = ILLUSTRATION.fullmatch(f"![]({token.attrGet('src')})") if token.type == "image" else None
        return self._draw(match.group(1)) if match else None

    def _list(self, opened: Token, tokens: Iterator[Token]) -> Node:
        """Return a list with its items."""
        items = []
        for token in tokens:
            if token.type == opened.type.replace("_open", "_close"):
                break
            items.append(self._blocks(tokens, "list_item_close"))
        is_ordered = opened.type.startswith("ordered")
        return {"kind": "list", "ordered": is_ordered, "start": int(opened.attrGet("start") or 1), "items": items}

    def _table(self, tokens: Iterator[Token]) -> Node:
        """Return a table: the words of its head, and its rows."""
        head: list[list[Node]] = []
        rows: list[list[list[Node]]] = []
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type in {"th_open", "td_open"}:
                rows[-1].append(self._inlines(next(tokens).children or []))
            elif token.type == "thead_close":
                head = rows.pop()
        return {"kind": "table", "head": head, "rows": rows}

    def _inlines(self, children: Sequence[Token]) -> list[Node]:
        """Return the inline parts of a block, blanks at both ends dropped."""
        inlines = self._spans(iter(children), "")
        while inlines and inlines[0]["kind"] in {"space", "break"}:
            del inlines[0]
        while inlines and inlines[-1]["kind"] in {"space", "break"}:
            del inlines[-1]
        return inlines

    def _spans(self, tokens: Iterator[Token], closed_by: str) -> list[Node]:
        """Return the inline parts up to the token `closed_by`."""
        spans: list[Node] = []
        for token in tokens:
            if token.type == closed_by:
                break
            if token.type in _SPANS:
                inner = self._spans(tokens, token.type.replace("_open", "_close"))
                spans.append({"kind": _SPANS[token.type], "inlines": inner})
            elif token.type == "link_open":
                spans += self._link(str(token.attrGet("href") or ""), self._spans(tokens, "link_close"))
            elif token.type == "text":
                spans += self._text(token.content)
            elif token.type == "code_inline":
                spans.append({"kind": "code", "text": token.content})
            elif token.type in {"softbreak", "hardbreak"}:
                spans.append({"kind": "space" if token.type == "softbreak" else "break"})
        return spans

    def _link(self, href: str, inlines: list[Node]) -> list[Node]:
        """Return a link with its whole address, since paper knows no relative ones; only its words if it has none."""
        url = urljoin(self._page_url, href)
        if not href or not inlines or urlsplit(url).scheme not in _SCHEMES:
            return inlines
        return [{"kind": "link", "url": url, "inlines": inlines}]

    def _text(self, text: str) -> list[Node]:
        """Return a text whose citations are the numbers of their sources; unknown sources are left out."""
        nodes: list[Node] = []
        for index, part in enumerate(CITATION.split(text)):
            if index % 2 and part in self._numbers:
                nodes.append({"kind": "cite", "number": self._numbers[part]})
            elif not index % 2 and part:
                nodes.append({"kind": "text", "text": part})
        return nodes
