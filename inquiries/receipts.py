"""The confirmation page's address: unguessable, the same for a repeated send, stored only as a digest."""

import base64
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from inquiries.models import Inquiry
from inquiries.sealing.keys import derive


def receipt_token(inquiry_id: UUID) -> str:
    """Return the 256-bit token of an inquiry's confirmation page."""
    digest = hmac.digest(derive("receipt"), inquiry_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def token_digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_by_receipt(token: str, *, now: datetime) -> Inquiry | None:
    """Return the inquiry whose confirmation page `token` opens, or None for an unknown or expired one."""
    inquiries = Inquiry.objects.select_related("coordinator__user").prefetch_related("coordinator__languages")
    inquiry = inquiries.filter(receipt_digest=token_digest(token)).first()
    return inquiry if inquiry and inquiry.receipt_expires_at > now else None
