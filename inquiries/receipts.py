"""The confirmation page's address: unguessable, the same for a repeated send, stored only as a digest."""

from datetime import datetime
from uuid import UUID

from inquiries.models import Inquiry
from inquiries.tokens import keyed_token, token_digest


def receipt_token(inquiry_id: UUID) -> str:
    """Return the 256-bit token of an inquiry's confirmation page."""
    return keyed_token("receipt", inquiry_id.bytes)


def find_by_receipt(token: str, *, now: datetime) -> Inquiry | None:
    """Return the inquiry whose confirmation page `token` opens, or None for an unknown or expired one."""
    inquiries = Inquiry.objects.select_related("receipt_coordinator__user")
    with_languages = inquiries.prefetch_related("receipt_coordinator__languages")
    inquiry = with_languages.filter(receipt_digest=token_digest(token)).first()
    return inquiry if inquiry and inquiry.receipt_expires_at > now else None
