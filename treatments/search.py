"""Search over the published pages of one language.

All texts of a language are a few hundred short sections, so they are searched in memory: the same on every database,
without accents and capitals, and without an index that could fall behind (docs/adr/0011).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from treatments.markdown import plain_text
from treatments.models import GlossaryTerm, SitePage, TreatmentPage
from treatments.outline import BODY, EXPECTATION, QUESTIONS
from treatments.reading import texts_of_treatment

LONGEST_QUERY = 100
MOST_HITS = 20
SNIPPET = 220
SHOWN = (EXPECTATION, *BODY, *QUESTIONS)
_WORD = re.compile(r"\w+")
# Letters that Unicode does not take apart into a plain letter and an accent
_PLAIN = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{RIGHT SINGLE QUOTATION MARK}": "'"}
)
# A word of this length is also found by its beginning, so that an ending does not matter: injekcija, injekcije.
_SHORTEST_STEM = 6
_ENDING = 2
# Who has no umlauts on the keyboard writes them as two letters: Rueckenschmerzen.
_TWO_LETTERS = re.compile(r"(?<=[aou])e")
# A word of this length is also found inside others, since German and Dutch write words as one: Wirbelgelenk.
_SHORTEST_PART = 4


@dataclass(frozen=True)
class Passage:
    """A piece of text that can be found, and where it stands."""

    page_title: str
    heading: str
    text: str
    url: str


@dataclass(frozen=True)
class Hit:
    """A passage that answers a query, its words marked."""

    page_title: str
    heading: str
    snippet: SafeString
    url: str


def find(query: str, language: str) -> list[Hit]:
    """Return the passages of `language` with every word of `query`, the best first; no more than MOST_HITS."""
    words = [_fold(word) for word in _WORD.findall(query[:LONGEST_QUERY])]
    if not words:
        return []
    scored = ((_score(passage, words), passage) for passage in _passages(language))
    found = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [_hit(passage, words) for _points, passage in found[:MOST_HITS]]


@lru_cache(maxsize=4000)
def _fold(text: str) -> str:
    """Return `text` without accents and capitals."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(part for part in parts if not unicodedata.combining(part))


def _stem(word: str) -> str:
    """Return the beginning of a long word, whatever its ending."""
    return word[:-_ENDING] if len(word) >= _SHORTEST_STEM else word


def _score(passage: Passage, words: Iterable[str]) -> int:
    """Return how well a passage answers: title before heading before text, whole beginnings before stems; 0 for no."""
    points = 0
    for word in words:
        in_passage = max(
            weight * _strength(word, _fold(text))
            for weight, text in ((9, passage.page_title), (2, passage.heading), (1, passage.text))
        )
        if not in_passage:
            return 0
        points += in_passage
    return points


def _strength(word: str, text: str) -> int:
    """Return 5 where `text` has `word`, 2 where one of its words starts so, 1 where it holds its stem, else 0."""
    if re.search(rf"\b{re.escape(word)}", text):
        return 5 if re.search(rf"\b{re.escape(word)}\b", text) else 2
    as_umlaut = _TWO_LETTERS.sub("", word)
    if as_umlaut != word and _strength(as_umlaut, text):
        return 1
    return 1 if len(word) >= _SHORTEST_PART and _stem(word) in text else 0


def _passages(language: str) -> Iterator[Passage]:
    """Yield everything that can be found: the top of each page, its sections, the glossary's words."""
    yield from _treatment_passages(language)
    yield from _site_passages(language)


def _treatment_passages(language: str) -> Iterator[Passage]:
    """Yield the treatment pages as visitors see them; a section that all share is found once, on the first."""
    shared_seen: set[str] = set()
    for page in TreatmentPage.objects.published().in_language(language):
        texts, url = texts_of_treatment(page), page.get_absolute_url()
        yield Passage(page.title, "", f"{page.answer} {page.also_called}", url)
        for slot in SHOWN:
            text = texts.get(slot.key)
            if text is None or text.language != language or slot.key in shared_seen:
                continue
            if slot.shared:
                shared_seen.add(slot.key)
            yield Passage(page.title, text.section.heading, plain_text(text.section.body), f"{url}#{slot.key}")


def _site_passages(language: str) -> Iterator[Passage]:
    """Yield the other pages and, with the glossary, its words."""
    for page in SitePage.objects.published().in_language(language).prefetch_related("sections").order_by("id"):
        url = page.get_absolute_url()
        yield Passage(page.title, "", page.answer, url)
        for section in page.sections.all():
            yield Passage(page.title, section.heading, plain_text(section.body), f"{url}#{section.key}")
        if page.key == SitePage.GLOSSARY:
            for term in GlossaryTerm.objects.filter(language=language):
                yield Passage(term.term, "", plain_text(term.explanation), f"{url}#{term.key}")


def _hit(passage: Passage, words: list[str]) -> Hit:
    """Return a passage with the words that answer the query marked."""
    return Hit(passage.page_title, passage.heading, _snippet(passage.text, words), passage.url)


def _snippet(text: str, words: list[str]) -> SafeString:
    """Return the part of `text` around its first word that answers, with such words marked."""
    text = text.replace("\n", " ")
    matches = [match for match in _WORD.finditer(text) if _answers(match.group(), words)]
    start = max(0, matches[0].start() - SNIPPET // 3) if matches else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = min(len(text), start + SNIPPET)
    end = text.rfind(" ", 0, end) if end < len(text) else end
    pieces, last = ["… " if start else ""], start
    for match in matches:
        if match.start() < start or match.end() > end:
            continue
        pieces += [conditional_escape(text[last : match.start()]), format_html("<mark>{}</mark>", match.group())]
        last = match.end()
    pieces += [conditional_escape(text[last:end]), " …" if end < len(text) else ""]
    return mark_safe("".join(pieces))  # noqa: S308  # every piece is escaped above


def _answers(word: str, words: list[str]) -> bool:
    """Return whether a word of a text is what somebody looked for."""
    folded = _fold(word)
    return any(_strength(wanted, folded) for wanted in words)
