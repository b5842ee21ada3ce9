"""The consent that a patient gives: its wordings, the current one, and the record of those that somebody agreed to."""

from inquiries.consent.record import keep_wording
from inquiries.consent.wordings import (
    CONSENT_VERSION,
    Wording,
    consent_digest,
    consent_label,
    consent_text,
    current_wording,
    released,
)

__all__ = [
    "CONSENT_VERSION", "Wording", "consent_digest", "consent_label", "consent_text", "current_wording", "keep_wording",
    "released",
]  # fmt: skip
