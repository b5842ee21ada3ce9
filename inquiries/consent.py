"""The consent that a patient gives: its text in each language, its version, its digest."""

import hashlib

from django.utils import translation
from django.utils.translation import gettext as _

# Raise it whenever the meaning of the text changes, in all languages at once.
CONSENT_VERSION = "2026-11-21"


def consent_text() -> str:
    """Return the consent text in the active language."""
    return _(
        "I agree that the clinic uses the health information in this inquiry to assess my request and to answer me. "
        "I can withdraw my consent at any time; that does not change what was done before."
    )


def consent_digest(language: str) -> str:
    """Return the SHA-256 of the text as it is shown in `language`."""
    with translation.override(language):
        return hashlib.sha256(consent_text().encode()).hexdigest()
