"""To whom an e-mail goes and in which language, decided when it is sent: people leave, addresses change."""

from dataclasses import dataclass

from django.conf import settings

from coordinators.models import ReplyPolicy
from inquiries.enums import ACCOUNT_KINDS, PATIENT_KINDS, EmailKind
from inquiries.models import OutgoingEmail

# These go to the address in their own row only: the inquiry is gone, or its address is the new one.
OWN_ADDRESS_ONLY = frozenset({EmailKind.ERASED, EmailKind.ADDRESS_CHANGED})
TO_PATIENTS = frozenset({*PATIENT_KINDS, EmailKind.ERASED})


class NoRecipientError(Exception):
    """There is nobody, or nothing any more, that the e-mail could be for."""


@dataclass(frozen=True)
class Addressee:
    """To whom an e-mail goes, and in which language."""

    address: str
    language: str


def addressee_of(email: OutgoingEmail) -> Addressee:
    """Return who gets the e-mail. Raises NoRecipientError when nobody can."""
    if email.kind in TO_PATIENTS:
        return _patient(email)
    return _person(email) or _mailbox(email)


def _patient(email: OutgoingEmail) -> Addressee:
    """Return the patient's address: the row's own before the inquiry's."""
    inquiry = email.inquiry
    address = email.address or ""
    if not address and inquiry and email.kind not in OWN_ADDRESS_ONLY:
        address = inquiry.email
    if not address:
        raise NoRecipientError
    return Addressee(address, email.language or (inquiry.language if inquiry else settings.LANGUAGE_CODE))


def _person(email: OutgoingEmail) -> Addressee | None:
    """Return the person of the staff; nobody who has left is told anything about an inquiry."""
    user = email.coordinator.user if email.coordinator else email.user
    if user and (user.is_active or email.kind in ACCOUNT_KINDS):
        return Addressee(user.email, user.language)
    return None


def _mailbox(email: OutgoingEmail) -> Addressee:
    """Return the clinic's own mailbox, which reads what a person of the staff no longer can."""
    mailbox = ReplyPolicy.objects.values_list("fallback_mailbox", flat=True).first()
    if not mailbox or email.kind in ACCOUNT_KINDS:
        raise NoRecipientError
    return Addressee(mailbox, settings.LANGUAGE_CODE)
