"""Promised times: what the patient was told, and what was done about it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordinators.models import Coordinator
from inquiries.enums import PromiseEnding
from inquiries.models.inquiry import Inquiry
from inquiries.querysets import ReplyPromiseQuerySet


class ReplyPromise(models.Model):
    """By when whom the patient hears from; one runs at a time. A moved one was told in place of a broken one."""

    class PersonalData:
        """Who of the staff was to answer."""

        personal = ("coordinator",)
        neutral = (
            "id", "inquiry", "made_at", "remind_at", "escalate_at", "due_at", "reminded_at", "escalated_at", "is_moved",
            "ended_at", "ending",
        )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="promises")
    coordinator = models.ForeignKey(Coordinator, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("promised"))
    remind_at = models.DateTimeField()
    escalate_at = models.DateTimeField()
    due_at = models.DateTimeField(_("reply by"))
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    is_moved = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(_("how it ended"), max_length=10, choices=PromiseEnding, blank=True)

    objects = ReplyPromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promised time")
        verbose_name_plural = _("promised times")
        indexes = [
            models.Index(fields=["remind_at"], name="inquiries_promise_running", condition=Q(ended_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["inquiry"], name="inquiries_promise_one_runs", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="inquiries_promise_in_order",
                condition=Q(made_at__lte=F("remind_at"), remind_at__lte=F("escalate_at"), escalate_at__lte=F("due_at")),
            ),
            models.CheckConstraint(
                name="inquiries_promise_ending_whole",
                condition=Q(ended_at__isnull=True, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.due_at:%Y-%m-%d %H:%M}"
