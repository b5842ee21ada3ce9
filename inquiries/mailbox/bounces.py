"""Reading the reports of mail servers about e-mails of ours that did not arrive (RFC 3464)."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from inquiries.mailbox.headers import header, message_ids
from inquiries.sealing.blind import normal_email

STATUS_LENGTH = 12


@dataclass(frozen=True)
class Bounce:
    """What a report says: which e-mail of ours, for whom, and whether it is lost or only late."""

    message_ids: tuple[str, ...]
    reference: str
    recipients: frozenset[str]
    status: str
    is_final: bool


def is_report(message: Message) -> bool:
    """Return whether this is a mail system's report of any kind: returned, delayed, delivered, displayed."""
    return message.get_content_type() == "multipart/report"


def read_bounce(message: Message) -> Bounce | None:
    """Return what a report about a delivery says, or None where this is none."""
    if not is_report(message) or not message.is_multipart():
        return None
    blocks: list[Message] = []
    returned: Message | None = None
    for part in message.get_payload():
        if not isinstance(part, Message):
            continue
        kind = part.get_content_type()
        if kind == "message/delivery-status" and part.is_multipart():
            blocks += [block for block in part.get_payload() if isinstance(block, Message)]
        elif kind in {"message/rfc822", "text/rfc822-headers"}:
            returned = _returned(part) or returned
    if not blocks:
        return None
    lost = [block for block in blocks if header(block, "Action").strip().casefold() == "failed"]
    told = lost or [block for block in blocks if header(block, "Action")]
    return Bounce(
        message_ids=tuple(message_ids(returned, "Message-ID")) if returned else (),
        reference=header(returned, "X-Inquiry-Reference").strip() if returned else "",
        recipients=frozenset(_address(block, name) for block in told for name in _RECIPIENTS) - {""},
        status=next((_status(block) for block in told), ""),
        is_final=bool(lost),
    )


_RECIPIENTS = ("Final-Recipient", "Original-Recipient")


def _returned(part: Message) -> Message | None:
    """Return the e-mail that came back, or only its headers."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return next((inner for inner in payload if isinstance(inner, Message)), None)
    content = part.get_payload(decode=True)
    return message_from_bytes(content) if isinstance(content, bytes) else None


def _address(block: Message, name: str) -> str:
    """Return the address of a field such as `rfc822; jan@example.com`."""
    _kind, _mark, address = header(block, name).partition(";")
    return normal_email(address.strip(" <>"))


def _status(block: Message) -> str:
    """Return the code alone, such as `5.1.1`: what stands behind it may be anything."""
    words = header(block, "Status").split()
    return "".join(character for character in words[0] if character in "0123456789.")[:STATUS_LENGTH] if words else ""
