"""Charts as numbers for an SVG without a style: percents across, pixels down, mirrored where one reads from the right.

Text keeps its size on a phone, because only shares of the width are drawn; the table beside each chart says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_ROW, _LABEL_LINE, _BAR = 46, 18, 14
_PLOT, _AXIS = 140, 24
_GAP = 0.18  # of the room of one pair of columns
_LEAST = 0.6  # percent: what is there is seen


@dataclass(frozen=True)
class Piece:
    """A rectangle; its kind gives it colour and pattern."""

    kind: str
    x: str
    y: int
    width: str
    height: int


@dataclass(frozen=True)
class Words:
    """A word in the drawing."""

    kind: str
    text: str
    x: str
    y: int


@dataclass(frozen=True)
class Chart:
    """A drawing and what it says to those who do not see it."""

    key: str
    title: str
    description: str
    height: int
    pieces: list[Piece]
    words: list[Words]
    legend: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Bar:
    """One bar: a label, what stands at its end, and its parts as (kind, number)."""

    label: str
    value: str
    parts: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Sketch:
    """What every chart has, before it is drawn."""

    key: str
    title: str
    description: str
    is_mirrored: bool = False
    legend: Sequence[tuple[str, str]] = ()

    def bars(self, bars: Sequence[Bar]) -> Chart:
        """Draw lying bars, each below its label."""
        most = max((sum(number for _kind, number in bar.parts) for bar in bars), default=0) or 1
        pieces: list[Piece] = []
        words: list[Words] = []
        for place, bar in enumerate(bars):
            top = place * _ROW
            words.append(Words("label", bar.label, self._at(0), top + _LABEL_LINE - 4))
            words.append(Words("value", bar.value, self._at(100), top + _LABEL_LINE - 4))
            pieces.append(self._piece("rail", 0, 100, top + _LABEL_LINE, _BAR))
            start = 0.0
            for kind, number in bar.parts:
                width = max(100 * number / most, _LEAST) if number else 0
                if width:
                    pieces.append(self._piece(kind, start, min(width, 100 - start), top + _LABEL_LINE, _BAR))
                start += width
        return self._chart(len(bars) * _ROW, pieces, words)

    def columns(self, groups: Sequence[tuple[str, Sequence[tuple[str, float]]]], every: int = 1) -> Chart:
        """Draw standing columns, side by side in groups; every so many groups are named, the last one always."""
        most = max((number for _label, parts in groups for _kind, number in parts), default=0) or 1
        pieces: list[Piece] = []
        words: list[Words] = []
        room = 100 / max(len(groups), 1)
        for place, (label, parts) in enumerate(groups):
            left, width = place * room + room * _GAP / 2, room * (1 - _GAP) / max(len(parts), 1)
            for number_of_column, (kind, number) in enumerate(parts):
                height = max(round(_PLOT * number / most), 2) if number else 0
                if height:
                    pieces.append(self._piece(kind, left + number_of_column * width, width, _PLOT - height, height))
            if (len(groups) - 1 - place) % every == 0:
                words.append(Words("tick", label, self._at(place * room + room / 2), _PLOT + _AXIS - 6))
        pieces.append(self._piece("axis", 0, 100, _PLOT, 1))
        return self._chart(_PLOT + _AXIS, pieces, words)

    def _chart(self, height: int, pieces: list[Piece], words: list[Words]) -> Chart:
        """Return the finished chart."""
        return Chart(self.key, self.title, self.description, height, pieces, words, self.legend)

    def _piece(self, kind: str, start: float, width: float, y: int, height: int) -> Piece:
        """Return a rectangle that begins `start` percent from where one begins to read."""
        x = 100 - start - width if self.is_mirrored else start
        return Piece(kind, f"{x:.2f}%", y, f"{width:.2f}%", height)

    def _at(self, start: float) -> str:
        """Return a place across, `start` percent from where one begins to read."""
        return f"{100 - start if self.is_mirrored else start:.2f}%"
