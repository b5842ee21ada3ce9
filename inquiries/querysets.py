"""Filters on inquiries, events and e-mails, written once."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from coordinators.models import User
from inquiries.enums import ContactResult, EmailKind, EmailStatus, EventKind, Scan, Status
from inquiries.references import normal_reference
from inquiries.sealing import SealedQuerySet
from inquiries.sealing.blind import search_digests
from inquiries.sight import Sight

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

# Places in the inbox (`Inquiry.inbox_rank`): promised nothing, waiting, in contact, at an end
WAITING_RANK, CONTACTED_RANK, CLOSED_RANK = 1, 2, 3
# A search looks through so many inquiries, the newest; a name that more people share needs a second word
FOUND_AT_MOST = 500
# How often a code may be mistyped before it is worth nothing
CODE_ATTEMPTS = 5


_NOT_HELD = Q(quarantined_at__isnull=True) | Q(released_at__isnull=False)


class InquiryQuerySet(SealedQuerySet["Inquiry"]):
    """Inquiries, by what is to be done with them and by who may see them."""

    # Whose eyes the rows were chosen for, if for anybody's
    sight: Sight | None = None

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # Django's own, which its stubs leave out
        clone.sight = self.sight
        return clone

    def open(self) -> Self:
        """Return the inquiries that are not closed; one that was added to another goes on there."""
        return self.filter(inbox_rank__lt=CLOSED_RANK)

    def whole(self, *keys: uuid.UUID) -> Self:
        """Return these inquiries with everything that was added to them."""
        return self.filter(Q(pk__in=keys) | Q(joined_to__in=keys))

    def leading(self) -> Self:
        """Return the inquiries without those that were added to another."""
        return self.exclude(status=Status.JOINED)

    def closed(self) -> Self:
        """Return the inquiries that came to an end; nearly all, so that no index by status would help."""
        return self.exclude(status__in=[Status.WAITING, Status.CONTACTED, Status.JOINED])

    def quarantined(self) -> Self:
        """Return the open inquiries that wait for a person before they go on."""
        return self.open().filter(quarantined_at__isnull=False, released_at__isnull=True)

    def not_quarantined(self) -> Self:
        """Return the inquiries that went the normal way, or were released."""
        return self.filter(_NOT_HELD)

    def waiting(self) -> Self:
        """Return the inquiries whose patients wait for a first answer."""
        return self.not_quarantined().filter(inbox_rank__lt=CONTACTED_RANK)

    def unopened(self) -> Self:
        """Return the open inquiries that nobody has looked at; those in quarantine have their own view."""
        return self.open().not_quarantined().filter(opened_at__isnull=True)

    def needing_a_look(self) -> Self:
        """Return the open inquiries that need a person's look; one without a coordinator always has the flag."""
        return self.open().filter(is_flagged=True)

    def unowned(self) -> Self:
        """Return the open inquiries that nobody has; those added to another have nobody either, and are many."""
        return self.open().filter(coordinator__isnull=True)

    def overdue(self, now: datetime) -> Self:
        """Return the open inquiries whose patients were promised an answer before `now`.

        Those in quarantine have their own view, where they turn red by the same time: their patients were told none.
        """
        return self.not_quarantined().filter(inbox_rank=WAITING_RANK, inbox_at__lt=now)

    def to_do_by(self, end_of_day: datetime, today: date) -> Self:
        """Return the open inquiries with a promise or a next date of `today` or before."""
        promised = _NOT_HELD & Q(inbox_rank=WAITING_RANK, inbox_at__lt=end_of_day)
        return self.open().filter(promised | Q(desk_sheet__follow_up_on__lte=today))

    def not_reached(self) -> Self:
        """Return the inquiries in contact whose last attempt did not reach the patient."""
        return self.filter(inbox_rank=CONTACTED_RANK).filter(self._last_attempt_failed())

    def waiting_for_patient(self) -> Self:
        """Return the inquiries in contact whose patients were reached: it is their turn."""
        return self.filter(inbox_rank=CONTACTED_RANK).exclude(self._last_attempt_failed())

    def with_undelivered_mail(self, kinds: Collection[EmailKind] | None = None) -> Self:
        """Return the inquiries with an e-mail, of these kinds, that came to nothing, while nobody has phoned since.

        An e-mail about an addition counts for the inquiry that it was added to.
        """
        own, added = self._undelivered("inquiry", kinds), self._undelivered("inquiry__joined_to", kinds)
        return self.filter(Exists(own) | Exists(added))

    def doubtful(self) -> Self:
        """Return the inquiries whose contact data were changed by a link's holder whom nobody has confirmed."""
        unconfirmed = Q(person_confirmed_at__isnull=True) | Q(person_confirmed_at__lt=F("contact_changed_at"))
        return self.filter(unconfirmed, contact_changed_at__isnull=False)

    def owned_by(self, user: User) -> Self:
        """Return the inquiries that `user` answers."""
        return self.filter(coordinator__user=user)

    def visible_to(self, sight: Sight) -> Self:
        """Return the leading inquiries that somebody may see."""
        rows = self.leading().filter(sight.condition)
        rows.sight = sight
        return rows

    def matches(self, term: str) -> list[uuid.UUID]:
        """Return the keys of the newest inquiries that match, one more than are looked through if there are more.

        What was added to another inquiry leads there.
        """
        leading = Coalesce("joined_to", "pk")
        rows = self.model._default_manager.filter(reference=normal_reference(term))
        found = list(rows.values_list(leading, flat=True))
        if digests := search_digests(term):
            terms: Any = self.model._meta.get_field("search_terms").related_model
            # Along the rarest word, or a frequent one beside it would be read through from end to end.
            first, *others = sorted(digests, key=lambda word: _rarity(terms, word)) if len(digests) > 1 else digests
            rows = terms.objects.filter(digest__in=first)
            for other in others:
                rows = rows.filter(Exists(terms.objects.filter(inquiry=OuterRef("inquiry"), digest__in=other)))
            leading = Coalesce("inquiry__joined_to", "inquiry")
            found += rows.order_by("-id").values_list(leading, flat=True)[: FOUND_AT_MOST + 1]
        return list(dict.fromkeys(found))

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
        return self.order_by("inbox_rank", "inbox_at", "id")

    def _same_row(self) -> "InquiryQuerySet":
        """Return the row of the outer query, from which its events and e-mails are reached."""
        return self.model._default_manager.filter(pk=OuterRef("pk"))

    def _undelivered(self, path: str, kinds: Collection[EmailKind] | None) -> models.QuerySet[Any]:
        """Return the e-mails of the outer query's row that were given up, and after which nobody tried to phone."""
        events: Any = self.model._meta.get_field("events").related_model
        emails: Any = self.model._meta.get_field("emails").related_model
        phoned = events.objects.filter(
            inquiry=OuterRef(OuterRef("pk")), kind=EventKind.CONTACT_ATTEMPT, at__gte=OuterRef("failed_at")
        )
        rows = emails.objects.failed().filter(~Exists(phoned), **{path: OuterRef("pk")})
        found: models.QuerySet[Any] = rows if kinds is None else rows.filter(kind__in=kinds)
        return found

    def _last_attempt_failed(self) -> Q:
        """Return the condition that the newest contact attempt did not reach the patient."""
        attempts = self._same_row().filter(events__kind=EventKind.CONTACT_ATTEMPT).order_by("-events__at")
        result = Subquery(attempts.values("events__contact_result")[:1])
        return Q(In(result, [ContactResult.UNREACHABLE, ContactResult.LEFT_MESSAGE]))


def _rarity(terms: Any, digests: Collection[str]) -> int:  # noqa: ANN401  # the model of the search terms
    """Return in how many inquiries a word is found, counted no further than a search looks."""
    return len(terms.objects.filter(digest__in=digests).values_list("id", flat=True)[:FOUND_AT_MOST])


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


class IsOnTheWay(Func):
    """Whether an e-mail is still to be sent, in the words of the outbox's own index: SQLite takes it for no other."""

    template = "%(expressions)s IN ('PENDING', 'SENDING')"
    output_field = models.BooleanField()


class OutgoingEmailQuerySet(SealedQuerySet["OutgoingEmail"]):
    """E-mails on their way, by what is to be done with them."""

    def on_the_way(self) -> Self:
        """Return the e-mails that were neither sent nor given up."""
        return self.filter(IsOnTheWay("status"))

    def due(self, now: datetime) -> Self:
        """Return what may be sent at `now`: pending and due, or claimed by a sender whose lease ran out."""
        pending = Q(status=EmailStatus.PENDING, next_attempt_at__lte=now)
        abandoned = Q(status=EmailStatus.SENDING, lease_until__lt=now)
        return self.on_the_way().filter(pending | abandoned)

    def claim(self, email_id: uuid.UUID, *, now: datetime, lease: timedelta) -> uuid.UUID | None:
        """Claim one due e-mail for `lease` and return the claim, or None if somebody else has it or it is not due."""
        claim = uuid.uuid4()
        claimed = (
            self.due(now)
            .filter(pk=email_id)
            .update(status=EmailStatus.SENDING, claim=claim, lease_until=now + lease, attempts=F("attempts") + 1)
        )
        return claim if claimed else None

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
