"""References that people read to each other on the phone."""

import re
import secrets

PREFIX = "ZG"
DIGITS = "23456789"
LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"
# A digit at every third place, so that no words appear; no I, O, Q, Z, 0, 1, so that nothing is misread.
PATTERN = "dlldlldl"
_DIGIT, _LETTER, _DASH = f"[{DIGITS}]", f"[{LETTERS}]", r"[\s\u2010-\u2015-]?"
_IN_TEXT = re.compile(
    rf"\b{PREFIX}{_DASH}({_DIGIT}{_LETTER}{_LETTER}{_DIGIT}){_DASH}({_LETTER}{_LETTER}{_DIGIT}{_LETTER})\b",
    re.IGNORECASE,
)


def normal_reference(typed: str) -> str:
    """Return a reference as it is stored, from however somebody wrote it down: `zg7km4xw2p`, `7KM4 XW2P`."""
    letters = "".join(character for character in typed.upper() if character.isalnum()).removeprefix(PREFIX)
    return f"{PREFIX}-{letters[:4]}-{letters[4:]}"


def references_in(text: str) -> tuple[str, ...]:
    """Return the references that stand in a text, each once, as they are stored."""
    return tuple(dict.fromkeys(normal_reference("".join(found)) for found in _IN_TEXT.findall(text)))


def new_reference() -> str:
    """Return a fresh reference such as `ZG-7KM4-XW2P`."""
    body = "".join(secrets.choice(DIGITS if kind == "d" else LETTERS) for kind in PATTERN)
    return f"{PREFIX}-{body[:4]}-{body[4:]}"
