"""Sealing and opening one value: AES-256-GCM, bound to its place.

A sealed value reads `v1:<key id>:<nonce>:<ciphertext>`. Table, column and row are bound in as associated data, so that
a value moved to another place does not open (docs/adr/0002).
"""

import base64
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from inquiries.sealing.keys import key_ring

VERSION = "v1"
NONCE_BYTES = 12


class SealError(Exception):
    """A sealed value cannot be opened: wrong key, wrong place, or damaged."""


@dataclass(frozen=True, repr=False)
class SealedToken:
    """A sealed value as it lies in the database; it never passes for text by accident."""

    token: str

    def __repr__(self) -> str:
        return "<sealed>"

    def __str__(self) -> str:
        message = "A sealed value has no text of its own; read it through its model."
        raise TypeError(message)


def seal(text: str, place: str) -> SealedToken:
    """Return `text` sealed with the newest key for `place` (table, column and row)."""
    key = key_ring()[0]
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key.secret).encrypt(nonce, text.encode(), place.encode())
    return SealedToken(":".join((VERSION, key.id, _encode(nonce), _encode(sealed))))


def unseal(sealed: SealedToken, place: str) -> str:
    """Return the text of a value sealed for `place`. Raises SealError when it does not open."""
    try:
        version, key_id, nonce, ciphertext = sealed.token.split(":")
        secret = next(key.secret for key in key_ring() if key.id == key_id)
        if version != VERSION:
            raise SealError(version)
        return AESGCM(secret).decrypt(_decode(nonce), _decode(ciphertext), place.encode()).decode()
    except (ValueError, StopIteration, InvalidTag) as error:
        message = "A sealed value does not open: wrong key, wrong place, or damaged."
        raise SealError(message) from error


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)
