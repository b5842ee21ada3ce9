"""Accepting an inquiry: accepted means stored, and stored means handed over or visibly waiting."""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from coordinators.assignment import Decision, Question, assign
from coordinators.models import Coordinator, ReplyPolicy
from coordinators.promise import OfficeHours, reply_by
from coordinators.roster import Load, candidates
from inquiries.consent import CONSENT_VERSION, consent_digest
from inquiries.enums import EmailKind, EventKind, QuarantineReason
from inquiries.models import Assignment, Inquiry, InquiryEvent, SearchTerm
from inquiries.receipts import receipt_token, token_digest
from inquiries.references import new_reference
from inquiries.sealing import blind_index, keyed_digest
from inquiries.sealing.blind import normal_email, normal_phone
from inquiries.services.outbox import put_inquiry_email
from treatments.models import Treatment

logger = logging.getLogger(__name__)

REPEAT_WINDOW = timedelta(hours=24)
RATE_WINDOW = timedelta(hours=1)
FASTEST_HUMAN_MS = 3_000
OTHER_LANGUAGE = "other"


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
        language = self.language if self.preferred_language == OTHER_LANGUAGE else self.preferred_language
        return Question(treatment=self.treatment.code if self.treatment else None, language=language)


def submit_inquiry(submission: Submission) -> Inquiry:
    """Store an inquiry with its assignment, its first event and its e-mails in one transaction.

    The same inquiry sent again (double click, reload, two tabs) returns the one that is there.
    """
    now = timezone.now()
    with transaction.atomic():
        # One submission at a time: loads are counted and repeats are found without a race (docs/adr/0006).
        policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
        repeated = _find_repeat(submission, now)
        if repeated:
            return repeated
        inquiry = _store(submission, policy, now)
        reason = _quarantine_reason(submission, inquiry, now)
        decision = assign_automatically(inquiry, submission.question, policy, now)
        if reason:
            _quarantine(inquiry, reason, now)
        else:
            put_handover(inquiry)
    logger.info(
        "inquiry stored",
        extra={"inquiry_id": inquiry.pk, "problem": reason or "", "kind": decision.rule.value},
    )
    return inquiry


def assign_automatically(inquiry: Inquiry, question: Question, policy: ReplyPolicy, now: datetime) -> Decision:
    """Give the inquiry to whom the rule chooses, and keep why."""
    today = now.astimezone(policy.zone).date()
    decision = assign(question, candidates(today, current_loads()), policy.fallback_id)
    inquiry.coordinator_id = decision.coordinator_id
    inquiry.is_flagged = decision.is_flagged
    inquiry.save(update_fields=["coordinator", "is_flagged"])
    Assignment.objects.create(
        inquiry=inquiry,
        coordinator_id=decision.coordinator_id,
        rule=decision.rule,
        trace=decision.as_trace(),
        made_at=now,
    )
    InquiryEvent.objects.create(
        inquiry=inquiry,
        kind=EventKind.ASSIGNED,
        at=now,
        details={"coordinator": decision.coordinator_id, "rule": decision.rule.value},
    )
    return decision


def put_handover(inquiry: Inquiry) -> None:
    """Put the inquiry's e-mails into the outbox: to whoever answers, and the confirmation to the patient."""
    if inquiry.coordinator:
        put_inquiry_email(EmailKind.HANDOVER, inquiry, inquiry.coordinator)
    else:
        put_inquiry_email(EmailKind.HANDOVER_FALLBACK, inquiry)
    if inquiry.email:
        put_inquiry_email(EmailKind.CONFIRMATION, inquiry)


def current_loads() -> dict[int, Load]:
    """Return how much every coordinator has on the desk."""
    counts = dict(
        Inquiry.objects.open()
        .filter(coordinator__isnull=False)
        .values("coordinator")
        .annotate(count=Count("pk"))
        .values_list("coordinator", "count")
    )
    latest = Assignment.objects.filter(coordinator=OuterRef("pk")).order_by("-made_at").values("made_at")[:1]
    turns = Coordinator.objects.annotate(last=Subquery(latest)).values_list("pk", "last")
    return {pk: Load(counts.get(pk, 0), last) for pk, last in turns}


def _find_repeat(submission: Submission, now: datetime) -> Inquiry | None:
    """Return the inquiry that this submission repeats, if any."""
    fingerprint = submission.fingerprint
    if submission.submission_id:
        sent = Inquiry.objects.filter(submission_id=submission.submission_id, fingerprint=fingerprint).first()
        if sent:
            return sent
    return Inquiry.objects.repeats_of(fingerprint, since=now - REPEAT_WINDOW).first()


def _store(submission: Submission, policy: ReplyPolicy, now: datetime) -> Inquiry:
    """Store the inquiry, the digests it is found by, and its first event; nobody owns it yet."""
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
        consent_version=CONSENT_VERSION,
        consent_digest=consent_digest(submission.language),
        received_at=now,
        submission_id=_unused_submission_id(submission.submission_id),
        fingerprint=submission.fingerprint,
        network_digest=submission.network_digest,
        origin_was_checked=submission.origin_was_checked,
        is_flagged=True,
        reply_due_at=reply_by(now, OfficeHours.of(policy), policy.reply_hours),
    )
    inquiry.receipt_digest = token_digest(receipt_token(inquiry.pk))
    inquiry.save(force_insert=True)
    digests = blind_index(name=submission.name, email=submission.email, phone=submission.phone)
    SearchTerm.objects.bulk_create(SearchTerm(inquiry=inquiry, digest=digest) for digest in sorted(digests))
    InquiryEvent.objects.create(inquiry=inquiry, kind=EventKind.RECEIVED, at=now)
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
    InquiryEvent.objects.create(inquiry=inquiry, kind=EventKind.QUARANTINED, at=now, details={"reason": reason.value})


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
