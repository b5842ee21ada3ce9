"""Where an inquiry stands, as its patient is told: pure rules, no words."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from coordinators.models import Coordinator
from inquiries.enums import Status
from inquiries.models import Inquiry


class Stage(Enum):
    """How far an inquiry is, in the patient's eyes."""

    HELD = "held"
    WAITING = "waiting"
    LATE = "late"
    IN_CONTACT = "in_contact"
    CLOSED = "closed"


@dataclass(frozen=True)
class Standing:
    """What is told about an inquiry: the stage, who has it, by when an answer comes."""

    stage: Stage
    coordinator: Coordinator | None
    due_at: datetime | None
    # Told as it was told to everybody after sending: it must not show whether the clinic knew the address.
    is_receipt: bool


def standing(inquiry: Inquiry, *, has_moved_on: bool, now: datetime) -> Standing:
    """Return where `inquiry` stands; `has_moved_on`: whether anything happened to it since.

    Whoever typed a stranger's address holds this link too. Until something has happened to the inquiry itself, the page
    therefore tells what the confirmation page told, and an inquiry that was joined to another never tells of that one,
    but for this: once the clinic has been in touch since it came in, it says so, as every other inquiry's page would.
    """
    untouched = inquiry.status == Status.WAITING and inquiry.released_at is None and not has_moved_on
    if inquiry.status == Status.JOINED and has_moved_on:
        return Standing(Stage.IN_CONTACT, inquiry.receipt_coordinator, None, is_receipt=False)
    if inquiry.status == Status.JOINED or untouched:
        coordinator, due_at, is_receipt = inquiry.receipt_coordinator, inquiry.receipt_due_at, True
    else:
        coordinator, due_at, is_receipt = inquiry.coordinator, inquiry.reply_due_at, False
    stage = _stage(inquiry, due_at, now)
    # While an inquiry is held no clock runs for it.
    runs = stage in {Stage.WAITING, Stage.LATE}
    return Standing(stage, coordinator, due_at if runs else None, is_receipt)


def answer_waits(answered_at: datetime | None, read_at: datetime | None) -> bool:
    """Return whether the clinic wrote after the patient last read."""
    return answered_at is not None and (read_at is None or read_at < answered_at)


def _stage(inquiry: Inquiry, due_at: datetime | None, now: datetime) -> Stage:
    """Return the stage; an inquiry that was joined looks like one that waits."""
    if inquiry.status == Status.CLOSED:
        return Stage.CLOSED
    if inquiry.status == Status.CONTACTED:
        return Stage.IN_CONTACT
    if inquiry.is_quarantined:
        return Stage.HELD
    return Stage.LATE if due_at and due_at < now else Stage.WAITING
