"""Sealed fields: what patients write is encrypted at rest, and found again through keyed blind indexes."""

from inquiries.sealing.blind import blind_index, keyed_digest
from inquiries.sealing.box import SealedToken, SealError, seal_bytes, unseal_bytes
from inquiries.sealing.fields import SealedTextField
from inquiries.sealing.querysets import SealedQuerySet

__all__ = [
    "SealError", "SealedQuerySet", "SealedTextField", "SealedToken", "blind_index", "keyed_digest", "seal_bytes",
    "unseal_bytes",
]  # fmt: skip
