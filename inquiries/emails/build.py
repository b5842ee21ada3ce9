"""From a row of the outbox to a message that a mail server takes."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from inquiries.emails import overview, patient, staff
from inquiries.emails.addressee import TO_PATIENTS, addressee_of
from inquiries.emails.letter import Letter
from inquiries.enums import EmailKind
from inquiries.models import OutgoingEmail
from inquiries.text import header_safe

LETTERS: Mapping[EmailKind, Callable[[OutgoingEmail], Letter]] = {
    # To the patient
    EmailKind.CONFIRMATION: patient.confirmation,
    EmailKind.ADDITION: patient.addition,
    EmailKind.ANSWER_WAITING: patient.answer_waiting,
    EmailKind.PROMISE_MOVED: patient.promise_moved,
    EmailKind.DETAILS_WANTED: patient.details_wanted,
    EmailKind.NOT_REACHED: patient.not_reached,
    EmailKind.ERASED: patient.erased,
    EmailKind.ACCESS_CODE: patient.access_code,
    EmailKind.LINK: patient.link,
    EmailKind.ADDRESS_CHANGED: patient.address_changed,
    # To the staff
    EmailKind.HANDOVER: staff.handover,
    EmailKind.HANDOVER_FALLBACK: staff.handover_fallback,
    EmailKind.REMINDER: staff.reminder,
    EmailKind.ESCALATION: staff.escalation,
    EmailKind.PATIENT_ADDED: staff.patient_added,
    EmailKind.WITHDRAWN: staff.withdrawn,
    EmailKind.INVITATION: staff.invitation,
    EmailKind.PASSWORD_RESET: staff.password_reset,
    EmailKind.REVIEW_REPORT: staff.review_report,
    EmailKind.DIGEST: overview.digest,
    EmailKind.MANAGER_DIGEST: overview.manager_digest,
    EmailKind.ALARM: overview.alarm,
}


def build_email(email: OutgoingEmail) -> EmailMultiAlternatives:
    """Return the message for an outbox row. Raises NoRecipientError when nobody can receive it."""
    addressee = addressee_of(email)
    with translation.override(addressee.language):
        letter = LETTERS[EmailKind(email.kind)](email)
        message = EmailMultiAlternatives(
            subject=header_safe(letter.subject),
            body=letter.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[header_safe(addressee.address)],
            reply_to=[settings.REPLY_TO] if settings.REPLY_TO and email.kind in TO_PATIENTS else None,
            headers=_headers(email),
        )
        message.attach_alternative(letter.html, "text/html")
    return message


def _headers(email: OutgoingEmail) -> dict[str, str]:
    """Return the headers that let mail systems recognise a repeat and not answer automatically."""
    headers = {
        "Message-ID": email.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    subject = email.inquiry or email.tombstone
    if subject:
        headers["X-Inquiry-Reference"] = subject.reference
    return headers
