"""The first page under the private link: how far the inquiry is, and what the patient can do."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordinators.roster import get_policy
from inquiries.enums import EventKind, Sender
from inquiries.models import Inquiry
from inquiries.private.access import Visit, private_page, show_private
from inquiries.private.masks import mask_email, mask_phone
from inquiries.private.sent_mail import SentMail, sent_to
from inquiries.private.status import answer_waits, standing
from inquiries.told import tell
from treatments.emergency import numbers_in

# What a form under the same link has just done; the page says so once more in words.
_DONE = frozenset({"message"})


@private_page
@require_safe
def overview(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show where the inquiry stands; nothing that the patient entered."""
    inquiry = visit.inquiry
    stands = standing(inquiry, has_moved_on=_has_moved_on(inquiry), now=timezone.now())
    done = request.GET.get("done", "")
    context = {
        "stage": stands.stage.value,
        "is_receipt": stands.is_receipt,
        "told": tell(stands.coordinator, stands.due_at, patient_zone=inquiry.time_zone),
        "answer_waits": _answer_waits(inquiry),
        "record": _record(inquiry),
        "masked_email": mask_email(inquiry.email),
        "masked_phone": mask_phone(inquiry.phone),
        "emergency": numbers_in(inquiry.country),
        "zone": get_policy().zone,
        "link_until": inquiry.private_link.expires_at,
        "done": done if done in _DONE else "",
    }
    return show_private(request, visit, "inquiries/private/status.html", context)


@dataclass(frozen=True)
class Record:
    """What was sent and when, without a word of it."""

    received_at: datetime
    messages: list[datetime]
    groups: int
    groups_saved_at: datetime | None
    files: int
    mails: list[SentMail]


def _record(inquiry: Inquiry) -> Record:
    """Return what went to and fro."""
    saved = sorted(inquiry.medical_answers.values_list("saved_at", flat=True))
    messages = inquiry.messages.filter(sender=Sender.PATIENT).order_by("at").values_list("at", flat=True)
    return Record(
        received_at=inquiry.received_at,
        messages=list(messages),
        groups=len(saved),
        groups_saved_at=saved[-1] if saved else None,
        files=inquiry.files.count(),
        mails=sent_to(inquiry),
    )


def _has_moved_on(inquiry: Inquiry) -> bool:
    """Return whether something has happened to the inquiry since it was received; joined, it is answered there."""
    if inquiry.joined_to:
        contacts = inquiry.joined_to.events.filter(kind=EventKind.CONTACT_ATTEMPT, at__gt=inquiry.received_at)
        return contacts.exists()
    return inquiry.first_contact_at is not None or inquiry.assignments.count() > 1 or inquiry.promises.count() > 1


def _answer_waits(inquiry: Inquiry) -> bool:
    """Return whether the clinic wrote something that was not read yet."""
    answered_at = inquiry.messages.filter(sender=Sender.STAFF).order_by("-at").values_list("at", flat=True).first()
    read_back = inquiry.events.filter(kind=EventKind.READ_BACK).order_by("-at")
    return answer_waits(answered_at, read_back.values_list("at", flat=True).first())
