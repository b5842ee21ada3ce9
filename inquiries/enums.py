"""Choices of the inquiries room, stored as codes and shown in the reader's language."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContactBy(TextChoices):
    """How the patient wants to be contacted; the codes are what the form posts."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone call")
    TEXT = "text", _("Text message")


class CallTime(TextChoices):
    """When a call suits the patient, on the patient's own clock; the codes are what the form posts."""

    MORNING = "morning", _("In the morning")
    AFTERNOON = "afternoon", _("In the afternoon")
    EVENING = "evening", _("In the evening")


class ForWhom(TextChoices):
    """Whom the inquiry is about; the codes are what the form posts."""

    SELF = "self", _("For me")
    CHILD = "child", _("For my child")
    OTHER = "other", _("For someone else, who has agreed")


class Status(TextChoices):
    """How far an inquiry has come."""

    WAITING = "WAITING", _("waiting for a first answer")
    CONTACTED = "CONTACTED", _("in contact")
    CLOSED = "CLOSED", _("closed")


class Outcome(TextChoices):
    """How an inquiry ended."""

    APPOINTMENT = "APPOINTMENT", _("appointment made")
    INFORMED = "INFORMED", _("questions answered")
    NOT_REACHED = "NOT_REACHED", _("could not reach the patient")
    WITHDRAWN = "WITHDRAWN", _("withdrawn by the patient")
    DUPLICATE = "DUPLICATE", _("sent twice")
    SPAM = "SPAM", _("not a real inquiry")


class ContactResult(TextChoices):
    """What came of an attempt to contact the patient."""

    SPOKE = "SPOKE", _("spoke with the patient")
    WROTE = "WROTE", _("wrote to the patient")
    LEFT_MESSAGE = "LEFT_MESSAGE", _("left a message")
    UNREACHABLE = "UNREACHABLE", _("could not reach the patient")


class QuarantineReason(TextChoices):
    """Why an inquiry waits for a person before it goes on."""

    HONEYPOT = "HONEYPOT", _("a hidden field was filled in")
    TOO_FAST = "TOO_FAST", _("sent faster than a person can type")
    RATE = "RATE", _("many inquiries from one network")


class EventKind(TextChoices):
    """What happened to an inquiry."""

    RECEIVED = "RECEIVED", _("received")
    ASSIGNED = "ASSIGNED", _("assigned")
    QUARANTINED = "QUARANTINED", _("held in quarantine")
    RELEASED = "RELEASED", _("released from quarantine")
    OPENED = "OPENED", _("opened for the first time")
    READ = "READ", _("read")
    OPENED_BY_REFERENCE = "OPENED_BY_REFERENCE", _("opened by its reference, with a reason")
    CONTACT_ATTEMPT = "CONTACT_ATTEMPT", _("contact attempt")
    CLOSED = "CLOSED", _("closed")
    REOPENED = "REOPENED", _("reopened")
    EMAIL_SENT = "EMAIL_SENT", _("e-mail handed to the mail server")
    EMAIL_FAILED = "EMAIL_FAILED", _("e-mail could not be delivered")
    EMAIL_RESENT = "EMAIL_RESENT", _("e-mail sent again")


class EmailKind(TextChoices):
    """What an e-mail is for."""

    HANDOVER = "HANDOVER", _("notice to the coordinator")
    HANDOVER_FALLBACK = "HANDOVER_FALLBACK", _("notice to the fallback mailbox")
    CONFIRMATION = "CONFIRMATION", _("confirmation to the patient")
    INVITATION = "INVITATION", _("invitation to the staff")
    PASSWORD_RESET = "PASSWORD_RESET", _("new password for the staff")  # a code, no password
    REVIEW_REPORT = "REVIEW_REPORT", _("weekly report to the editors")


class EmailStatus(TextChoices):
    """Where an e-mail is."""

    PENDING = "PENDING", pgettext_lazy("e-mail", "waiting to be sent")
    SENDING = "SENDING", pgettext_lazy("e-mail", "being sent")
    SENT = "SENT", pgettext_lazy("e-mail", "handed to the mail server")
    FAILED = "FAILED", pgettext_lazy("e-mail", "not delivered")


class MailDetail(TextChoices):
    """How much of an inquiry the coordinator's e-mail may carry."""

    NOTICE = "NOTICE", _("a notice only: nothing the patient wrote")
    CONTACT = "CONTACT", _("with name and contact data")
    FULL = "FULL", _("with name, contact data, treatment and message")
