"""Open inquiries move from somebody who is away to whoever covers."""

from django.db import transaction

from coordinators.models import Coordinator, ReplyPolicy, User
from inquiries.enums import EmailKind, EmailStatus, EventKind
from inquiries.models import Assignment, Inquiry
from inquiries.services.events import write_event
from inquiries.services.outbox import put_inquiry_email, send_again


@transaction.atomic
def hand_over_open(leaving: Coordinator, replacement: Coordinator, *, by: User, reason: str = "") -> int:
    """Give all of one coordinator's open inquiries to another, and return how many there were.

    The promised times stay as the patients were told, and so do red flags: nobody has looked at the inquiries yet.
    """
    # In the order of a submission, so that nobody waits for the other for ever (docs/adr/0006).
    ReplyPolicy.objects.select_for_update(of=("self",)).get()
    inquiries = list(Inquiry.objects.open().filter(coordinator=leaving).order_by("pk").select_for_update(of=("self",)))
    for inquiry in inquiries:
        inquiry.coordinator = replacement
        inquiry.save(update_fields=["coordinator"])
        Assignment.objects.create(inquiry=inquiry, coordinator=replacement, made_by=by)
        details = {"coordinator": replacement.pk, "left": leaving.pk}
        write_event(inquiry, EventKind.ASSIGNED, by, note=reason, details=details)
        if replacement.user != by and not inquiry.is_quarantined:
            _tell(inquiry, replacement)
    return len(inquiries)


def _tell(inquiry: Inquiry, replacement: Coordinator) -> None:
    """Queue the handover, once more for somebody who had the inquiry before."""
    email = put_inquiry_email(EmailKind.HANDOVER, inquiry, replacement)
    if email.status in {EmailStatus.SENT, EmailStatus.FAILED}:
        send_again(email)
