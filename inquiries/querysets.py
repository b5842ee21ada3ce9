"""Filters on inquiries, events and e-mails, written once."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from coordinators.models import Coordinator, User
from inquiries.enums import EmailStatus, EventKind, Scan, Status
from inquiries.references import normal_reference
from inquiries.sealing import SealedQuerySet
from inquiries.sealing.blind import search_digests

if TYPE_CHECKING:
    from inquiries.models import (  # noqa: F401  # names for the type checker only
        AccessCode,
        DeskSheet,
        Export,
        Inquiry,
        InquiryEvent,
        LinkRequest,
        MedicalAnswers,
        Message,
        OutgoingEmail,
        PatientFile,
        ReplyPromise,
    )

OPENED_BY_REFERENCE_HOURS = 8
# How often a code may be mistyped before it is worth nothing
CODE_ATTEMPTS = 5


class InquiryQuerySet(SealedQuerySet["Inquiry"]):
    """Inquiries, by what is to be done with them and by who may see them."""

    def open(self) -> Self:
        """Return the inquiries that are not closed; one that was added to another goes on there."""
        return self.exclude(status__in=[Status.CLOSED, Status.JOINED])

    def leading(self) -> Self:
        """Return the inquiries without those that were added to another."""
        return self.exclude(status=Status.JOINED)

    def closed(self) -> Self:
        """Return the inquiries that came to an end."""
        return self.filter(status=Status.CLOSED)

    def quarantined(self) -> Self:
        """Return the open inquiries that wait for a person before they go on."""
        return self.open().filter(quarantined_at__isnull=False, released_at__isnull=True)

    def not_quarantined(self) -> Self:
        """Return the inquiries that went the normal way, or were released."""
        return self.filter(Q(quarantined_at__isnull=True) | Q(released_at__isnull=False))

    def waiting(self) -> Self:
        """Return the inquiries whose patients wait for a first answer."""
        return self.not_quarantined().filter(status=Status.WAITING)

    def unassigned(self) -> Self:
        """Return the open inquiries without an owner, or with the fallback's flag."""
        return self.open().filter(Q(coordinator__isnull=True) | Q(is_flagged=True))

    def overdue(self, now: datetime) -> Self:
        """Return the open inquiries, quarantined ones too, whose patients were promised an answer before `now`."""
        return self.filter(status=Status.WAITING, reply_due_at__lt=now)

    def with_failed_mail(self) -> Self:
        """Return the inquiries with an e-mail that could not be delivered."""
        return self.filter(emails__status=EmailStatus.FAILED).distinct()

    def owned_by(self, user: User) -> Self:
        """Return the inquiries that `user` answers."""
        return self.filter(coordinator__user=user)

    def visible_to(self, user: User, *, now: datetime, today: date) -> Self:
        """Return what `user` may see: managers all; coordinators their own, unassigned and absent colleagues'.

        An inquiry that was opened by its reference, with a reason, stays visible to that person for some hours.
        """
        if user.is_manager:
            return self.leading()
        if not user.handles_inquiries:
            return self.none()
        opened_by_reference = self.model._default_manager.filter(
            events__kind=EventKind.OPENED_BY_REFERENCE,
            events__actor=user,
            events__at__gt=now - timedelta(hours=OPENED_BY_REFERENCE_HOURS),
        )
        absent = Coordinator.objects.filter(absences__starts_on__lte=today, absences__ends_on__gte=today)
        return self.leading().filter(
            Q(coordinator__user=user)
            | Q(coordinator__isnull=True)
            | Q(is_flagged=True)
            | Q(coordinator__in=absent)
            | Q(pk__in=opened_by_reference.values("pk"))
        )

    def found_by(self, term: str) -> Self:
        """Return the inquiries whose reference, name words, address or number match every word of `term`."""
        matches = Q(reference=normal_reference(term)) | Q(additions__reference=normal_reference(term))
        if words := search_digests(term):
            by_words = self.model._default_manager.all()
            for digests in words:
                by_words = by_words.filter(search_terms__digest__in=digests)
            matches |= Q(pk__in=by_words.values("pk")) | Q(pk__in=by_words.values("joined_to"))
        return self.filter(matches).distinct()

    def of_person(self, digests: Iterable[str]) -> Self:
        """Return the inquiries that are found by one of these digests of an address or a number."""
        return self.filter(search_terms__digest__in=list(digests)).distinct()

    def repeats_of(self, fingerprint: str, *, since: datetime) -> Self:
        """Return the inquiries with the same treatment, contact, name and message, the oldest first."""
        return self.filter(fingerprint=fingerprint, received_at__gte=since).order_by("received_at")

    def from_network(self, digest: str, *, since: datetime) -> Self:
        """Return the inquiries that came from one network."""
        return self.filter(network_digest=digest, received_at__gte=since)

    def longest_waiting_first(self) -> Self:
        """Order by who has waited longest against the promise: waiting before in contact before closed."""
        rank = models.Case(
            models.When(status=Status.WAITING, then=0),
            models.When(status=Status.CONTACTED, then=1),
            default=2,
        )
        return self.order_by(rank, F("reply_due_at").asc(nulls_first=True), "received_at", "id")


class InquiryEventQuerySet(SealedQuerySet["InquiryEvent"]):
    """Events, in the order in which they happened."""

    def timeline(self) -> Self:
        """Return what happened, the newest first, without the log of who merely read."""
        first = models.Case(models.When(kind=EventKind.RECEIVED, then=1), default=0)
        return self.exclude(kind=EventKind.READ).select_related("actor").order_by("-at", first, "-id")

    def reads(self) -> Self:
        """Return who opened the inquiry, the newest first."""
        kinds = [EventKind.OPENED, EventKind.READ, EventKind.OPENED_BY_REFERENCE]
        return self.filter(kind__in=kinds).select_related("actor").order_by("-at")


class OutgoingEmailQuerySet(SealedQuerySet["OutgoingEmail"]):
    """E-mails on their way, by what is to be done with them."""

    def due(self, now: datetime) -> Self:
        """Return what may be sent at `now`: pending and due, or claimed by a sender whose lease ran out."""
        pending = Q(status=EmailStatus.PENDING, next_attempt_at__lte=now)
        abandoned = Q(status=EmailStatus.SENDING, lease_until__lt=now)
        return self.filter(pending | abandoned)

    def claim(self, email_id: uuid.UUID, *, now: datetime, lease: timedelta) -> uuid.UUID | None:
        """Claim one due e-mail for `lease` and return the claim, or None if somebody else has it or it is not due."""
        claim = uuid.uuid4()
        claimed = (
            self.due(now)
            .filter(pk=email_id)
            .update(status=EmailStatus.SENDING, claim=claim, lease_until=now + lease, attempts=F("attempts") + 1)
        )
        return claim if claimed else None

    def unsent(self) -> Self:
        """Return the e-mails that still wait, the oldest first."""
        return self.filter(status__in=[EmailStatus.PENDING, EmailStatus.SENDING]).order_by("created_at")

    def failed(self) -> Self:
        """Return the e-mails that were given up."""
        return self.filter(status=EmailStatus.FAILED)


class ReplyPromiseQuerySet(models.QuerySet["ReplyPromise"]):
    """Promised times, by what is to be done about them."""

    def running(self) -> Self:
        """Return the promises that wait to be kept."""
        return self.filter(ended_at__isnull=True)

    def calling(self, now: datetime) -> Self:
        """Return the running promises about which something is to be done now, the most pressing first."""
        remind = Q(reminded_at__isnull=True, remind_at__lte=now)
        escalate = Q(escalated_at__isnull=True, escalate_at__lte=now)
        # An inquiry in quarantine has its own view; its patient was told nothing by e-mail.
        held = Q(inquiry__quarantined_at__isnull=False, inquiry__released_at__isnull=True)
        return self.running().filter(remind | escalate | Q(due_at__lte=now)).exclude(held).order_by("due_at")


class MessageQuerySet(SealedQuerySet["Message"]):
    """Messages, in the order in which they were written."""

    def in_order(self) -> Self:
        """Return the messages, the oldest first."""
        return self.order_by("at", "id")


class MedicalAnswersQuerySet(SealedQuerySet["MedicalAnswers"]):
    """Medical answers; nothing here filters or sorts by what they say."""


class PatientFileQuerySet(SealedQuerySet["PatientFile"]):
    """Files, in the order in which they came."""

    def in_order(self) -> Self:
        """Return the files, the oldest first."""
        return self.order_by("uploaded_at", "id")

    def not_scanned(self) -> Self:
        """Return the files that no virus scanner has seen."""
        return self.filter(scan=Scan.NOT_SCANNED)


class AccessCodeQuerySet(models.QuerySet["AccessCode"]):
    """Codes, by whether they still open anything."""

    def usable(self, now: datetime) -> Self:
        """Return the codes that were neither used nor outlived nor tried too often, the newest first."""
        return self.filter(used_at__isnull=True, expires_at__gt=now, attempts__lt=CODE_ATTEMPTS).order_by("-made_at")


class LinkRequestQuerySet(SealedQuerySet["LinkRequest"]):
    """Requests for a private link."""

    def unanswered(self) -> Self:
        """Return the requests that nobody has looked at, the oldest first."""
        return self.filter(handled_at__isnull=True).order_by("made_at")

    def from_network(self, digest: str, *, since: datetime) -> Self:
        """Return the requests that came from one network."""
        return self.filter(network_digest=digest, made_at__gte=since)


class DeskSheetQuerySet(SealedQuerySet["DeskSheet"]):
    """The desk's own sheets."""


class ExportQuerySet(SealedQuerySet["Export"]):
    """The record of exports."""
