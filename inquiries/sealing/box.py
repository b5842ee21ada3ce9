"""Sealing and opening one value: AES-256-GCM, bound to its place.

A sealed text reads `v1:<key id>:<nonce>:<ciphertext>`; sealed bytes are the same with nonce and ciphertext as they
are. Table, column and row are bound in as associated data, so that a value moved to another place does not open
(docs/adr/0002).
"""

import base64
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from inquiries.sealing.keys import key_ring

VERSION = "v1"
NONCE_BYTES = 12
_NOT_OPEN = "A sealed value does not open: wrong key, wrong place, or damaged."


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
        return _open(version, key_id, _decode(nonce), _decode(ciphertext), place).decode()
    except (ValueError, StopIteration, InvalidTag) as error:
        raise SealError(_NOT_OPEN) from error


def seal_bytes(data: bytes, place: str) -> bytes:
    """Return `data` sealed with the newest key for `place` (table, what it is, and row)."""
    key = key_ring()[0]
    nonce = os.urandom(NONCE_BYTES)
    return f"{VERSION}:{key.id}:".encode("ascii") + nonce + AESGCM(key.secret).encrypt(nonce, data, place.encode())


def unseal_bytes(sealed: bytes, place: str) -> bytes:
    """Return the bytes that were sealed for `place`. Raises SealError when they do not open."""
    try:
        version, key_id, rest = sealed.split(b":", 2)
        nonce, ciphertext = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        return _open(version.decode("ascii"), key_id.decode("ascii"), nonce, ciphertext, place)
    except (ValueError, StopIteration, InvalidTag) as error:
        raise SealError(_NOT_OPEN) from error


def _open(version: str, key_id: str, nonce: bytes, ciphertext: bytes, place: str) -> bytes:
    """Return what a ciphertext holds. Raises StopIteration, ValueError or InvalidTag when it does not open."""
    secret = next(key.secret for key in key_ring() if key.id == key_id)
    if version != VERSION:
        raise ValueError(version)
    return AESGCM(secret).decrypt(nonce, ciphertext, place.encode())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)
