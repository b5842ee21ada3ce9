"""Replies that came to the clinic's mailbox: what became of each; texts are messages, never kept here."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inquiries.enums import InboundVerdict
from inquiries.models.inquiry import Inquiry


class InboundMail(models.Model):
    """One e-mail that was collected, known again by a keyed digest of its Message-ID, so that none is filed twice."""

    class PersonalData:
        """A digest of the Message-ID."""

        personal = ("message_id_digest",)
        neutral = ("id", "inquiry", "verdict", "handled_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message_id_digest = models.CharField(max_length=64, unique=True)
    inquiry = models.ForeignKey(Inquiry, null=True, blank=True, on_delete=models.CASCADE, related_name="inbound_mails")
    verdict = models.CharField(_("what it was"), max_length=20, choices=InboundVerdict)
    handled_at = models.DateTimeField(_("collected"), default=timezone.now)

    class Meta:
        verbose_name = _("collected e-mail")
        verbose_name_plural = _("collected e-mails")
        indexes = [models.Index(fields=["verdict", "handled_at"], name="inquiries_inbound_verdict")]
        constraints = [
            models.CheckConstraint(
                name="inquiries_inbound_filed_has_inquiry",
                condition=~Q(verdict=InboundVerdict.FILED) | Q(inquiry__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.handled_at:%Y-%m-%d %H:%M}"
