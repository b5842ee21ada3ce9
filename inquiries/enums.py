"""Choices of the inquiries room, stored as codes and shown in the reader's language."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# What forms and addresses say in a treatment's place when the patient does not know it yet
UNSURE = "unsure"


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

    WAITING = "WAITING", _("waiting for our answer")
    CONTACTED = "CONTACTED", _("in contact")
    CLOSED = "CLOSED", _("closed")
    JOINED = "JOINED", _("added to an earlier inquiry")


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
    EMAIL_REFUSED = "EMAIL_REFUSED", _("the patient's mailbox refuses our e-mails: please phone")
    ADDITION = "ADDITION", _("the same patient wrote again about the same treatment")
    REMINDED = "REMINDED", _("reminder sent to the coordinator")
    ESCALATED = "ESCALATED", _("a colleague was asked to step in")
    PROMISE_BROKEN = "PROMISE_BROKEN", _("not answered by the promised time")
    PROMISE_MOVED = "PROMISE_MOVED", _("the patient was told a new name and time")
    MESSAGE_SENT = "MESSAGE_SENT", _("answer written to the patient")
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED", _("message from the patient")
    DETAILS_WANTED = "DETAILS_WANTED", _("the patient was asked for details")
    DETAILS_SAVED = "DETAILS_SAVED", _("the patient answered questions")
    FILE_ADDED = "FILE_ADDED", _("the patient added a file")
    FILE_REMOVED = "FILE_REMOVED", _("the patient removed a file")
    FILE_READ = "FILE_READ", _("file downloaded")
    NOT_REACHED_SENT = "NOT_REACHED_SENT", _("the patient was told that we could not reach them")
    CONTACT_CHANGED = "CONTACT_CHANGED", _("the patient changed the contact data")
    PERSON_CONFIRMED = "PERSON_CONFIRMED", _("a person confirmed who the patient is")
    LINK_RENEWED = "LINK_RENEWED", _("new private link made")
    LINK_REVOKED = "LINK_REVOKED", _("private link withdrawn")
    CODE_SENT = "CODE_SENT", _("code sent to the patient")
    READ_BACK = "READ_BACK", _("the patient read what they had entered")
    EXPORTED = "EXPORTED", _("the patient's data were exported")
    NOTED = "NOTED", _("the desk's notes were changed")
    REPLY_FILED = "REPLY_FILED", _("the patient answered by e-mail")
    BOUNCED = "BOUNCED", _("an e-mail came back: please phone")


class EmailKind(TextChoices):
    """What an e-mail is for."""

    HANDOVER = "HANDOVER", _("notice to the coordinator")
    HANDOVER_FALLBACK = "HANDOVER_FALLBACK", _("notice to the fallback mailbox")
    CONFIRMATION = "CONFIRMATION", _("confirmation to the patient")
    INVITATION = "INVITATION", _("invitation to the staff")
    PASSWORD_RESET = "PASSWORD_RESET", _("new password for the staff")  # a code, no password
    REVIEW_REPORT = "REVIEW_REPORT", _("weekly report to the editors")
    ADDITION = "ADDITION", _("to the patient: added to the earlier inquiry")
    ANSWER_WAITING = "ANSWER_WAITING", _("to the patient: an answer is waiting")
    PROMISE_MOVED = "PROMISE_MOVED", _("to the patient: a new name and time")
    DETAILS_WANTED = "DETAILS_WANTED", _("to the patient: details asked for")
    NOT_REACHED = "NOT_REACHED", _("to the patient: we could not reach you")
    ERASED = "ERASED", _("to the patient: everything is erased")
    ACCESS_CODE = "ACCESS_CODE", _("to the patient: code for reading back")  # a name, no code
    LINK = "LINK", _("to the patient: the private link")
    ADDRESS_CHANGED = "ADDRESS_CHANGED", _("to the old address: the contact data were changed")
    REMINDER = "REMINDER", _("reminder to the coordinator")
    ESCALATION = "ESCALATION", _("request to step in")
    PATIENT_ADDED = "PATIENT_ADDED", _("notice: the patient added something")
    WITHDRAWN = "WITHDRAWN", _("notice: withdrawn and erased")
    DIGEST = "DIGEST", _("morning overview for coordinators")
    MANAGER_DIGEST = "MANAGER_DIGEST", _("morning overview for managers")
    ALARM = "ALARM", _("alarm for managers")


# Whom an e-mail is for decides what its row must point to (constraints of OutgoingEmail).
ACCOUNT_KINDS = (
    EmailKind.INVITATION, EmailKind.PASSWORD_RESET, EmailKind.REVIEW_REPORT, EmailKind.DIGEST,
    EmailKind.MANAGER_DIGEST, EmailKind.ALARM,
)  # fmt: skip
NOTICE_KINDS = (EmailKind.REMINDER, EmailKind.ESCALATION, EmailKind.PATIENT_ADDED)
PATIENT_KINDS = (
    EmailKind.CONFIRMATION, EmailKind.ADDITION, EmailKind.ANSWER_WAITING, EmailKind.PROMISE_MOVED,
    EmailKind.DETAILS_WANTED, EmailKind.NOT_REACHED, EmailKind.ACCESS_CODE, EmailKind.LINK, EmailKind.ADDRESS_CHANGED,
)  # fmt: skip


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


class PromiseEnding(TextChoices):
    """How a promised time ended."""

    KEPT = "KEPT", _("answered in time")
    LATE = "LATE", _("answered late")
    BROKEN = "BROKEN", _("not answered in time")
    DROPPED = "DROPPED", _("no answer needed any more")


class Sender(TextChoices):
    """Who wrote a message."""

    STAFF = "STAFF", pgettext_lazy("message", "the clinic")
    PATIENT = "PATIENT", pgettext_lazy("message", "the patient")


class FileKind(TextChoices):
    """What a patient's file is, by its content."""

    PDF = "PDF", "PDF"
    JPEG = "JPEG", "JPEG"
    PNG = "PNG", "PNG"


class Scan(TextChoices):
    """What the virus scanner said; a file with a virus is never kept."""

    CLEAN = "CLEAN", pgettext_lazy("file", "no virus found")
    NOT_SCANNED = "NOT_SCANNED", pgettext_lazy("file", "not scanned for viruses")


class ErasedBy(TextChoices):
    """Why an inquiry was erased."""

    PATIENT = "PATIENT", _("withdrawn by the patient")
    STAFF = "STAFF", _("erased by the staff at the patient's wish")
    RETENTION = "RETENTION", _("erased at the end of its time")


class AnswerMailLevel(TextChoices):
    """What the e-mail about an answer carries."""

    NOTICE = "NOTICE", _("only that an answer waits on the private page")
    FULL = "FULL", _("the answer itself")


class InboundVerdict(TextChoices):
    """What an e-mail in the clinic's mailbox turned out to be."""

    FILED = "FILED", _("filed with its inquiry")
    AUTOMATIC = "AUTOMATIC", _("automatic reply, left alone")
    BOUNCE = "BOUNCE", _("an e-mail of ours that came back")
    UNKNOWN = "UNKNOWN", _("left for a person to read")
    BROKEN = "BROKEN", _("could not be read")


class FunnelStep(TextChoices):
    """Steps from a page to an outcome, as they are counted."""

    PAGE_READ = "PAGE_READ", _("treatment page read")
    FORM_OPENED = "FORM_OPENED", _("form opened")
    FORM_REFUSED = "FORM_REFUSED", _("form sent with mistakes")
    SENT = "SENT", _("inquiry sent")
    DETAILS_ADDED = "DETAILS_ADDED", _("details added")
    FIRST_REPLY = "FIRST_REPLY", _("first reply")
    OUTCOME = "OUTCOME", pgettext_lazy("funnel", "outcome")
