"""Tables of the inquiries room."""

from inquiries.models.event import Assignment, InquiryEvent
from inquiries.models.inquiry import Inquiry, SearchTerm
from inquiries.models.outbox import Heartbeat, MailDetailChoice, OutgoingEmail

__all__ = [
    "Assignment", "Heartbeat", "Inquiry", "InquiryEvent", "MailDetailChoice", "OutgoingEmail", "SearchTerm",
]  # fmt: skip
