"""The private link: a 256-bit token made from a key, the row's id and its version; stored only as a digest.

The same row and version always give the same token, so an e-mail that is sent again carries the same link (ADR 0016).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from inquiries.models import Inquiry, PrivateLink
from inquiries.tokens import keyed_token, token_digest

LINK_DAYS = 90
LINK_LIFE = timedelta(days=LINK_DAYS)


def private_token(link_id: UUID, version: int) -> str:
    """Return the token of a link in one of its versions."""
    return keyed_token("private-link", link_id.bytes + version.to_bytes(8, "big"))


def link_is_open(link: PrivateLink, now: datetime) -> bool:
    """Return whether the link still opens the page."""
    return link.revoked_at is None and link.expires_at > now


def find_by_private_link(token: str, *, now: datetime) -> Inquiry | None:
    """Return the inquiry that `token` opens, or None for an unknown, expired or withdrawn link.

    The digest is looked up, not compared: the time that it takes tells nothing about the token (RELIABILITY.md S16).
    """
    links = PrivateLink.objects.select_related("inquiry__coordinator__user", "inquiry__treatment", "inquiry__consent")
    link = links.filter(digest=token_digest(token)).first()
    return link.inquiry if link and link_is_open(link, now) else None


def private_url(inquiry: Inquiry, *, page: str = "private", language: str | None = None) -> str:
    """Return the whole address of a private page of the inquiry, in the patient's language unless told otherwise."""
    link = inquiry.private_link
    with translation.override(language or inquiry.language):
        path = reverse(f"inquiries:{page}", kwargs={"token": private_token(link.pk, link.version)})
    return settings.SITE_URL + path
