"""What remains of an erased inquiry: that there was one, and that it is gone."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inquiries.enums import ErasedBy


class Tombstone(models.Model):
    """The record of an erasure, without personal data; `inquiry_digest` finds the row again in a restored backup."""

    class PersonalData:
        """Who of the staff erased; nothing about the patient."""

        personal = ("erased_by",)
        neutral = (
            "id", "reference", "inquiry_digest", "received_on", "consent_version", "erased_at", "reason",
            "backups_gone_on",
        )  # fmt: skip

    reference = models.CharField(_("reference"), max_length=12, unique=True)
    inquiry_digest = models.CharField(max_length=64, unique=True)
    received_on = models.DateField(_("received"))
    consent_version = models.CharField(_("consent version"), max_length=20)
    erased_at = models.DateTimeField(_("erased"), default=timezone.now)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("erased by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.CharField(_("reason"), max_length=10, choices=ErasedBy)
    backups_gone_on = models.DateField(_("gone from backups"))

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.CheckConstraint(
                name="inquiries_tombstone_person_fits_reason",
                condition=models.Q(reason=ErasedBy.STAFF, erased_by__isnull=False)
                | ~models.Q(reason=ErasedBy.STAFF) & models.Q(erased_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
