"""Where the mailbox is and how it is opened, from one address in the settings."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# How the connection is protected, and the port that goes with it
PORTS = {"imap+ssl": 993, "imap+tls": 143, "imap": 143}
IN_THE_CLEAR = "imap"


@dataclass(frozen=True)
class MailboxAddress:
    """A mailbox on an IMAP server; the password is shown to nobody."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str


def mailbox_address() -> MailboxAddress | None:
    """Return the clinic's mailbox, or None where none is collected. Raises ImproperlyConfigured, without the password.

    `imap+ssl://user:password@host:993/INBOX`; what is special in an address is written as %40 and the like.
    """
    if not settings.IMAP_URL:
        return None
    try:
        parts = urlsplit(settings.IMAP_URL)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured("IMAP_URL is no address.") from None
    if parts.scheme not in PORTS:
        raise ImproperlyConfigured("IMAP_URL must begin with imap+ssl:// or imap+tls://.")
    if not (parts.hostname and parts.username and parts.password):
        raise ImproperlyConfigured("IMAP_URL needs a user, a password and a host.")
    return MailboxAddress(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )
