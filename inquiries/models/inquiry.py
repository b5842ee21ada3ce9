"""An inquiry: what one patient asked, who answers, how far it has come."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.models import Coordinator
from inquiries.enums import CallTime, ForWhom, Outcome, QuarantineReason, Status
from inquiries.models.consent import ConsentText
from inquiries.querysets import CLOSED_RANK, CONTACTED_RANK, WAITING_RANK, InquiryQuerySet
from inquiries.sealing import SealedTextField
from treatments.models import Treatment

RECEIPT_DAYS = 30


class Inquiry(models.Model):
    """One patient's inquiry. What the patient wrote is sealed; what is needed for filters is a code."""

    class PersonalData:
        """Everything the patient wrote, and everything that points to the patient."""

        personal = (
            "name", "email", "phone", "message", "country", "time_zone", "network_digest", "fingerprint",
            "submission_id", "receipt_digest", "treatment",
        )  # fmt: skip
        neutral = (
            "id", "reference", "language", "preferred_language", "contact_by", "call_time", "for_whom",
            "phone_is_doubtful", "consent", "origin_was_checked", "status", "joined_to", "receipt_coordinator",
            "receipt_due_at", "coordinator", "is_flagged", "received_at", "reply_due_at", "opened_at",
            "first_contact_at", "closed_at", "closed_by", "outcome", "quarantined_at", "quarantine_reason",
            "released_at", "email_refused_at", "contact_changed_at", "person_confirmed_at",
            "inbox_rank", "inbox_at",
        )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=12, unique=True)

    # What the patient asked
    treatment = models.ForeignKey(
        Treatment,
        verbose_name=_("treatment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    name = SealedTextField(_("name"))
    email = SealedTextField(_("e-mail"))
    contact_by = models.JSONField(_("contact by"), default=list)
    phone = SealedTextField(_("phone"))
    phone_is_doubtful = models.BooleanField(_("phone number could not be read"), default=False)
    call_time = models.CharField(_("best time to call"), max_length=10, choices=CallTime, blank=True)
    country = models.CharField(_("country"), max_length=2)
    preferred_language = models.CharField(_("preferred language"), max_length=10)
    for_whom = models.CharField(_("for whom"), max_length=10, choices=ForWhom)
    message = SealedTextField(_("message"))

    # How it came in
    language = models.CharField(_("language of the page"), max_length=10)
    time_zone = models.CharField(_("patient's time zone"), max_length=50, blank=True)
    consent = models.ForeignKey(ConsentText, verbose_name=_("consent"), on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    submission_id = models.UUIDField(null=True, blank=True, unique=True)
    fingerprint = models.CharField(max_length=64)
    network_digest = models.CharField(max_length=64)
    origin_was_checked = models.BooleanField(default=True)
    receipt_digest = models.CharField(max_length=64, unique=True)
    # What the confirmation page says; it never shows whether the clinic knew the patient before (docs/adr/0018).
    receipt_coordinator = models.ForeignKey(
        Coordinator, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    receipt_due_at = models.DateTimeField(null=True, blank=True)

    # The same person asked about the same treatment before: that inquiry carries this one on.
    joined_to = models.ForeignKey(
        "self",
        verbose_name=_("added to"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="additions",
    )

    # Who answers, and how far it has come
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.WAITING)
    coordinator = models.ForeignKey(
        Coordinator,
        verbose_name=_("coordinator"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inquiries",
    )
    is_flagged = models.BooleanField(_("needs a person's look"), default=False)
    reply_due_at = models.DateTimeField(_("reply by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("first contact attempt"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("closed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    quarantined_at = models.DateTimeField(_("held in quarantine"), null=True, blank=True)
    quarantine_reason = models.CharField(
        _("reason of the quarantine"), max_length=20, choices=QuarantineReason, blank=True
    )
    released_at = models.DateTimeField(_("released from quarantine"), null=True, blank=True)

    # What the private page changed
    email_refused_at = models.DateTimeField(_("e-mail refused by the patient's mailbox"), null=True, blank=True)
    contact_changed_at = models.DateTimeField(_("contact data changed by the patient"), null=True, blank=True)
    person_confirmed_at = models.DateTimeField(_("person confirmed"), null=True, blank=True)

    # The inbox's order, made by the database itself: not promised, waiting, in contact, at an end; then since when.
    inbox_rank = models.GeneratedField(
        expression=Case(
            When(status=Status.WAITING, reply_due_at__isnull=True, then=0),
            When(status=Status.WAITING, then=WAITING_RANK),
            When(status=Status.CONTACTED, then=CONTACTED_RANK),
            default=CLOSED_RANK,
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    inbox_at = models.GeneratedField(
        expression=Coalesce("reply_due_at", "received_at"), output_field=models.DateTimeField(), db_persist=True
    )

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        indexes = [
            models.Index(fields=["fingerprint", "received_at"], name="inquiries_inquiry_repeat"),
            models.Index(fields=["network_digest", "received_at"], name="inquiries_inquiry_rate"),
            # The inbox is read page by page along these (docs/inbox.md): the open ones, then everything by age.
            models.Index(fields=["inbox_rank", "inbox_at", "id"], name="inquiries_inbox_open"),
            models.Index(fields=["coordinator", "inbox_rank", "inbox_at", "id"], name="inquiries_inbox_own"),
            models.Index(
                fields=["preferred_language", "inbox_rank", "inbox_at", "id"], name="inquiries_inbox_language"
            ),
            models.Index(fields=["treatment", "inbox_rank", "inbox_at", "id"], name="inquiries_inbox_treatment"),
            models.Index(
                fields=["inbox_rank", "inbox_at", "id"], name="inquiries_inbox_flagged", condition=Q(is_flagged=True)
            ),
            models.Index(
                fields=["inbox_rank", "inbox_at", "id"],
                name="inquiries_inbox_unopened",
                condition=Q(opened_at__isnull=True),
            ),
            models.Index(
                fields=["inbox_rank", "inbox_at", "id"],
                name="inquiries_inbox_held",
                condition=Q(quarantined_at__isnull=False, released_at__isnull=True),
            ),
            models.Index(fields=["received_at", "id"], name="inquiries_newest"),
            models.Index(fields=["coordinator", "received_at", "id"], name="inquiries_newest_own"),
            models.Index(fields=["preferred_language", "received_at", "id"], name="inquiries_newest_language"),
            models.Index(fields=["treatment", "received_at", "id"], name="inquiries_newest_treatment"),
            models.Index(
                fields=["coordinator", "preferred_language", "received_at", "id"], name="inquiries_own_language"
            ),
            models.Index(fields=["coordinator", "treatment", "received_at", "id"], name="inquiries_own_treatment"),
            # Few: without these, SQLite would rather read all inquiries of a language to find them.
            models.Index(fields=["received_at", "id"], name="inquiries_flagged", condition=Q(is_flagged=True)),
            models.Index(
                fields=["preferred_language", "received_at", "id"],
                name="inquiries_flagged_language",
                condition=Q(is_flagged=True),
            ),
            models.Index(
                fields=["treatment", "received_at", "id"],
                name="inquiries_flagged_treatment",
                condition=Q(is_flagged=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="inquiries_inquiry_owner_or_flag",
                condition=Q(coordinator__isnull=False)
                | Q(is_flagged=True)
                | Q(status__in=[Status.CLOSED, Status.JOINED]),
            ),
            models.CheckConstraint(
                name="inquiries_inquiry_promise_or_flag",
                condition=Q(reply_due_at__isnull=False) | Q(is_flagged=True) | ~Q(status=Status.WAITING),
            ),
            # What is over needs nobody's look, and is nobody's to read but its own people's.
            models.CheckConstraint(
                name="inquiries_inquiry_flag_is_open",
                condition=Q(is_flagged=False) | Q(status__in=[Status.WAITING, Status.CONTACTED]),
            ),
            models.CheckConstraint(
                name="inquiries_inquiry_joined_whole",
                condition=Q(status=Status.JOINED, joined_to__isnull=False)
                | ~Q(status=Status.JOINED) & Q(joined_to__isnull=True),
            ),
            models.CheckConstraint(
                name="inquiries_inquiry_closing_whole",
                condition=Q(status=Status.CLOSED, closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")
                | ~Q(status=Status.CLOSED) & Q(closed_at__isnull=True, closed_by__isnull=True, outcome=""),
            ),
            models.CheckConstraint(
                name="inquiries_inquiry_quarantine_whole",
                condition=Q(quarantined_at__isnull=False) & ~Q(quarantine_reason="")
                | Q(quarantined_at__isnull=True, released_at__isnull=True, quarantine_reason=""),
            ),
            models.CheckConstraint(
                name="inquiries_inquiry_due_after_receipt", condition=Q(reply_due_at__gt=F("received_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_quarantined(self) -> bool:
        """Whether the inquiry still waits for a person before it goes on."""
        return self.quarantined_at is not None and self.released_at is None

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on the inquiry itself."""
        return self.status not in {Status.CLOSED, Status.JOINED}

    @property
    def lacks_promise(self) -> bool:
        """Whether the patient waits and was told no time."""
        return self.status == Status.WAITING and self.reply_due_at is None

    @property
    def person_is_doubtful(self) -> bool:
        """Whether the patient's contact data were changed through the private link and nobody has confirmed them."""
        changed, confirmed = self.contact_changed_at, self.person_confirmed_at
        return changed is not None and (confirmed is None or confirmed < changed)

    @property
    def treatment_code(self) -> str | None:
        """The treatment's code, or None when the patient does not know it yet."""
        return self.treatment.code if self.treatment else None

    @property
    def receipt_expires_at(self) -> datetime:
        """Until when the confirmation page can be opened."""
        return self.received_at + timedelta(days=RECEIPT_DAYS)


class SearchTerm(models.Model):
    """A keyed digest under which an inquiry is found: a word of the name, the address or the number."""

    class PersonalData:
        """A digest points to a person for whoever holds the key."""

        personal = ("digest",)
        neutral = ("id", "inquiry")

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="search_terms")
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["digest", "-id"], name="inquiries_searchterm_newest")]
        constraints = [models.UniqueConstraint(fields=["inquiry", "digest"], name="inquiries_searchterm_unique")]

    def __str__(self) -> str:
        return f"{self.inquiry_id}"
