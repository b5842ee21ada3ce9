"""Codes for reading back: eight digits made from a key and the row's id, so that they are stored nowhere."""

import hashlib
import hmac
import unicodedata
from datetime import timedelta
from uuid import UUID

from inquiries.sealing.keys import derive

CODE_LIFE = timedelta(minutes=15)
DIGITS = 8


def code_digits(code_id: UUID) -> str:
    """Return the digits of an access code."""
    digest = hmac.digest(derive("access-code"), code_id.bytes, hashlib.sha256)
    return str(int.from_bytes(digest[:8], "big") % 10**DIGITS).zfill(DIGITS)


def code_as_shown(code_id: UUID) -> str:
    """Return the digits in two groups, as they are easily read and typed."""
    digits = code_digits(code_id)
    return f"{digits[:4]} {digits[4:]}"


def digits_of(typed: str) -> str:
    """Return the digits of what a patient typed, however it was grouped and in whichever script, as 0 to 9."""
    return "".join(str(unicodedata.decimal(character)) for character in typed if character.isdecimal())
