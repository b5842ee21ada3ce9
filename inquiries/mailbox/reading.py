"""From the bytes of an e-mail to what the site needs of it; nothing in an e-mail can make this fail."""

import codecs
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser

from inquiries.mailbox.automatic import is_automatic, is_daemon, may_be_automatic
from inquiries.mailbox.bounces import Bounce, is_report, read_bounce
from inquiries.mailbox.headers import header, message_ids, only_sender, readable_header
from inquiries.mailbox.html_text import html_to_text
from inquiries.mailbox.quotes import is_forwarded, without_history
from inquiries.references import references_in
from inquiries.text import many_lines

logger = logging.getLogger(__name__)

LONGEST_TEXT = 20_000
# More than any text that a person types, with its HTML; less than what would make a parser slow.
LONGEST_PART = 200_000
DEEPEST_PART = 12
MOST_IDS = 50
# The standard library needs minutes for a kilometre of parameters, for hundreds of parts in one another, and for what
# says that it is written as a domain's name: no mail program sends these.
LONGEST_PARAMETERS = 4000
MOST_MULTIPARTS = 40
_PARAMETERS = re.compile(rb"(?:^|(?<=[\r\n]))content-[a-z]+:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*", re.IGNORECASE)
_SLOW_CHARSETS = frozenset({"punycode", "idna"})


@dataclass(frozen=True)
class IncomingMail:
    """What an e-mail is and says. `identity` is the same for every copy of it."""

    identity: tuple[str, ...]
    message_id: str = ""
    sender: str = ""
    # The Message-IDs that it answers, the nearest first
    answers: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    text_was_cut: bool = False
    attachments: int = 0
    bounce: Bounce | None = None
    is_automatic: bool = False
    # By marks that a person's e-mail may bear, too
    may_be_automatic: bool = False
    is_from_daemon: bool = False
    is_broken: bool = False


def identity_of(message: Message) -> tuple[str, ...]:
    """Return by what an e-mail is known again: its Message-ID, or all its headers where it has none."""
    ids = message_ids(message, "Message-ID")
    return (ids[0],) if ids else tuple(f"{name}:{value}" for name, value in message.items())


def read_mail(data: bytes) -> IncomingMail:
    """Return what an e-mail says; of one that cannot be read, only that it is broken."""
    identity = identity_of(BytesHeaderParser().parsebytes(data))
    if _is_bomb(data):
        logger.warning("e-mail would take too long to read")
        return IncomingMail(identity=identity, is_broken=True)
    try:
        return _read(message_from_bytes(data), identity)
    except Exception as error:  # noqa: BLE001  # whatever strangers send must not stop the mails behind it
        logger.warning("e-mail could not be read", extra={"error": type(error).__name__})
        return IncomingMail(identity=identity, is_broken=True)


def _read(message: Message, identity: tuple[str, ...]) -> IncomingMail:
    """Read an e-mail whose parts may be anything."""
    sender, subject = only_sender(message), readable_header(message, "Subject")
    whole, attachments = _Parts(message).read()
    own = whole if is_forwarded(subject) else without_history(whole)
    answers = [*message_ids(message, "In-Reply-To"), *reversed(message_ids(message, "References"))]
    return IncomingMail(
        identity=identity,
        message_id=next(iter(message_ids(message, "Message-ID")), ""),
        sender=sender,
        answers=tuple(dict.fromkeys(answers))[:MOST_IDS],
        references=references_in(subject),
        text=own[:LONGEST_TEXT],
        text_was_cut=len(own) > LONGEST_TEXT,
        attachments=attachments,
        bounce=read_bounce(message),
        is_automatic=is_report(message) or is_automatic(message, sender),
        may_be_automatic=may_be_automatic(message, subject),
        is_from_daemon=is_daemon(sender),
        is_broken=not header(message, "From") or _is_torn(message),
    )


def _is_bomb(data: bytes) -> bool:
    """Return whether an e-mail is made to keep its reader busy; told before anything of it is taken apart."""
    found = [match[0] for match in _PARAMETERS.finditer(data)]
    multiparts = sum(b"multipart/" in header.lower() for header in found)
    return multiparts > MOST_MULTIPARTS or any(len(header) > LONGEST_PARAMETERS for header in found)


def _is_torn(message: Message) -> bool:
    """Return whether the e-mail says that it has parts and none can be told apart."""
    return message.get_content_maintype() == "multipart" and not message.is_multipart()


class _Parts:
    """Walks through an e-mail once: its text, and how many files hang on it."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._attachments = 0

    def read(self) -> tuple[str, int]:
        """Return the text and the number of files; halves of letters, which some charsets allow, are replaced."""
        text = self._text(self._message, 0).encode("utf-8", "replace").decode("utf-8")
        return many_lines(text), self._attachments

    def _text(self, part: Message, depth: int) -> str:
        """Return the text of a part and of what it holds."""
        kind = part.get_content_type()
        if depth > DEEPEST_PART:
            return ""
        if kind.startswith("multipart/"):
            children = list(_children(part))
            if kind == "multipart/alternative":
                return self._one_of(children, depth)
            texts = [self._text(child, depth + 1) for child in children]
            return "\n\n".join(text for text in texts if text.strip())
        if _is_attachment(part, kind):
            self._attachments += 1
            return ""
        text = _decoded(part)[:LONGEST_PART]
        return html_to_text(text) if kind == "text/html" else text

    def _one_of(self, children: list[Message], depth: int) -> str:
        """Return the plain one of several forms of the same text, or the first that says anything."""
        texts = [(child.get_content_type() == "text/plain", self._text(child, depth + 1)) for child in children]
        said = [(is_plain, text) for is_plain, text in texts if text.strip()]
        return next((text for is_plain, text in said if is_plain), said[0][1] if said else "")


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))


def _is_attachment(part: Message, kind: str) -> bool:
    """Return whether a part is a file rather than words to be read."""
    if kind not in {"text/plain", "text/html"}:
        return True
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _decoded(part: Message) -> str:
    """Return a part's text; a charset that is missing, unknown or wrong spoils letters at most."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            if charset and codecs.lookup(charset).name in _SLOW_CHARSETS:
                continue
            return content.decode(charset or "utf-8")
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")
