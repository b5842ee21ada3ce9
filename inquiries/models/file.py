"""Patients' files: what is known about each; the sealed bytes lie in the storage `patient_files`."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inquiries.enums import FileKind, Scan
from inquiries.models.inquiry import Inquiry
from inquiries.querysets import PatientFileQuerySet
from inquiries.sealing import SealedTextField


class PatientFile(models.Model):
    """One file of a patient; its name in the storage is random and tells nothing."""

    class PersonalData:
        """The name that the patient gave the file, and where its sealed bytes are."""

        personal = ("original_name", "stored_name")
        neutral = ("id", "inquiry", "kind", "size", "was_converted", "scan", "scanned_at", "uploaded_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(_("type"), max_length=10, choices=FileKind)
    original_name = SealedTextField(_("name of the file"))
    stored_name = models.CharField(max_length=100, unique=True)
    size = models.PositiveIntegerField(_("size"), help_text=_("In bytes, before sealing."))
    was_converted = models.BooleanField(_("turned into a JPEG"), default=False)
    scan = models.CharField(_("virus scan"), max_length=20, choices=Scan)
    scanned_at = models.DateTimeField(null=True, blank=True)
    uploaded_at = models.DateTimeField(_("added"), default=timezone.now)

    objects = PatientFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [
            models.Index(
                fields=["uploaded_at"], name="inquiries_file_not_scanned", condition=models.Q(scan=Scan.NOT_SCANNED)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="inquiries_patientfile_scan_whole",
                condition=models.Q(scan=Scan.CLEAN, scanned_at__isnull=False)
                | models.Q(scan=Scan.NOT_SCANNED, scanned_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.kind}"
