"""Tables of the inquiries room."""

from inquiries.models.consent import ConsentText
from inquiries.models.details import MedicalAnswers
from inquiries.models.event import Assignment, InquiryEvent
from inquiries.models.file import PatientFile
from inquiries.models.inquiry import Inquiry, SearchTerm
from inquiries.models.message import Message
from inquiries.models.outbox import Heartbeat, MailDetailChoice, OutgoingEmail
from inquiries.models.private import AccessCode, LinkRequest, PrivateLink
from inquiries.models.promise import ReplyPromise
from inquiries.models.tombstone import Tombstone

__all__ = [
    "AccessCode", "Assignment", "ConsentText", "Heartbeat", "Inquiry", "InquiryEvent", "LinkRequest",
    "MailDetailChoice", "MedicalAnswers", "Message", "OutgoingEmail", "PatientFile", "PrivateLink", "ReplyPromise",
    "SearchTerm", "Tombstone",
]  # fmt: skip
