"""What people type, made safe to keep and to show, and otherwise left as typed."""

import re
import unicodedata

# Controls that turn the direction of the text around them can make a name read as another (RELIABILITY.md S07).
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROLS_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def has_control_characters(text: str) -> bool:
    """Return whether a single line holds what no keyboard types into it, such as a line break."""
    return bool(_CONTROLS.search(text))


def one_line(text: str) -> str:
    """Return a single line as typed, composed (NFC), without characters that turn the direction of writing."""
    return unicodedata.normalize("NFC", _BIDI_CONTROLS.sub("", text)).strip()


def many_lines(text: str) -> str:
    """Return a text with plain line breaks, composed (NFC), without control characters."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = _CONTROLS_BUT_LINES.sub("", _BIDI_CONTROLS.sub("", plain))
    return unicodedata.normalize("NFC", plain).strip()


def header_safe(text: str) -> str:
    """Return `text` fit for a mail header: on one line, without control characters (RELIABILITY.md S12)."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def has_mixed_scripts(name: str) -> bool:
    """Return whether a name mixes alphabets within one word; for staff to see, never to block."""
    return any(len(_scripts(word)) > 1 for word in name.split())


def _scripts(word: str) -> set[str]:
    """Return the alphabets that a word's letters come from."""
    names = (unicodedata.name(character, "") for character in word if character.isalpha())
    return {name.split(" ", 1)[0] for name in names} & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}
