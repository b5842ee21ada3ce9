"""What patient and clinic write to each other after the inquiry."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inquiries.enums import Sender
from inquiries.models.inquiry import Inquiry
from inquiries.querysets import MessageQuerySet
from inquiries.sealing import SealedTextField


class Message(models.Model):
    """One message; the patient reads the clinic's on the private page, never in an e-mail."""

    class PersonalData:
        """What was written, and who of the staff wrote it."""

        personal = ("text", "author")
        neutral = ("id", "inquiry", "sender", "language", "at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="messages")
    sender = models.CharField(_("from"), max_length=10, choices=Sender)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(_("language"), max_length=10)
    text = SealedTextField(_("message"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["inquiry", "at"], name="inquiries_message_timeline")]
        constraints = [
            models.CheckConstraint(
                name="inquiries_message_author_fits_sender",
                condition=Q(sender=Sender.STAFF, author__isnull=False) | Q(sender=Sender.PATIENT, author__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.at:%Y-%m-%d %H:%M}"
