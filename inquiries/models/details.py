"""Medical details: what the patient answered, group by group. Shown to people; read by no rule (docs/adr/0003)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from inquiries.models.inquiry import Inquiry
from inquiries.querysets import MedicalAnswersQuerySet
from inquiries.sealing import SealedTextField


class MedicalAnswers(models.Model):
    """The answers to one group of questions: codes and free words as JSON, sealed."""

    class PersonalData:
        """Everything about the patient's health."""

        personal = ("answers",)
        neutral = ("id", "inquiry", "group", "saved_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="medical_answers")
    group = models.CharField(_("group of questions"), max_length=30)
    answers = SealedTextField(_("answers"))
    saved_at = models.DateTimeField(_("saved"))

    objects = MedicalAnswersQuerySet.as_manager()

    class Meta:
        verbose_name = _("medical answers")
        verbose_name_plural = _("medical answers")
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "group"], name="inquiries_medicalanswers_one_per_group"),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.group}"
