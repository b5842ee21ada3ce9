"""The outbox: e-mails that are on their way. The database is the queue; it holds no text."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.models import Coordinator
from inquiries.enums import ACCOUNT_KINDS, NOTICE_KINDS, EmailKind, EmailStatus, MailDetail
from inquiries.models.inquiry import Inquiry
from inquiries.models.tombstone import Tombstone
from inquiries.querysets import OutgoingEmailQuerySet
from inquiries.sealing import SealedTextField

OTHER_KINDS = (*ACCOUNT_KINDS, *NOTICE_KINDS, EmailKind.ERASED, EmailKind.WITHDRAWN)


class OutgoingEmail(models.Model):
    """One e-mail to one recipient. Its text is made from the inquiry when it is sent, so nothing is stored twice."""

    class PersonalData:
        """Points to a recipient; texts are elsewhere, and an address is kept only until the e-mail has left."""

        personal = ("coordinator", "user", "address")
        neutral = (
            "id", "inquiry", "tombstone", "about", "topic", "slot", "language", "kind", "status", "attempts",
            "created_at", "next_attempt_at", "lease_until", "claim", "sent_at", "failed_at", "last_error", "message_id",
        )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=30, choices=EmailKind)
    inquiry = models.ForeignKey(Inquiry, null=True, blank=True, on_delete=models.CASCADE, related_name="emails")
    coordinator = models.ForeignKey(Coordinator, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    tombstone = models.ForeignKey(Tombstone, null=True, blank=True, on_delete=models.CASCADE, related_name="emails")
    # The code, message or promise that this e-mail is about; two of them make two e-mails of one kind.
    about = models.UUIDField(null=True, blank=True)
    topic = models.CharField(max_length=40, blank=True, db_default="")  # the cause of an alarm, as a code
    slot = models.CharField(max_length=200, unique=True)
    # An address that is in no inquiry any more: an old one, or of an erased inquiry. Wiped with the last attempt.
    address: "models.TextField[str | None, str | None]" = SealedTextField(null=True, blank=True)  # type: ignore[assignment, misc]  # sealed or nothing
    language = models.CharField(max_length=10, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=EmailStatus, default=EmailStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=100, blank=True)
    message_id = models.CharField(max_length=150, unique=True)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="inquiries_outbox_due",
                condition=Q(status__in=[EmailStatus.PENDING, EmailStatus.SENDING]),
            ),
            models.Index(fields=["created_at", "id"], name="inquiries_outbox_newest"),
            models.Index(fields=["inquiry"], name="inquiries_outbox_failed", condition=Q(status=EmailStatus.FAILED)),
        ]
        constraints = [
            models.CheckConstraint(
                name="inquiries_outgoingemail_subject_fits_kind",
                condition=Q(kind__in=ACCOUNT_KINDS, inquiry__isnull=True, tombstone__isnull=True, user__isnull=False)
                | Q(kind__in=NOTICE_KINDS, inquiry__isnull=False, tombstone__isnull=True, user__isnull=False)
                | Q(kind=EmailKind.WITHDRAWN, inquiry__isnull=True, tombstone__isnull=False, user__isnull=False)
                | Q(kind=EmailKind.ERASED, inquiry__isnull=True, tombstone__isnull=False, user__isnull=True)
                | ~Q(kind__in=OTHER_KINDS) & Q(inquiry__isnull=False, tombstone__isnull=True, user__isnull=True),
            ),
            models.CheckConstraint(
                name="inquiries_outgoingemail_coordinator_fits_kind",
                condition=Q(kind=EmailKind.HANDOVER, coordinator__isnull=False)
                | ~Q(kind=EmailKind.HANDOVER) & Q(coordinator__isnull=True),
            ),
            models.CheckConstraint(
                name="inquiries_outgoingemail_sent_whole",
                condition=Q(status=EmailStatus.SENT, sent_at__isnull=False)
                | ~Q(status=EmailStatus.SENT) & Q(sent_at__isnull=True),
            ),
            models.CheckConstraint(
                name="inquiries_outgoingemail_failed_whole",
                condition=Q(status=EmailStatus.FAILED, failed_at__isnull=False)
                | ~Q(status=EmailStatus.FAILED) & Q(failed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="inquiries_outgoingemail_claim_whole",
                condition=Q(status=EmailStatus.SENDING, claim__isnull=False, lease_until__isnull=False)
                | ~Q(status=EmailStatus.SENDING) & Q(claim__isnull=True, lease_until__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class MailDetailChoice(models.Model):
    """How much the clinic lets into coordinators' e-mails: the newest row counts, the others are the record."""

    class PersonalData:
        """Who of the staff chose."""

        personal = ("chosen_by", "reason")
        neutral = ("id", "level", "chosen_at")

    level = models.CharField(_("level"), max_length=10, choices=MailDetail)
    chosen_at = models.DateTimeField(_("chosen"), default=timezone.now)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("chosen by"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("choice of detail in e-mails")
        verbose_name_plural = _("detail in e-mails")

    def __str__(self) -> str:
        return f"{self.get_level_display()}"


class Heartbeat(models.Model):
    """When a scheduled job last finished; silence here means that a scheduler or worker is dead."""

    class PersonalData:
        """No field tells anything about a person."""

        personal: tuple[str, ...] = ()
        neutral = ("name", "beat_at")

    SWEEP = "sweep-outbox"
    REVIEW_REPORT = "review-report"
    CLOCK = "keep-promises"
    RETENTION = "retention"
    MAILBOX = "collect-mail"

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
