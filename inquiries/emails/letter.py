"""What an e-mail says, apart from how it looks: parts in order, shown as plain text and as HTML from the same words."""

from dataclasses import dataclass
from typing import ClassVar

from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi


@dataclass(frozen=True)
class Words:
    """A paragraph; a quiet one is small print."""

    look: ClassVar[str] = "words"
    text: str
    is_quiet: bool = False

    @property
    def plain(self) -> str:
        """The part as plain text."""
        return self.text


@dataclass(frozen=True)
class Panel:
    """A few lines that must be seen: what we promise or, as an alarm, what must not wait."""

    look: ClassVar[str] = "panel"
    lines: tuple[str, ...]
    is_alarm: bool = False

    @property
    def plain(self) -> str:
        """The part as plain text."""
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Listing:
    """A list under a short line: steps in their order, or just items."""

    look: ClassVar[str] = "listing"
    title: str
    items: tuple[str, ...]
    is_numbered: bool = False

    @property
    def plain(self) -> str:
        """The part as plain text."""
        marks = (f"{number}." if self.is_numbered else "-" for number in range(1, len(self.items) + 1))
        return "\n".join([self.title, *(f"{mark} {item}" for mark, item in zip(marks, self.items, strict=True))])


@dataclass(frozen=True)
class Link:
    """Something that can be opened, and what to know about it."""

    label: str
    url: str
    note: str = ""

    @property
    def plain(self) -> str:
        """The link as plain text."""
        return f"- {', '.join(filter(None, [self.label, self.note]))}\n  {self.url}"


@dataclass(frozen=True)
class Links:
    """A list of what can be opened, under a short line; as HTML the addresses are behind the labels."""

    look: ClassVar[str] = "links"
    title: str
    items: tuple[Link, ...]

    @property
    def plain(self) -> str:
        """The part as plain text."""
        return "\n".join([self.title, *(item.plain for item in self.items)])


@dataclass(frozen=True)
class Facts:
    """Names and values, one a line."""

    look: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]

    @property
    def plain(self) -> str:
        """The part as plain text."""
        return "\n".join(f"{name}: {value}" for name, value in self.rows)


@dataclass(frozen=True)
class Quote:
    """Somebody's own words with their line breaks."""

    look: ClassVar[str] = "quote"
    title: str
    text: str

    @property
    def plain(self) -> str:
        """The part as plain text."""
        return f"{self.title}:\n{self.text}"


@dataclass(frozen=True)
class Button:
    """The one thing to do. The address stays readable, so that it can be checked before it is followed."""

    look: ClassVar[str] = "button"
    label: str
    url: str

    @property
    def plain(self) -> str:
        """The part as plain text."""
        return f"{self.label}:\n{self.url}"


@dataclass(frozen=True)
class Code:
    """Digits to be read and typed."""

    look: ClassVar[str] = "code"
    digits: str

    @property
    def plain(self) -> str:
        """The part as plain text."""
        return self.digits


@dataclass(frozen=True)
class Reach:
    """How to reach the clinic, after a sentence that says when to."""

    look: ClassVar[str] = "reach"
    text: str
    phone: str
    email: str = ""

    @property
    def dialled(self) -> str:
        """The phone number as a phone dials it."""
        return self.phone.replace(" ", "")

    @property
    def plain(self) -> str:
        """The part as plain text."""
        return f"{self.text}\n{', '.join(filter(None, [self.phone, self.email]))}"


Part = Words | Panel | Listing | Links | Facts | Quote | Button | Code | Reach


@dataclass(frozen=True)
class Letter:
    """One e-mail in one language; the subject says what the heading says, with the reference."""

    subject: str
    heading: str
    parts: tuple[Part, ...]
    greeting: str = ""
    house: str = ""
    signature: tuple[str, ...] = ()
    remark: str = ""

    @property
    def text(self) -> str:
        """The letter as plain text."""
        signature = "\n".join(filter(None, [self.house, *self.signature]))
        blocks = [self.greeting, *(part.plain for part in self.parts), signature, self.remark]
        return "\n\n".join(filter(None, blocks)) + "\n"

    @property
    def html(self) -> str:
        """The letter as HTML: no image, no script, nothing that is loaded from anywhere."""
        context = {"letter": self, "language": get_language(), "direction": "rtl" if get_language_bidi() else "ltr"}
        return render_to_string("inquiries/email/letter.html", context)
