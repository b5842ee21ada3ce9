"""Tables of the inquiries room."""

from inquiries.models.consent import ConsentText
from inquiries.models.desk import AnswerMailChoice, DeskSheet, ReplyTemplate, ReplyTemplateText
from inquiries.models.details import MedicalAnswers
from inquiries.models.event import Assignment, InquiryEvent
from inquiries.models.file import PatientFile
from inquiries.models.inbound import InboundMail
from inquiries.models.inquiry import Inquiry, SearchTerm
from inquiries.models.measure import DailyCount, Export
from inquiries.models.message import Message
from inquiries.models.outbox import Heartbeat, MailDetailChoice, OutgoingEmail
from inquiries.models.private import AccessCode, LinkRequest, PrivateLink
from inquiries.models.promise import ReplyPromise
from inquiries.models.tombstone import Tombstone

__all__ = [
    "AccessCode", "AnswerMailChoice", "Assignment", "ConsentText", "DailyCount", "DeskSheet", "Export", "Heartbeat",
    "InboundMail", "Inquiry", "InquiryEvent", "LinkRequest", "MailDetailChoice", "MedicalAnswers", "Message",
    "OutgoingEmail", "PatientFile", "PrivateLink", "ReplyPromise", "ReplyTemplate", "ReplyTemplateText", "SearchTerm",
    "Tombstone",
]  # fmt: skip
