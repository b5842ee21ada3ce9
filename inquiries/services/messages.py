"""What patient and clinic write to each other; it is read on the private page and at the desk only."""

from django.db import transaction
from django.utils import timezone

from coordinators.models import ReplyPolicy, User
from inquiries.enums import ContactResult, EmailKind, EventKind, Outcome, Sender
from inquiries.models import Inquiry, Message
from inquiries.services.assigning import answer_language
from inquiries.services.clock import patient_waits_again
from inquiries.services.events import lock, write_event
from inquiries.services.limits import check_messages
from inquiries.services.notices import tell_coordinator
from inquiries.services.outbox import put_inquiry_email
from inquiries.services.seen import check_seen
from inquiries.services.triage import lock_reachable, log_contact


@transaction.atomic
def write_answer(inquiry: Inquiry, text: str, *, by: User, seen: str | None = None) -> Message:
    """Store an answer and tell the patient that it waits; this counts as a contact attempt.

    The same answer sent twice in a row (double press) is kept once.
    Raises TriageError when the inquiry is closed or held, the patient has no e-mail address to be told by, or
    something came in that was not `seen`.
    """
    locked = lock_reachable(inquiry)
    last = locked.messages.in_order().last()
    if last and last.sender == Sender.STAFF and last.text == text:
        return last
    check_seen(locked, seen)
    language = answer_language(locked.preferred_language, locked.language)
    message = Message.objects.create(inquiry=locked, sender=Sender.STAFF, author=by, language=language, text=text)
    write_event(locked, EventKind.MESSAGE_SENT, by)
    log_contact(locked, ContactResult.WROTE, by=by)
    put_inquiry_email(EmailKind.ANSWER_WAITING, locked, about=message.pk)
    return message


@transaction.atomic
def receive_message(inquiry: Inquiry, text: str, *, language: str) -> Message:
    """Store a message of the patient's and start the clock for an answer.

    A closed inquiry is opened again, unless it was closed as no real one. The same message sent twice in a row (double
    press, reload) is kept once. Raises TooOftenError.
    """
    now = timezone.now()
    policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
    locked = lock(inquiry)
    last = locked.messages.in_order().last()
    if last and last.sender == Sender.PATIENT and last.text == text:
        return last
    check_messages(locked, now)
    message = Message.objects.create(inquiry=locked, sender=Sender.PATIENT, language=language, text=text)
    leading = lock(locked.joined_to) if locked.joined_to else locked
    write_event(leading, EventKind.MESSAGE_RECEIVED)
    if leading.outcome != Outcome.SPAM:
        patient_waits_again(leading, policy, now)
        tell_coordinator(leading)
    return message
