"""Tokens of addresses that only their owner knows: made from a key, stored as a digest."""

import base64
import hashlib
import hmac

from inquiries.sealing.keys import derive


def keyed_token(purpose: str, message: bytes) -> str:
    """Return 256 bits that nobody without the key can guess, the same each time, fit for an address."""
    digest = hmac.digest(derive(purpose), message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def token_digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
