"""Everything that a patient entered and was answered, gathered for the page that a code opens."""

from dataclasses import dataclass

from inquiries.details.readable import ReadGroup, readable_answers
from inquiries.files.listing import ListedFile, listed_for_patient
from inquiries.models import Inquiry, Message
from inquiries.readable import ReadableInquiry, readable_choices


@dataclass(frozen=True)
class Entered:
    """What one patient entered, in the active language."""

    choices: ReadableInquiry
    messages: list[Message]
    groups: list[ReadGroup]
    files: list[ListedFile]


def entered_in(inquiry: Inquiry) -> Entered:
    """Return what was entered in `inquiry`; an inquiry that was added to another tells nothing of that one."""
    return Entered(
        choices=readable_choices(inquiry),
        messages=list(inquiry.messages.in_order()),
        groups=readable_answers(inquiry),
        files=listed_for_patient(inquiry, with_names=True),
    )
