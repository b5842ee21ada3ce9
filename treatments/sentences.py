"""Sentences of a text in Markdown, as a visitor reads them, and whether a source covers each."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from treatments.content_files import CITATION

# What a visitor reads of a text, tables included; as treatments/markdown.py writes it.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”“»)\]]*(?:\[\^[A-Za-z0-9-]+\])*(?=\s)")
_OPENING = "\"'„“»«(["
# One way to write an apostrophe and a hyphen
_SIGNS = {0x2018: "'", 0x2019: "'", 0x201A: "'", 0x2010: "-"}
# Cyrillic and Greek letters, and the Latin ones that they look like
_LOOK_ALIKES = str.maketrans(
    "авеԁһіјӏкԛорсѕтуѵԝхАВЕНІЈКМОРСЅТУХԜԌ" + "αγικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳ",
    "aBedhijlkqopcstyvwxABEHIJKMOPCSTYXWG" + "ayiKvoptuxwABEZHIKMNOPTYXcj",
)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00C0-\u024F]")


@dataclass(frozen=True)
class Sentence:
    """A sentence without its citations, whether a source covers it, and what the reader reads next."""

    text: str
    is_covered: bool
    following: str

    @property
    def is_question(self) -> bool:
        """Whether the sentence asks instead of stating."""
        return self.text.rstrip("\"'”“»)").endswith("?")


def sentences_of(
    text: str, abbreviations: frozenset[str], following: str, known_sources: frozenset[str] | None
) -> list[Sentence]:
    """Return the sentences of a text in Markdown."""
    plain: list[str] = []
    covered: list[bool] = []
    for block in _blocks(text):
        sentences = [sentence for piece in block for sentence in _split(piece, abbreviations)]
        cites = [_cites(sentence, known_sources) for sentence in sentences]
        covered += [any(cites[index:]) for index in range(len(cites))]
        plain += [" ".join(CITATION.sub(" ", sentence).split()) for sentence in sentences]
    next_up = (
        next((sentence.text for sentence in sentences_of(following, abbreviations, "", None)), "") if following else ""
    )
    return [
        Sentence(sentence, is_covered, then)
        for sentence, is_covered, then in zip(plain, covered, [*plain, next_up][1:], strict=True)
        if sentence
    ]


def _cites(sentence: str, known_sources: frozenset[str] | None) -> bool:
    """Tell whether a sentence cites a source that is there."""
    keys = CITATION.findall(sentence)
    return any(known_sources is None or key in known_sources for key in keys)


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield the paragraphs, list items and headings of a text, and its table rows cell by cell, as a visitor reads."""
    row: list[str] | None = None
    for token in _MARKDOWN.parse(_normal(text)):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield row
            row = None
        elif token.type == "inline":
            piece = _visible(token.children or ())
            if row is None:
                yield [piece]
            else:
                row.append(piece)
        elif token.type in {"code_block", "fence"}:
            yield [token.content]


def _visible(tokens: Sequence[Token]) -> str:
    """Return the words of a line without their marks, and those that show when a pointer rests on a link."""
    words = []
    for token in tokens:
        words.append(" " if token.type in {"softbreak", "hardbreak"} else token.content)
        if title := token.attrGet("title"):
            words.append(f" {title} ")
    return "".join(words)


def _normal(text: str) -> str:
    """Return `text` with one way to write each sign, and without signs that could hide a word.

    Those are invisible ones, and letters of another script that look like Latin ones in a word that has Latin ones.
    """
    shown = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return _WORD.sub(_latin, shown.translate(_SIGNS))


def _latin(word: re.Match[str]) -> str:
    """Return a word in Latin letters if it has some; a word all in another script stays."""
    letters = word.group()
    return letters.translate(_LOOK_ALIKES) if _LATIN.search(letters) else letters


def _split(text: str, abbreviations: frozenset[str]) -> Iterator[str]:
    """Yield sentences; a citation right after the full stop belongs to the sentence before it."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        rest = text[end.end() :].lstrip().lstrip(_OPENING)
        is_start = rest[:1].isupper() or rest[:1].isdigit()
        before = text[start : end.start() + 1].casefold()
        if is_start and not any(re.search(rf"(?<!\w){re.escape(short)}$", before) for short in abbreviations):
            yield text[start : end.end()]
            start = end.end()
    if text[start:].strip():
        yield text[start:]
