"""How hard a text is to read: sentence length and LIX, a measure that works across languages (FACTS.md §8).

LIX adds the mean length of sentences to the share of words with more than six letters (Björnsson, 1968).
"""

import re
from dataclasses import dataclass

from treatments.markdown import plain_text

_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_WORD = re.compile(r"[^\W\d_]+")
_LONG = 6


@dataclass(frozen=True)
class Readability:
    """Figures of a text: words in a sentence on average and at most, and LIX."""

    sentences: int
    mean_length: float
    longest: int
    lix: float


def readability(markdown: str) -> Readability:
    """Return the figures of a text in Markdown; every line of a list is a sentence at least."""
    lines = plain_text(markdown).splitlines()
    sentences = [words for line in lines for part in _SENTENCE.split(line) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return Readability(0, 0, 0, 0)
    mean = len(words) / len(sentences)
    long_words = sum(len(word) > _LONG for word in words)
    return Readability(len(sentences), mean, max(map(len, sentences)), mean + 100 * long_words / len(words))
