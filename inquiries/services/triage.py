"""What the staff does with an inquiry; every step writes an event."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.assignment import Question
from coordinators.models import Coordinator, ReplyPolicy, User
from inquiries.enums import ContactResult, EmailKind, EmailStatus, EventKind, Outcome, Status
from inquiries.models import Assignment, Inquiry, InquiryEvent, OutgoingEmail
from inquiries.references import normal_reference
from inquiries.services.outbox import put_inquiry_email, send_again
from inquiries.services.submit import OTHER_LANGUAGE, assign_automatically, put_handover


class TriageError(Exception):
    """The step does not fit things as they are now; the message tells the person at the desk why."""


@transaction.atomic
def record_read(inquiry: Inquiry, *, by: User) -> None:
    """Write down that a person of the staff opened the inquiry; the first time is when it counts as opened."""
    locked = _lock(inquiry)
    first = locked.opened_at is None
    if first:
        locked.opened_at = timezone.now()
        locked.save(update_fields=["opened_at"])
    _write(locked, EventKind.OPENED if first else EventKind.READ, by)


@transaction.atomic
def open_by_reference(reference: str, *, reason: str, by: User) -> Inquiry | None:
    """Let a person see an inquiry that is not theirs, by its reference and with a reason that is kept."""
    inquiry = Inquiry.objects.filter(reference=normal_reference(reference)).first()
    if inquiry:
        _write(inquiry, EventKind.OPENED_BY_REFERENCE, by, note=reason)
    return inquiry


@transaction.atomic
def assign_to(inquiry: Inquiry, coordinator: Coordinator, *, by: User, reason: str = "") -> None:
    """Give the inquiry to a coordinator, who is told by e-mail. Raises TriageError for somebody who is not active."""
    locked = _lock(inquiry)
    if locked.status == Status.CLOSED:
        raise TriageError(_("This inquiry is closed. Reopen it first."))
    if not coordinator.user.is_active:
        raise TriageError(_("This person's account is closed. Choose somebody else."))
    locked.coordinator = coordinator
    locked.is_flagged = False
    locked.save(update_fields=["coordinator", "is_flagged"])
    Assignment.objects.create(inquiry=locked, coordinator=coordinator, made_by=by)
    _write(locked, EventKind.ASSIGNED, by, note=reason, details={"coordinator": coordinator.pk})
    if coordinator.user != by and not locked.is_quarantined:
        email = put_inquiry_email(EmailKind.HANDOVER, locked, coordinator)
        if email.status in {EmailStatus.SENT, EmailStatus.FAILED}:
            send_again(email)


def take_over(inquiry: Inquiry, *, by: User) -> None:
    """Give the inquiry to the person who asks for it. Raises TriageError for somebody who is no coordinator."""
    coordinator = Coordinator.objects.filter(user=by).first()
    if coordinator is None:
        raise TriageError(_("Only a coordinator can take over an inquiry. Assign it to one instead."))
    assign_to(inquiry, coordinator, by=by)


@transaction.atomic
def reassign_open(coordinator: Coordinator, *, by: User) -> int:
    """Give a leaving coordinator's open inquiries to whom the rule chooses, and return how many there were."""
    policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
    inquiries = list(Inquiry.objects.open().filter(coordinator=coordinator).select_related("treatment"))
    for inquiry in inquiries:
        _give_on(inquiry, coordinator, policy, by=by)
    return len(inquiries)


@transaction.atomic
def log_contact(inquiry: Inquiry, result: ContactResult, *, by: User, note: str = "") -> None:
    """Log an attempt to contact the patient: this is what counts as answered. Raises TriageError when closed."""
    locked = _lock(inquiry)
    if locked.status == Status.CLOSED:
        raise TriageError(_("This inquiry is closed. Reopen it first."))
    if locked.first_contact_at is None:
        locked.first_contact_at = timezone.now()
    locked.status = Status.CONTACTED
    locked.save(update_fields=["status", "first_contact_at"])
    _write(locked, EventKind.CONTACT_ATTEMPT, by, note=note, contact_result=result)


@transaction.atomic
def close(inquiry: Inquiry, outcome: Outcome, *, by: User, note: str = "") -> None:
    """Close the inquiry. Raises TriageError when it is closed already, or when nobody has opened it."""
    locked = _lock(inquiry)
    if locked.status == Status.CLOSED:
        raise TriageError(_("Somebody has closed this inquiry already."))
    if locked.opened_at is None:
        raise TriageError(_("Nobody has opened this inquiry yet. Read it first."))
    locked.status = Status.CLOSED
    locked.closed_at = timezone.now()
    locked.closed_by = by
    locked.outcome = outcome
    locked.save(update_fields=["status", "closed_at", "closed_by", "outcome"])
    _write(locked, EventKind.CLOSED, by, note=note, details={"outcome": outcome.value})


@transaction.atomic
def reopen(inquiry: Inquiry, *, by: User, reason: str = "") -> None:
    """Open a closed inquiry again, with a new owner if the old one has left. Raises TriageError when it is open."""
    policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
    locked = _lock(inquiry)
    if locked.status != Status.CLOSED:
        raise TriageError(_("This inquiry is open already."))
    locked.status = Status.CONTACTED if locked.first_contact_at else Status.WAITING
    locked.closed_at = None
    locked.closed_by = None
    locked.outcome = ""
    locked.save(update_fields=["status", "closed_at", "closed_by", "outcome"])
    _write(locked, EventKind.REOPENED, by, note=reason)
    if locked.coordinator and not locked.coordinator.user.is_active:
        _give_on(locked, locked.coordinator, policy, by=by)


@transaction.atomic
def release(inquiry: Inquiry, *, by: User) -> None:
    """Let a quarantined inquiry go its normal way, e-mails included. Raises TriageError when it is not held."""
    locked = _lock(inquiry)
    if locked.status == Status.CLOSED:
        raise TriageError(_("This inquiry is closed. Reopen it first."))
    if not locked.is_quarantined:
        raise TriageError(_("This inquiry is not held in quarantine."))
    locked.released_at = timezone.now()
    locked.save(update_fields=["released_at"])
    _write(locked, EventKind.RELEASED, by)
    put_handover(locked)


@transaction.atomic
def resend(email: OutgoingEmail, *, by: User) -> None:
    """Send an e-mail again, with its own Message-ID. Raises TriageError while it is on its way."""
    locked = OutgoingEmail.objects.select_for_update(of=("self",)).get(pk=email.pk)
    if locked.inquiry is None or locked.status not in {EmailStatus.SENT, EmailStatus.FAILED}:
        raise TriageError(_("This e-mail is on its way already."))
    send_again(locked)
    _write(locked.inquiry, EventKind.EMAIL_RESENT, by, details={"email": str(locked.pk), "kind": locked.kind})


def _give_on(inquiry: Inquiry, leaving: Coordinator, policy: ReplyPolicy, *, by: User) -> None:
    """Give a leaving coordinator's inquiry to whom the rule chooses."""
    language = inquiry.language if inquiry.preferred_language == OTHER_LANGUAGE else inquiry.preferred_language
    assign_automatically(inquiry, Question(inquiry.treatment_code, language), policy, timezone.now())
    inquiry.refresh_from_db()
    details = {"coordinator": inquiry.coordinator_id, "left": leaving.pk}
    _write(inquiry, EventKind.ASSIGNED, by, details=details)
    if not inquiry.is_quarantined:
        put_handover(inquiry)


def _lock(inquiry: Inquiry) -> Inquiry:
    """Return the inquiry as it is now, locked until the transaction ends."""
    return Inquiry.objects.select_for_update(of=("self",)).get(pk=inquiry.pk)


def _write(
    inquiry: Inquiry,
    kind: EventKind,
    by: User,
    *,
    note: str = "",
    contact_result: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Write one line of the history."""
    InquiryEvent.objects.create(
        inquiry=inquiry, kind=kind, actor=by, note=note, contact_result=contact_result, details=dict(details or {})
    )
