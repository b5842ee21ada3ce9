"""What is counted: days and steps, never people."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inquiries.enums import FunnelStep
from inquiries.moments import with_year
from inquiries.querysets import ExportQuerySet
from inquiries.sealing import SealedTextField


class DailyCount(models.Model):
    """How often one step was taken on one day, by language and treatment; no visitor, no address, no time of day."""

    class PersonalData:
        """Counts."""

        personal: tuple[str, ...] = ()
        neutral = ("id", "day", "step", "language", "treatment", "detail", "number")

    day = models.DateField()
    step = models.CharField(max_length=20, choices=FunnelStep)
    language = models.CharField(max_length=10, blank=True)
    treatment = models.CharField(max_length=50, blank=True)
    detail = models.CharField(max_length=60, blank=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "step", "language", "treatment", "detail"], name="inquiries_dailycount_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.step} {self.number}"


class Export(models.Model):
    """That somebody took inquiries out of the site: who, when, which, and why if health data were among them."""

    class PersonalData:
        """Who of the staff, and their reason."""

        personal = ("made_by", "reason")
        neutral = ("id", "made_at", "file_format", "filters", "with_health_data", "row_count")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("when"), default=timezone.now)
    file_format = models.CharField(_("format"), max_length=10)
    filters = models.JSONField(_("which inquiries"), default=dict)
    with_health_data = models.BooleanField(_("with health data"), default=False)
    reason = SealedTextField(_("reason"), default="")
    row_count = models.PositiveIntegerField(_("lines"))

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["made_at", "id"], name="inquiries_export_record")]

    def __str__(self) -> str:
        return f"{with_year(timezone.localtime(self.made_at))} {self.file_format.upper()}"
