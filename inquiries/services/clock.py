"""The promise clock: a promised time is kept, or the patient is told honestly, once, who answers instead and when."""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import DatabaseError, transaction
from django.utils import timezone

from coordinators.assignment import Decision, assign
from coordinators.enums import Role
from coordinators.models import Coordinator, ReplyPolicy, User
from coordinators.promise import reply_by
from coordinators.roster import calendar_of, candidates, replacement_of
from inquiries.enums import EmailKind, EventKind, PromiseEnding, Status
from inquiries.models import Heartbeat, Inquiry, ReplyPromise
from inquiries.sealing import SealError
from inquiries.services.assigning import current_loads, place, question_of
from inquiries.services.attention import raise_or_lower_flag
from inquiries.services.events import lock, write_event
from inquiries.services.handing_over import replace_leaver
from inquiries.services.measure import take_back_outcome
from inquiries.services.notices import tell_owner
from inquiries.services.outbox import put_inquiry_email, put_or_repeat

logger = logging.getLogger(__name__)

# How much of the promised working time may pass before somebody is reminded, and before a colleague is asked.
REMIND_AFTER = 0.5
ESCALATE_AFTER = 0.75
BATCH = 500


def start_promise(inquiry: Inquiry, policy: ReplyPolicy, now: datetime, *, is_moved: bool = False) -> None:
    """Promise an answer in the working time of whoever answers; what the calendar cannot keep is not promised."""
    calendar = calendar_of(inquiry.coordinator_id, now)
    moments = [reply_by(now, calendar, policy.reply_hours * part) for part in (REMIND_AFTER, ESCALATE_AFTER, 1)]
    remind_at, escalate_at, due_at = moments
    inquiry.reply_due_at = due_at
    inquiry.is_flagged = True
    inquiry.save(update_fields=["reply_due_at", "is_flagged"])
    if remind_at and escalate_at and due_at:
        ReplyPromise.objects.create(
            inquiry=inquiry,
            coordinator_id=inquiry.coordinator_id,
            made_at=now,
            remind_at=remind_at,
            escalate_at=escalate_at,
            due_at=due_at,
            is_moved=is_moved,
        )
    raise_or_lower_flag(inquiry)


def end_promise(inquiry: Inquiry, now: datetime, ending: PromiseEnding | None = None) -> None:
    """End the running promise, if any: as told, or as kept or late by the clock."""
    running = inquiry.promises.running().select_for_update(of=("self",)).first()
    if running:
        running.ended_at = now
        running.ending = ending or (PromiseEnding.KEPT if now <= running.due_at else PromiseEnding.LATE)
        running.save(update_fields=["ended_at", "ending"])


def patient_waits_again(inquiry: Inquiry, policy: ReplyPolicy, now: datetime) -> None:
    """Start the clock for a patient who wrote again after an answer; a running promise stays as it was told."""
    if inquiry.status == Status.WAITING:
        return
    end_promise(inquiry, now)
    take_back_outcome(inquiry)
    inquiry.status = Status.WAITING
    inquiry.closed_at = None
    inquiry.closed_by = None
    inquiry.outcome = ""
    # Up until we know better; the table refuses less.
    inquiry.is_flagged = True
    inquiry.save(update_fields=["status", "closed_at", "closed_by", "outcome", "is_flagged"])
    # First: a promise in the name of somebody who has left would be nobody's.
    replace_leaver(inquiry, policy, now)
    start_promise(inquiry, policy, now)


def keep_promises() -> int:
    """Do what the clock asks for now, each promise in a transaction of its own; return how many were acted upon."""
    now = timezone.now()
    acted = 0
    for promise_id in list(ReplyPromise.objects.calling(now).values_list("pk", flat=True)[:BATCH]):
        try:
            acted += _keep(promise_id, now)
        except Inquiry.DoesNotExist:
            # Erased while we waited for its lock.
            continue
        except (DatabaseError, SealError) as error:
            # Tried again in a minute; it must not stand in the way of everybody else's promise.
            logger.exception("promise not watched", extra={"error": type(error).__name__})
    Heartbeat.objects.update_or_create(name=Heartbeat.CLOCK, defaults={"beat_at": timezone.now()})
    return acted


@transaction.atomic
def _keep(promise_id: uuid.UUID, now: datetime) -> bool:
    """Do what one promise asks for, unless somebody was faster. Locks in the order of a submission."""
    policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
    found = ReplyPromise.objects.select_related("inquiry").filter(pk=promise_id).first()
    if found is None:
        return False
    inquiry = lock(found.inquiry)
    # Read only now: it may have been kept while we waited for the lock.
    promise = ReplyPromise.objects.calling(now).filter(pk=promise_id).first()
    if promise is None:
        return False
    if inquiry.status != Status.WAITING:
        # Nobody waits: whoever answered should have ended it.
        end_promise(inquiry, now)
    elif promise.due_at <= now:
        _break(promise, inquiry, policy, now)
    elif promise.escalated_at is None and promise.escalate_at <= now:
        promise.escalated_at = now
        promise.reminded_at = promise.reminded_at or now
        promise.save(update_fields=["escalated_at", "reminded_at"])
        _ask_others(promise, inquiry, now)
    else:
        promise.reminded_at = now
        promise.save(update_fields=["reminded_at"])
        _remind(promise, inquiry)
    logger.info("promise watched", extra={"inquiry_id": inquiry.pk, "kind": promise.ending or "running"})
    return True


def _remind(promise: ReplyPromise, inquiry: Inquiry) -> None:
    """Remind whoever answers."""
    owner = inquiry.coordinator
    if owner and owner.user.is_active:
        put_inquiry_email(EmailKind.REMINDER, inquiry, user=owner.user, about=promise.pk)
        write_event(inquiry, EventKind.REMINDED, details={"coordinator": owner.pk})


def _ask_others(promise: ReplyPromise, inquiry: Inquiry, now: datetime) -> None:
    """Ask the replacement of whoever is away to step in, else the managers."""
    for user in _helpers(inquiry, now):
        put_or_repeat(EmailKind.ESCALATION, inquiry, user=user, about=promise.pk)
    write_event(inquiry, EventKind.ESCALATED, details={"coordinator": inquiry.coordinator_id})


def _helpers(inquiry: Inquiry, now: datetime) -> Iterable[User]:
    """Return who is asked to step in."""
    replacement = _replacement(inquiry, now)
    if replacement:
        return [replacement.user]
    return User.objects.filter(is_active=True, role=Role.MANAGER)


def _replacement(inquiry: Inquiry, now: datetime) -> Coordinator | None:
    """Return who stands in for the inquiry's coordinator now, if anybody does."""
    if inquiry.coordinator_id is None:
        return None
    replacement = replacement_of(inquiry.coordinator_id, now)
    if replacement is None:
        return None
    return Coordinator.objects.active().filter(pk=replacement).select_related("user").first()


def _break(promise: ReplyPromise, inquiry: Inquiry, policy: ReplyPolicy, now: datetime) -> None:
    """End a promise that was not kept: the first time somebody else gets the inquiry and the patient is told.

    A moved promise that breaks as well stays red for the managers; a second apology would only promise a third time.
    """
    end_promise(inquiry, now, PromiseEnding.BROKEN)
    write_event(inquiry, EventKind.PROMISE_BROKEN, details={"coordinator": inquiry.coordinator_id})
    if promise.is_moved:
        raise_or_lower_flag(inquiry)
        _ask_others(promise, inquiry, now)
        return
    late_id = inquiry.coordinator_id
    place(inquiry, _somebody_else(inquiry, policy, now), now)
    if inquiry.coordinator_id is None and late_id is not None:
        # Nobody else is there: whoever was late keeps it, and a person is told.
        inquiry.coordinator_id = late_id
        inquiry.save(update_fields=["coordinator"])
    start_promise(inquiry, policy, now, is_moved=True)
    write_event(inquiry, EventKind.PROMISE_MOVED, details={"coordinator": inquiry.coordinator_id})
    if inquiry.is_flagged:
        _ask_others(promise, inquiry, now)
    if inquiry.coordinator_id not in {None, late_id}:
        tell_owner(inquiry)
    if inquiry.email:
        put_inquiry_email(EmailKind.PROMISE_MOVED, inquiry, about=promise.pk)


def _somebody_else(inquiry: Inquiry, policy: ReplyPolicy, now: datetime) -> Decision:
    """Return whom the rule chooses when whoever was late is left out; a replacement counts as knowing the patient.

    Nobody, where whoever was late is there and alone speaks the patient's language: late is better than not understood,
    and a manager is told.
    """
    team = candidates(now, current_loads())
    late = next((item for item in team if item.id == inquiry.coordinator_id), None)
    others = [item for item in team if item is not late]
    replacement = _replacement(inquiry, now)
    question = question_of(inquiry, known_to=replacement.pk if replacement else None)
    fallback = policy.fallback_id if late is None or policy.fallback_id != late.id else None
    if late and late.is_active and not late.is_absent and question.language in late.languages:
        others, fallback = [item for item in others if question.language in item.languages], None
    return assign(question, others, fallback)
