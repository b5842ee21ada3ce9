"""Accepting an inquiry: accepted means stored, and stored means handed over or visibly waiting."""

import logging
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coordinators.assignment import Decision, Question
from coordinators.models import ReplyPolicy
from coordinators.promise import reply_by
from coordinators.roster import calendar_of
from inquiries.consent import keep_wording
from inquiries.enums import EmailKind, EventKind, QuarantineReason, Status
from inquiries.models import Inquiry
from inquiries.receipts import receipt_token
from inquiries.references import new_reference
from inquiries.sealing import keyed_digest
from inquiries.sealing.blind import contact_digest, normal_email, normal_phone
from inquiries.services.assigning import answer_language, decide, place
from inquiries.services.clock import patient_waits_again, start_promise
from inquiries.services.contact import index_person
from inquiries.services.events import lock, write_event
from inquiries.services.links import make_link
from inquiries.services.measure import count_arrival
from inquiries.services.notices import tell_coordinator, tell_owner
from inquiries.services.outbox import put_inquiry_email
from inquiries.tokens import token_digest
from treatments.models import Treatment

logger = logging.getLogger(__name__)

REPEAT_WINDOW = timedelta(hours=24)
RATE_WINDOW = timedelta(hours=1)
FASTEST_HUMAN_MS = 3_000


@dataclass(frozen=True)
class Submission:
    """A valid inquiry form, and what is known about how it was sent."""

    treatment: Treatment | None
    name: str
    email: str
    contact_by: tuple[str, ...]
    phone: str
    phone_is_doubtful: bool
    country: str
    preferred_language: str
    for_whom: str
    message: str
    language: str
    network_digest: str
    call_time: str = ""
    time_zone: str = ""
    submission_id: uuid.UUID | None = None
    elapsed_ms: int | None = None
    honeypot: str = ""
    origin_was_checked: bool = True

    @property
    def fingerprint(self) -> str:
        """A keyed digest that is the same when the same person sends the same inquiry again."""
        return keyed_digest(
            "fingerprint",
            self.treatment.code if self.treatment else "",
            normal_email(self.email),
            normal_phone(self.phone),
            self.name.casefold(),
            self.message,
        )

    @property
    def question(self) -> Question:
        """What the assignment rule sees of it: treatment and language, nothing else."""
        return Question(
            treatment=self.treatment.code if self.treatment else None,
            language=answer_language(self.preferred_language, self.language),
        )


def submit_inquiry(submission: Submission) -> Inquiry:
    """Store an inquiry with its assignment, its first event and its e-mails in one transaction.

    The same inquiry sent again (double click, reload, two tabs) returns the one that is there. The same person asking
    about the same treatment again adds to the open inquiry; about another treatment, they keep their coordinator. The
    confirmation page says the same in all of these cases (docs/adr/0018).
    """
    now = timezone.now()
    with transaction.atomic():
        # One submission at a time: loads are counted and repeats are found without a race (docs/adr/0006).
        policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
        repeated = _find_repeat(submission, now)
        if repeated:
            return repeated
        earlier = _earlier_inquiries(submission)
        decision = decide(submission.question, policy, now)
        inquiry = _store(submission, decision, policy, now)
        reason = _quarantine_reason(submission, inquiry, now)
        open_one = next((item for item in earlier if item.treatment == submission.treatment and item.is_open), None)
        if open_one and not reason:
            _join(inquiry, open_one, policy, now)
        else:
            known_to = next((item.coordinator_id for item in earlier if item.coordinator_id), None)
            if known_to:
                decision = decide(replace(submission.question, known_to=known_to), policy, now)
            place(inquiry, decision, now)
            start_promise(inquiry, policy, now)
            if reason:
                _quarantine(inquiry, reason, now)
            else:
                put_first_mails(inquiry)
        count_arrival(inquiry)
    logger.info(
        "inquiry stored",
        extra={"inquiry_id": inquiry.pk, "problem": reason or "", "kind": decision.rule.value},
    )
    return inquiry


def put_first_mails(inquiry: Inquiry) -> None:
    """Put the inquiry's first e-mails into the outbox: to whoever answers, and the confirmation to the patient."""
    tell_owner(inquiry)
    if inquiry.email:
        put_inquiry_email(EmailKind.CONFIRMATION, inquiry)


def _earlier_inquiries(submission: Submission) -> list[Inquiry]:
    """Return the person's earlier inquiries, the newest first: by the e-mail address, without one by the number."""
    digest = contact_digest(email=submission.email, phone=submission.phone)
    rows = Inquiry.objects.leading().not_quarantined().of_person([digest] if digest else [])
    return list(rows.select_related("treatment").order_by("-received_at"))


def _join(inquiry: Inquiry, open_one: Inquiry, policy: ReplyPolicy, now: datetime) -> None:
    """Add an inquiry to the open one of the same person; a patient who had an answer waits for one again."""
    leading = lock(open_one)
    inquiry.status = Status.JOINED
    inquiry.joined_to = leading
    inquiry.coordinator = None
    inquiry.is_flagged = False
    inquiry.save(update_fields=["status", "joined_to", "coordinator", "is_flagged"])
    write_event(leading, EventKind.ADDITION, details={"reference": inquiry.reference})
    patient_waits_again(leading, policy, now)
    tell_coordinator(leading)
    if leading.email and inquiry.email:
        put_inquiry_email(EmailKind.ADDITION, leading, about=inquiry.pk, language=inquiry.language)


def _find_repeat(submission: Submission, now: datetime) -> Inquiry | None:
    """Return the inquiry that this submission repeats, if any."""
    fingerprint = submission.fingerprint
    if submission.submission_id:
        sent = Inquiry.objects.filter(submission_id=submission.submission_id, fingerprint=fingerprint).first()
        if sent:
            return sent
    # Only on the same network: who repeats what a patient may have typed must not be shown that patient's own receipt.
    repeats = Inquiry.objects.repeats_of(fingerprint, since=now - REPEAT_WINDOW)
    return repeats.filter(network_digest=submission.network_digest).first()


def _store(submission: Submission, decision: Decision, policy: ReplyPolicy, now: datetime) -> Inquiry:
    """Store the inquiry, what its confirmation page says, its private link, its digests and its first event."""
    due_at = reply_by(now, calendar_of(decision.coordinator_id, now), policy.reply_hours)
    inquiry = Inquiry(
        reference=_unused_reference(),
        treatment=submission.treatment,
        name=submission.name,
        email=submission.email,
        contact_by=list(submission.contact_by),
        phone=submission.phone,
        phone_is_doubtful=submission.phone_is_doubtful,
        call_time=submission.call_time,
        country=submission.country,
        preferred_language=submission.preferred_language,
        for_whom=submission.for_whom,
        message=submission.message,
        language=submission.language,
        time_zone=submission.time_zone,
        consent=keep_wording(submission.language),
        received_at=now,
        submission_id=_unused_submission_id(submission.submission_id),
        fingerprint=submission.fingerprint,
        network_digest=submission.network_digest,
        origin_was_checked=submission.origin_was_checked,
        receipt_coordinator_id=decision.coordinator_id,
        receipt_due_at=due_at,
        is_flagged=True,
        reply_due_at=due_at,
    )
    inquiry.receipt_digest = token_digest(receipt_token(inquiry.pk))
    inquiry.save(force_insert=True)
    make_link(inquiry)
    index_person(inquiry)
    write_event(inquiry, EventKind.RECEIVED, at=now)
    return inquiry


def _quarantine_reason(submission: Submission, inquiry: Inquiry, now: datetime) -> QuarantineReason | None:
    """Return why a person should look first, if anything speaks for it; the patient never notices."""
    if submission.honeypot:
        return QuarantineReason.HONEYPOT
    if submission.elapsed_ms is not None and submission.elapsed_ms < FASTEST_HUMAN_MS:
        return QuarantineReason.TOO_FAST
    limit = settings.INQUIRIES_PER_HOUR
    if not submission.origin_was_checked:
        # A client that hides where its form came from gets half the room; it is never turned away.
        limit = (limit + 1) // 2
    recent = Inquiry.objects.from_network(inquiry.network_digest, since=now - RATE_WINDOW)
    if limit and recent.count() > limit:
        return QuarantineReason.RATE
    return None


def _quarantine(inquiry: Inquiry, reason: QuarantineReason, now: datetime) -> None:
    """Hold the inquiry, visibly, until a person releases or closes it."""
    inquiry.quarantined_at = now
    inquiry.quarantine_reason = reason
    inquiry.save(update_fields=["quarantined_at", "quarantine_reason"])
    write_event(inquiry, EventKind.QUARANTINED, details={"reason": reason.value}, at=now)


def _unused_reference() -> str:
    """Return a reference that no inquiry has yet."""
    while Inquiry.objects.filter(reference=(reference := new_reference())).exists():
        pass
    return reference


def _unused_submission_id(submission_id: uuid.UUID | None) -> uuid.UUID | None:
    """Return the browser's id, or None when it came before with another content: that is a new inquiry."""
    if submission_id and Inquiry.objects.filter(submission_id=submission_id).exists():
        return None
    return submission_id
