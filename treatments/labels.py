"""How the words of a drawing are laid out: SVG breaks no lines, so they are broken here."""

import unicodedata
from dataclasses import dataclass

LABEL_SIZE = 17.0
TIGHT_SIZE = 15.5  # the smallest text of a drawing
LINE_HEIGHT = 1.16
SOFT_HYPHEN = "\u00ad"

# Widths in em of a wide everyday sans serif; system fonts are a little narrower.
_WIDTHS = {
    **dict.fromkeys("iíìîïjlI.,:;'|!·", 0.29),
    **dict.fromkeys(" frtł()[]-‑/", 0.39),
    **dict.fromkeys("mwMW@%—", 0.93),
    **dict.fromkeys("csxzčćšžvyk", 0.52),
}
_USUAL, _CAPITAL, _WIDE = 0.61, 0.71, 1.0
_SHRINKING_STEP = 2


@dataclass(frozen=True)
class LaidOut:
    """The lines of a label, and the size at which they fit."""

    lines: tuple[str, ...]
    size: float

    @property
    def width(self) -> float:
        """Return the estimated width of the longest line."""
        return max(text_width(line, self.size) for line in self.lines)


def text_width(text: str, size: float = LABEL_SIZE) -> float:
    """Return about how wide `text` is in a drawing's units; rather too much than too little."""
    return size * sum(_letter_width(letter) for letter in text)


def lay_out(text: str, width: float) -> LaidOut:
    """Break `text` into lines of at most `width`, in the usual size if that fits, else in the tight one."""
    usual = LaidOut(_lines(text, width, LABEL_SIZE), LABEL_SIZE)
    if usual.width <= width:
        return usual
    return LaidOut(_lines(text, width, TIGHT_SIZE), TIGHT_SIZE)


def _letter_width(letter: str) -> float:
    """Return the width of one letter in em."""
    known = _WIDTHS.get(letter)
    if known is not None:
        return known
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    return _CAPITAL if letter.isupper() else _USUAL


def _lines(text: str, width: float, size: float) -> tuple[str, ...]:
    """Return lines of about the same length: as few as `width` allows."""
    best = _fill(text, width, size)
    narrower = width - _SHRINKING_STEP
    while narrower > 0:
        lines = _fill(text, narrower, size)
        if len(lines) > len(best) or max(text_width(line, size) for line in lines) > narrower:
            break
        best = lines
        narrower -= _SHRINKING_STEP
    return tuple(line.replace(SOFT_HYPHEN, "") for line in best)


def _fill(text: str, width: float, size: float) -> list[str]:
    """Fill one line after the other; a word too long for a line breaks at its last soft hyphen that fits."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
            continue
        rest = word
        while text_width(rest, size) > width and (cut := _last_break(rest, width, size)):
            lines.append(rest[:cut] + "-")
            rest = rest[cut + 1 :]
        lines.append(rest)
    return [line for line in lines if line] or [""]


def _last_break(word: str, width: float, size: float) -> int:
    """Return where the last soft hyphen stands that leaves a beginning no wider than `width`; 0 if there is none."""
    places = (place for place, letter in enumerate(word) if letter == SOFT_HYPHEN)
    return max((place for place in places if text_width(word[:place] + "-", size) <= width), default=0)
