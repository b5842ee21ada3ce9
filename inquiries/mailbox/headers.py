"""Headers of an e-mail, read so that no malformed one can stop anything."""

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from inquiries.sealing.blind import normal_email
from inquiries.text import header_safe

_MESSAGE_ID = re.compile(r"<[^<>\s\x00]{3,250}>")
LONGEST_HEADER = 2000


def header_values(message: Message, name: str) -> list[str]:
    """Return every value of a header as text, however often it is there."""
    return [str(value)[:LONGEST_HEADER] for value in message.get_all(name, [])]


def header(message: Message, name: str) -> str:
    """Return a header's first value, or an empty text."""
    return next(iter(header_values(message, name)), "")


def message_ids(message: Message, name: str) -> list[str]:
    """Return the Message-IDs in a header, in their order."""
    return [found for value in message.get_all(name, []) for found in _MESSAGE_ID.findall(str(value))]


def readable_header(message: Message, name: str) -> str:
    """Return a header decoded, on one line; what cannot be decoded is replaced, never refused."""
    value = header(message, name)
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        return header_safe(value)
    return header_safe("".join(_decoded(part, charset) for part, charset in parts))


def only_sender(message: Message) -> str:
    """Return the one address that the e-mail is from, as addresses are compared; empty where that is not clear."""
    values = header_values(message, "From")
    found = {normal_email(address) for _name, address in getaddresses(values) if "@" in address}
    return found.pop() if len(values) == 1 and len(found) == 1 else ""


def _decoded(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "utf-8", "replace")
    except LookupError:
        return part.decode("utf-8", "replace")
