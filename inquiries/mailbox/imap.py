"""The mailbox on its server: what waits, fetched without marking it, and put where it belongs afterwards."""

import contextlib
import imaplib
import logging
import ssl
from collections.abc import Iterator, Sequence
from datetime import date
from email.message import Message

from django.conf import settings
from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.query import AND
from imap_tools.utils import check_command_status

from inquiries.mailbox.address import MailboxAddress

logger = logging.getLogger(__name__)

# Of each e-mail only the beginning is fetched: the text stands there, and attachments are not taken.
FETCHED_BYTES = 1_000_000
HEADERS_AT_ONCE = 100
# What goes wrong between us and a server
ServerError = (ImapToolsError, imaplib.IMAP4.error, OSError)


class MailboxAwayError(Exception):
    """The server does not answer, refuses us, or went away in between."""


class Mailbox:
    """An open mailbox."""

    def __init__(self, connection: BaseMailBox) -> None:
        self._connection = connection

    def waiting(self) -> list[str]:
        """Return the e-mails that nobody has put aside, the oldest first."""
        return self._connection.uids("UNFLAGGED UNDELETED")

    def set_aside(self) -> list[str]:
        """Return the e-mails that are flagged, the oldest first: by us for a person, or by a person."""
        return self._connection.uids("FLAGGED UNDELETED")

    def fetch(self, uid: str) -> bytes | None:
        """Return the beginning of an e-mail, not marked as read; None if it has gone meanwhile."""
        answer = self._connection.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{FETCHED_BYTES}>)")
        check_command_status(answer, ImapToolsError)
        return next((bytes(item[1]) for item in answer[1] if isinstance(item, tuple)), None)

    def headers(self, uids: Sequence[str]) -> Iterator[tuple[str, Message]]:
        """Return the headers of e-mails by their uids."""
        if uids:
            for mail in self._connection.fetch(uid_list=uids, headers_only=True, mark_seen=False, bulk=HEADERS_AT_ONCE):
                yield mail.uid or "", mail.obj

    def put_away(self, uid: str) -> None:
        """Move an e-mail that is dealt with out of the inbox, marked as read."""
        self._store(uid, r"(\Seen)")
        self._connection.move(uid, settings.IMAP_DONE_FOLDER)

    def flag(self, uid: str) -> None:
        """Leave an e-mail in the inbox, unread, with a flag for a person."""
        self._store(uid, r"(\Flagged)")

    def clear(self, before: date) -> None:
        """Delete what was put away and is older."""
        self._connection.folder.set(settings.IMAP_DONE_FOLDER)
        self._connection.delete(self._connection.uids(AND(date_lt=before)), chunks=HEADERS_AT_ONCE)

    def make_folder(self) -> None:
        """Make the folder for what is dealt with, if it is not there."""
        if not self._connection.folder.exists(settings.IMAP_DONE_FOLDER):
            self._connection.folder.create(settings.IMAP_DONE_FOLDER)

    def _store(self, uid: str, flags: str) -> None:
        """Set flags; the library's own way would also delete what a person has marked for it."""
        check_command_status(self._connection.client.uid("STORE", uid, "+FLAGS.SILENT", flags), ImapToolsError)


@contextlib.contextmanager
def open_mailbox(address: MailboxAddress) -> Iterator[Mailbox]:
    """Open the mailbox. Raises MailboxAwayError for whatever goes wrong with the server, now or later."""
    connection: BaseMailBox | None = None
    try:
        connection = _connect(address)
        if address.scheme == "imap+tls":
            # Not by the library's own class, which leaves the connection open when the server refuses.
            connection.client.starttls(ssl.create_default_context())
        connection.login(address.user, address.password, initial_folder=None)
        _ask_what_it_can(connection)
        mailbox = Mailbox(connection)
        mailbox.make_folder()
        connection.folder.set(address.folder)
        yield mailbox
    except ServerError as error:
        # The server's words may quote an e-mail or the account: only the kind of error goes on.
        raise MailboxAwayError(type(error).__name__) from None
    finally:
        if connection:
            _leave(connection)


def _connect(address: MailboxAddress) -> BaseMailBox:
    """Return a connection; a server that cannot prove who it is gets no password."""
    seconds = settings.EMAIL_TIMEOUT
    if address.scheme == "imap+ssl":
        return MailBox(address.host, address.port, timeout=seconds, ssl_context=ssl.create_default_context())
    return MailBoxUnencrypted(address.host, address.port, timeout=seconds)


def _ask_what_it_can(connection: BaseMailBox) -> None:
    """Learn what the server offers after signing in: many say only then that they can move."""
    _status, data = connection.client.capability()
    if data and isinstance(data[0], bytes):
        connection.client.capabilities = tuple(data[0].decode("ascii", "replace").upper().split())


def _leave(connection: BaseMailBox) -> None:
    """Sign out; a server that has gone away is left by closing."""
    try:
        connection.logout()
    except ServerError:
        with contextlib.suppress(OSError):
            connection.client.shutdown()
