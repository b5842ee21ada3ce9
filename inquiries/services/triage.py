"""What the staff does with an inquiry; every step writes an event."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.models import Coordinator, ReplyPolicy, User
from coordinators.roster import get_policy
from inquiries.enums import ContactResult, EmailKind, EmailStatus, EventKind, Outcome, PromiseEnding, Status
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.references import normal_reference
from inquiries.services.attention import raise_or_lower_flag
from inquiries.services.clock import end_promise, start_promise
from inquiries.services.errors import TriageError
from inquiries.services.events import lock, write_event
from inquiries.services.handing_over import move, replace_leaver
from inquiries.services.measure import count_arrival, count_first_reply, count_outcome, take_back_outcome
from inquiries.services.notices import tell_owner
from inquiries.services.outbox import put_or_repeat, send_again
from inquiries.services.seen import check_seen
from inquiries.services.submit import put_first_mails

# An address that is not the inquiry's, or a code that has run out, cannot be sent again.
ONCE_ONLY = (EmailKind.ADDRESS_CHANGED, EmailKind.ACCESS_CODE)
# After attempts on so many days the patient is told in writing (FEATURES.md §4.5).
DAYS_UNTIL_NOT_REACHED = 3
# Nobody phones twice within this time and writes down the same words.
DOUBLE_PRESS_WITHIN = timedelta(minutes=1)
NOT_REACHED_RESULTS = (ContactResult.UNREACHABLE, ContactResult.LEFT_MESSAGE)


@transaction.atomic
def record_read(inquiry: Inquiry, *, by: User) -> None:
    """Write down that a person of the staff opened the inquiry; the first time is when it counts as opened."""
    locked = lock(inquiry)
    first = locked.opened_at is None
    if first:
        locked.opened_at = timezone.now()
        locked.save(update_fields=["opened_at"])
    write_event(locked, EventKind.OPENED if first else EventKind.READ, by)


@transaction.atomic
def open_by_reference(reference: str, *, reason: str, by: User) -> Inquiry | None:
    """Let a person see an inquiry that is not theirs, by its reference and with a reason that is kept."""
    found = Inquiry.objects.select_related("joined_to").filter(reference=normal_reference(reference)).first()
    inquiry = found and (found.joined_to or found)
    if inquiry:
        write_event(inquiry, EventKind.OPENED_BY_REFERENCE, by, note=reason)
    return inquiry


@transaction.atomic
def assign_to(inquiry: Inquiry, coordinator: Coordinator, *, by: User, reason: str = "") -> None:
    """Give the inquiry to a coordinator, who is told by e-mail.

    Pressed twice, it counts once. Raises TriageError for somebody who is not active, and without a reason where one is
    owed to a colleague.
    """
    # Before the inquiry, as everybody does who gives inquiries away: an account that is being closed gets none.
    policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
    locked = lock(inquiry)
    # Read anew: the account may have been closed since the form was shown.
    coordinator = Coordinator.objects.select_related("user").get(pk=coordinator.pk)
    if locked.status == Status.CLOSED:
        raise TriageError(_("This inquiry is closed. Reopen it first."))
    if not coordinator.user.is_active:
        raise TriageError(_("This person's account is closed. Choose somebody else."))
    if not reason.strip() and _needs_reason(locked, coordinator, by):
        raise TriageError(_("This inquiry is a colleague's. Enter why you give it to somebody else."))
    last = locked.assignments.order_by("-made_at", "-pk").first()
    is_theirs = locked.coordinator == coordinator and not locked.is_flagged and not locked.lacks_promise
    if is_theirs and last and last.made_by == by:
        return
    move(locked, coordinator, by=by, reason=reason)
    if locked.lacks_promise:
        # Now somebody with a calendar has it.
        start_promise(locked, policy, timezone.now())
    raise_or_lower_flag(locked)


def take_over(inquiry: Inquiry, *, by: User) -> None:
    """Give the inquiry to the person who asks for it. Raises TriageError for somebody who is no coordinator."""
    coordinator = Coordinator.objects.filter(user=by).first()
    if coordinator is None:
        raise TriageError(_("Only a coordinator can take over an inquiry. Assign it to one instead."))
    assign_to(inquiry, coordinator, by=by)


@transaction.atomic
def log_contact(inquiry: Inquiry, result: ContactResult, *, by: User, note: str = "", seen: str | None = None) -> None:
    """Log an attempt to contact the patient: this is what counts as answered.

    A patient who was not reached on three days is told in writing, once. The same attempt sent twice in a row from a
    page (double press, replay) is kept once. Raises TriageError when closed, or when something came in that was not
    `seen`.
    """
    locked = lock(inquiry)
    if seen is not None and _is_logged(locked, result, by, note):
        return
    if locked.status == Status.CLOSED:
        raise TriageError(_("This inquiry is closed. Reopen it first."))
    check_seen(locked, seen)
    if locked.first_contact_at is None:
        locked.first_contact_at = timezone.now()
        count_first_reply(locked, locked.first_contact_at)
    locked.status = Status.CONTACTED
    locked.save(update_fields=["status", "first_contact_at"])
    end_promise(locked, timezone.now())
    raise_or_lower_flag(locked)
    write_event(locked, EventKind.CONTACT_ATTEMPT, by, note=note, contact_result=result)
    was_told = locked.events.filter(kind=EventKind.NOT_REACHED_SENT).exists()
    is_told = was_told or locked.is_quarantined
    if result in NOT_REACHED_RESULTS and not is_told and _days_without_reaching(locked) >= DAYS_UNTIL_NOT_REACHED:
        _write_not_reached(locked, by)


@transaction.atomic
def ask_for_details(inquiry: Inquiry, *, by: User) -> None:
    """Ask the patient, by e-mail, to answer the medical questions. Raises TriageError without an address."""
    locked = lock_reachable(inquiry)
    put_or_repeat(EmailKind.DETAILS_WANTED, locked)
    write_event(locked, EventKind.DETAILS_WANTED, by)


@transaction.atomic
def tell_not_reached(inquiry: Inquiry, *, by: User) -> None:
    """Tell the patient, by e-mail, that we could not reach them. Raises TriageError without an address."""
    _write_not_reached(lock_reachable(inquiry), by)


@transaction.atomic
def close(inquiry: Inquiry, outcome: Outcome, *, by: User, note: str = "", seen: str | None = None) -> None:
    """Close the inquiry.

    Raises TriageError when it is closed already, when nobody has opened it, or when something came in that was not
    `seen`.
    """
    locked = lock(inquiry)
    if locked.status == Status.CLOSED:
        raise TriageError(_("Somebody has closed this inquiry already."))
    if locked.opened_at is None:
        raise TriageError(_("Nobody has opened this inquiry yet. Read it first."))
    check_seen(locked, seen)
    locked.status = Status.CLOSED
    locked.closed_at = timezone.now()
    locked.closed_by = by
    locked.outcome = outcome
    locked.is_flagged = False
    locked.save(update_fields=["status", "closed_at", "closed_by", "outcome", "is_flagged"])
    end_promise(locked, locked.closed_at, PromiseEnding.DROPPED)
    write_event(locked, EventKind.CLOSED, by, note=note, details={"outcome": outcome.value})
    count_outcome(locked)


@transaction.atomic
def reopen(inquiry: Inquiry, *, by: User, reason: str = "") -> None:
    """Open a closed inquiry again, with a new owner if the old one has left. Raises TriageError when it is open."""
    policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
    locked = lock(inquiry)
    if locked.status != Status.CLOSED:
        raise TriageError(_("This inquiry is open already."))
    take_back_outcome(locked)
    locked.status = Status.CONTACTED if locked.first_contact_at else Status.WAITING
    locked.closed_at = None
    locked.closed_by = None
    locked.outcome = ""
    # Up until we know better; the table refuses less.
    locked.is_flagged = True
    locked.save(update_fields=["status", "closed_at", "closed_by", "outcome", "is_flagged"])
    write_event(locked, EventKind.REOPENED, by, note=reason)
    now = timezone.now()
    # First: a promise in the name of somebody who has left would be nobody's.
    replace_leaver(locked, policy, now, by=by)
    if locked.status == Status.WAITING:
        start_promise(locked, policy, now)
    raise_or_lower_flag(locked)


@transaction.atomic
def release(inquiry: Inquiry, *, by: User) -> None:
    """Let a quarantined inquiry go its normal way, e-mails included. Raises TriageError when it is not held."""
    policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
    locked = lock(inquiry)
    if locked.status == Status.CLOSED:
        raise TriageError(_("This inquiry is closed. Reopen it first."))
    if not locked.is_quarantined:
        raise TriageError(_("This inquiry is not held in quarantine."))
    locked.released_at = timezone.now()
    locked.save(update_fields=["released_at"])
    write_event(locked, EventKind.RELEASED, by)
    end_promise(locked, locked.released_at, PromiseEnding.DROPPED)
    if locked.status == Status.WAITING:
        # The patient hears of us only now: the time runs from here.
        start_promise(locked, policy, locked.released_at)
        put_first_mails(locked)
    else:
        # Somebody has phoned already: a letter that promises a call would be wrong, but the patient has no link yet.
        tell_owner(locked)
        if locked.email:
            put_or_repeat(EmailKind.LINK, locked)
    count_arrival(locked)


@transaction.atomic
def resend(email: OutgoingEmail, *, by: User) -> None:
    """Send an e-mail again, with its own Message-ID. Raises TriageError while it is on its way."""
    if email.inquiry:
        lock(email.inquiry)
    locked = OutgoingEmail.objects.select_for_update(of=("self",)).get(pk=email.pk)
    if locked.inquiry is None or locked.status not in {EmailStatus.SENT, EmailStatus.FAILED}:
        raise TriageError(_("This e-mail is on its way already."))
    if locked.kind in ONCE_ONLY:
        raise TriageError(_("This e-mail cannot be sent again."))
    send_again(locked)
    write_event(locked.inquiry, EventKind.EMAIL_RESENT, by, details={"email": str(locked.pk), "kind": locked.kind})


def _is_logged(inquiry: Inquiry, result: ContactResult, by: User, note: str) -> bool:
    """Return whether the person logged the very same moments ago, and nothing has happened to the inquiry since."""
    last = inquiry.events.timeline().exclude(kind__in=[EventKind.EMAIL_SENT, EventKind.NOT_REACHED_SENT]).first()
    if last is None or last.kind != EventKind.CONTACT_ATTEMPT or timezone.now() - last.at > DOUBLE_PRESS_WITHIN:
        return False
    return (last.actor, last.contact_result, last.note) == (by, result.value, note)


def _needs_reason(inquiry: Inquiry, coordinator: Coordinator, by: User) -> bool:
    """Return whether a colleague's inquiry is given to a third person, by somebody who does not manage."""
    owner = inquiry.coordinator
    return owner is not None and by not in {owner.user, coordinator.user} and not by.is_manager


def lock_reachable(inquiry: Inquiry) -> Inquiry:
    """Return the inquiry, locked. Raises TriageError when it is closed or held, or without an address to write to."""
    locked = lock(inquiry)
    if locked.status == Status.CLOSED:
        raise TriageError(_("This inquiry is closed. Reopen it first."))
    if locked.is_quarantined:
        raise TriageError(_("An inquiry in quarantine is not answered. Release it first."))
    if not locked.email:
        raise TriageError(_("The patient gave no e-mail address. Please phone."))
    return locked


def _write_not_reached(inquiry: Inquiry, by: User) -> None:
    """Queue the e-mail that says that we could not reach the patient."""
    if inquiry.email:
        put_or_repeat(EmailKind.NOT_REACHED, inquiry)
        write_event(inquiry, EventKind.NOT_REACHED_SENT, by)


def _days_without_reaching(inquiry: Inquiry) -> int:
    """Return on how many days, at the clinic, somebody tried in vain since the patient was last reached."""
    zone = get_policy().zone
    days = set()
    attempts = inquiry.events.filter(kind=EventKind.CONTACT_ATTEMPT).order_by("-at")
    for at, result in attempts.values_list("at", "contact_result"):
        if result not in NOT_REACHED_RESULTS:
            break
        days.add(at.astimezone(zone).date())
    return len(days)
