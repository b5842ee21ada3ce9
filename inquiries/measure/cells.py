"""Numbers as the first page shows them: small ones are hidden where they could be about somebody."""

from dataclasses import dataclass

from django.utils.formats import number_format

SMALLEST_SHOWN = 5


@dataclass(frozen=True)
class Cell:
    """A number, and whether it is one of many small ones, each of which could be about one person."""

    number: int
    is_part: bool = False
    is_lower_bound: bool = False

    @property
    def is_hidden(self) -> bool:
        """Whether only its being small is shown."""
        return self.is_part and 0 < self.number < SMALLEST_SHOWN

    @property
    def drawn(self) -> int:
        """The number as a drawing may show it: every hidden one alike."""
        return SMALLEST_SHOWN // 2 if self.is_hidden else self.number

    def __str__(self) -> str:
        if self.is_hidden:
            return f"<{SMALLEST_SHOWN}"
        text = number_format(self.number, force_grouping=True)
        return f"≥\u00a0{text}" if self.is_lower_bound and self.number else text
