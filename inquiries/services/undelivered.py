"""E-mails that did not arrive: written where the desk looks; a patient's mailbox that refuses means: please phone."""

from collections.abc import Mapping
from datetime import datetime

from inquiries.enums import PATIENT_KINDS, EmailKind, EventKind
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.sealing.blind import normal_email
from inquiries.services.events import write_event


def write_undelivered(inquiry: Inquiry, kind: EventKind, details: Mapping[str, object] | None = None) -> None:
    """Write into the history of a locked inquiry what became of an e-mail.

    The desk shows the history of the inquiry that this one was added to: it is written there, too.
    """
    write_event(inquiry, kind, details=details)
    if inquiry.joined_to:
        write_event(inquiry.joined_to, kind, details={**(details or {}), "reference": inquiry.reference})


def went_to_present_address(email: OutgoingEmail, inquiry: Inquiry, handed_over_at: datetime | None) -> bool:
    """Return whether an e-mail, given to the mail server then, went to the patient's present address.

    One to an address that was corrected since says nothing about the new one.
    """
    changed = inquiry.contact_changed_at
    is_corrected_since = changed is not None and handed_over_at is not None and changed > handed_over_at
    return email.kind in PATIENT_KINDS and email.kind != EmailKind.ADDRESS_CHANGED and not is_corrected_since


def mark_refusing(inquiry: Inquiry, now: datetime) -> None:
    """Mark a locked inquiry, and the one it was added to if the address is the same: the mailbox takes no e-mail."""
    marked = [inquiry.pk]
    if inquiry.joined_to and normal_email(inquiry.joined_to.email) == normal_email(inquiry.email):
        marked.append(inquiry.joined_to.pk)
    Inquiry.objects.filter(pk__in=marked).update(email_refused_at=now)
