"""The key ring: the first key writes, all keys read.

`FIELD_ENCRYPTION_KEYS` holds comma-separated keys, newest first, each 32 bytes in base64 (URL-safe or not) or hex,
optionally named: `k2:…,k1:…`. The last key is also the root of the blind indexes, so it stays until they are rebuilt.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


@dataclass(frozen=True)
class Key:
    """One encryption key and the name that is written beside what it sealed."""

    id: str
    secret: bytes


def key_ring() -> tuple[Key, ...]:
    """Return the keys of the settings, newest first. Raises ImproperlyConfigured for a malformed key."""
    return _parse(settings.FIELD_ENCRYPTION_KEYS)


def derive(purpose: str) -> bytes:
    """Return a key of its own for `purpose`, derived from the oldest key of the ring."""
    return hmac.digest(key_ring()[-1].secret, purpose.encode(), hashlib.sha256)


@lru_cache(maxsize=4)
def _parse(configured: str) -> tuple[Key, ...]:
    keys = tuple(_parse_one(item.strip()) for item in configured.split(",") if item.strip())
    if not keys or len({key.id for key in keys}) != len(keys):
        message = "FIELD_ENCRYPTION_KEYS must hold at least one key, and no two with the same name."
        raise ImproperlyConfigured(message)
    return keys


def _parse_one(item: str) -> Key:
    name, colon, encoded = item.rpartition(":")
    secret = _decode(encoded)
    if secret is None or (colon and not name.isalnum()):
        message = "FIELD_ENCRYPTION_KEYS holds a malformed key: use 32 random bytes in base64, optionally as name:key."
        raise ImproperlyConfigured(message)
    return Key(name or hashlib.sha256(secret).hexdigest()[:8], secret)


def _decode(encoded: str) -> bytes | None:
    """Return the 32 bytes of a key in base64 or hex, or None."""
    try:
        if len(encoded) == 2 * KEY_BYTES:
            return bytes.fromhex(encoded)
        padded = encoded.replace("-", "+").replace("_", "/").rstrip("=")
        secret = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None
    return secret if len(secret) == KEY_BYTES else None
