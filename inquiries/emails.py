"""E-mails, made when they are sent: in the recipient's language, without a word of the patient's by default.

What a coordinator's e-mail may carry is the clinic's recorded choice (`MailDetailChoice`); the default is a notice.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from coordinators.models import ReplyPolicy, User
from coordinators.roster import clinic_place, clinic_today
from inquiries.countries import country_name
from inquiries.enums import EmailKind, MailDetail
from inquiries.models import Inquiry, MailDetailChoice, OutgoingEmail
from inquiries.moments import in_short, in_words, promise
from inquiries.readable import language_name, readable_choices, treatment_title
from inquiries.receipts import receipt_token
from inquiries.text import header_safe
from treatments.coverage import gaps, overdue_pages
from treatments.emergency import numbers_in
from treatments.models import Clinic

TEMPLATES = {
    EmailKind.HANDOVER: "handover",
    EmailKind.HANDOVER_FALLBACK: "handover_fallback",
    EmailKind.CONFIRMATION: "confirmation",
    EmailKind.INVITATION: "invitation",
    EmailKind.PASSWORD_RESET: "password_reset",
    EmailKind.REVIEW_REPORT: "review_report",
}


class NoRecipientError(Exception):
    """There is no address that the e-mail could go to."""


@dataclass(frozen=True)
class Addressee:
    """To whom an e-mail goes, and in which language."""

    address: str
    language: str


def build_email(email: OutgoingEmail) -> EmailMessage:
    """Return the message for an outbox row. Raises NoRecipientError when nobody can receive it."""
    addressee = _addressee(email)
    with translation.override(addressee.language):
        context = _context(email)
        name = TEMPLATES[EmailKind(email.kind)]
        subject = render_to_string(f"inquiries/email/{name}_subject.txt", context)
        body = render_to_string(f"inquiries/email/{name}_body.txt", context)
    return EmailMessage(
        subject=header_safe(subject),
        body=body.strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[header_safe(addressee.address)],
        headers=_headers(email),
    )


def _headers(email: OutgoingEmail) -> dict[str, str]:
    """Return the headers that let mail systems recognise a repeat and not answer automatically."""
    headers = {
        "Message-ID": email.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if email.inquiry:
        headers["X-Inquiry-Reference"] = email.inquiry.reference
    return headers


def _addressee(email: OutgoingEmail) -> Addressee:
    """Return who gets the e-mail, decided when it is sent: a coordinator may have left in the meantime."""
    if email.user:
        return Addressee(email.user.email, email.user.language)
    inquiry = email.inquiry
    if email.kind == EmailKind.CONFIRMATION and inquiry and inquiry.email:
        return Addressee(inquiry.email, inquiry.language)
    if email.kind == EmailKind.HANDOVER and email.coordinator and email.coordinator.user.is_active:
        return Addressee(email.coordinator.user.email, email.coordinator.user.language)
    mailbox = ReplyPolicy.objects.values_list("fallback_mailbox", flat=True).first()
    if email.kind in {EmailKind.HANDOVER, EmailKind.HANDOVER_FALLBACK} and mailbox:
        return Addressee(mailbox, settings.LANGUAGE_CODE)
    raise NoRecipientError


def _context(email: OutgoingEmail) -> dict[str, Any]:
    """Return what the templates may show, in the active language."""
    context: dict[str, Any] = {"clinic": Clinic.objects.first(), "site_url": settings.SITE_URL}
    if email.user and email.kind == EmailKind.REVIEW_REPORT:
        return {**context, "user": email.user, **_report_context()}
    if email.user:
        return {**context, "user": email.user, "link": password_link(email.user)}
    if email.inquiry is None:
        raise NoRecipientError
    inquiry = email.inquiry
    policy = ReplyPolicy.objects.get()
    promised = promise(inquiry.reply_due_at, clinic_zone=policy.zone, patient_zone=inquiry.time_zone)
    context |= {
        "reference": inquiry.reference,
        "place": clinic_place(),
        "reply_by": in_words(promised.at),
        "reply_by_short": in_short(promised.at),
        "reply_by_patient": in_words(promised.patient_at) if promised.patient_at else "",
        "coordinator": inquiry.coordinator,
        "language_code": _answer_language(inquiry).upper(),
        "country": country_name(inquiry.country),
    }
    if email.kind == EmailKind.CONFIRMATION:
        return {**context, "receipt_url": _receipt_url(inquiry), "emergency": numbers_in(inquiry.country)}
    return {**context, **_desk_context(inquiry)}


def _report_context() -> dict[str, Any]:
    """Return what editors have to look after, as it is when the report is sent."""
    names = dict(settings.LANGUAGES)
    return {
        "overdue": overdue_pages(clinic_today()),
        "gaps": [(gap, names[gap.language]) for gap in gaps()],
        "desk_url": settings.SITE_URL + reverse("admin:treatments_translations"),
    }


def _answer_language(inquiry: Inquiry) -> str:
    """Return the language of the answer; the page's where the patient wants one that the site does not speak."""
    known = dict(settings.LANGUAGES)
    return inquiry.preferred_language if inquiry.preferred_language in known else inquiry.language


def _desk_context(inquiry: Inquiry) -> dict[str, Any]:
    """Return what the staff's e-mails show: a link, and as much of the inquiry as the clinic chose."""
    level = mail_detail_level()
    context: dict[str, Any] = {
        "received_at": in_words(inquiry.received_at.astimezone(ReplyPolicy.objects.get().zone)),
        "preferred_language": language_name(inquiry.preferred_language),
        "desk_url": settings.SITE_URL + reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]),
        "level": level.value,
        "is_flagged": inquiry.is_flagged,
    }
    if level in {MailDetail.CONTACT, MailDetail.FULL}:
        context |= {
            "name": inquiry.name,
            "email": inquiry.email,
            "phone": inquiry.phone,
            "contact_by": readable_choices(inquiry).contact_by,
        }
    if level == MailDetail.FULL:
        context |= {"treatment": treatment_title(inquiry.treatment), "message": inquiry.message}
    return context


def mail_detail_level() -> MailDetail:
    """Return how much the clinic lets into coordinators' e-mails; a notice only, unless it chose otherwise."""
    newest = MailDetailChoice.objects.order_by("-chosen_at", "-pk").values_list("level", flat=True).first()
    return MailDetail(newest or MailDetail.NOTICE)


def password_link(user: User) -> str:
    """Return the link under which a person sets their password; it dies with its first use."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return settings.SITE_URL + reverse("admin-set-password", kwargs={"uidb64": uid, "token": token})


def _receipt_url(inquiry: Inquiry) -> str:
    """Return the confirmation page's address in the inquiry's language."""
    return settings.SITE_URL + reverse("inquiries:confirmation", kwargs={"token": receipt_token(inquiry.pk)})
