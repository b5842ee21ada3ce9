"""What happened to an inquiry, and who was chosen for it and why."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.enums import Rule
from coordinators.models import Coordinator
from inquiries.enums import ContactResult, EventKind
from inquiries.models.inquiry import Inquiry
from inquiries.querysets import InquiryEventQuerySet
from inquiries.sealing import SealedTextField


class InquiryEvent(models.Model):
    """One line of an inquiry's history; written once, never changed. Details are codes; a person's note is sealed."""

    class PersonalData:
        """Who of the staff did what; a note may speak of the patient."""

        personal = ("actor", "note")
        neutral = ("id", "inquiry", "kind", "at", "contact_result", "details")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("what"), max_length=30, choices=EventKind)
    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    contact_result = models.CharField(_("result"), max_length=20, choices=ContactResult, blank=True)
    details = models.JSONField(_("details"), default=dict)
    note = SealedTextField(_("note"), default="")

    objects = InquiryEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("who opened what")
        indexes = [
            models.Index(fields=["inquiry", "at"], name="inquiries_event_timeline"),
            models.Index(
                fields=["actor", "at"],
                name="inquiries_event_by_reference",
                condition=Q(kind=EventKind.OPENED_BY_REFERENCE),
            ),
            # The record of who opened what: all of it, and one person's, page by page
            models.Index(fields=["at", "id"], name="inquiries_event_record"),
            models.Index(fields=["actor", "at", "id"], name="inquiries_event_person", condition=Q(actor__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="inquiries_event_contact_has_result",
                condition=Q(kind=EventKind.CONTACT_ATTEMPT) & ~Q(contact_result="")
                | ~Q(kind=EventKind.CONTACT_ATTEMPT) & Q(contact_result=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Assignment(models.Model):
    """Who was given an inquiry, by which rule or by whom, and why everybody else was passed over."""

    class PersonalData:
        """Who of the staff was chosen."""

        personal = ("coordinator", "made_by", "trace")
        neutral = ("id", "inquiry", "made_at", "rule")

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="assignments")
    coordinator = models.ForeignKey(Coordinator, null=True, on_delete=models.PROTECT, related_name="assignments")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=30, choices=Rule, blank=True)
    trace = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [models.Index(fields=["coordinator", "-made_at"], name="inquiries_assignment_turn")]
        constraints = [
            models.CheckConstraint(
                name="inquiries_assignment_rule_or_person",
                condition=Q(made_by__isnull=True) & ~Q(rule="") | Q(made_by__isnull=False, rule=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} → {self.coordinator_id}"
