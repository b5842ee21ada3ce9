"""What the desk keeps beside an inquiry, and the words it answers with."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inquiries.enums import AnswerMailLevel
from inquiries.models.inquiry import Inquiry
from inquiries.querysets import DeskSheetQuerySet
from inquiries.sealing import SealedTextField
from treatments.enums import language_choices
from treatments.models import Treatment


class DeskSheet(models.Model):
    """The desk's own sheet of an inquiry: notes, checklist, next date. `version` tells whether somebody was faster."""

    class PersonalData:
        """Notes speak of the patient; who of the staff wrote last."""

        personal = ("notes", "updated_by")
        neutral = ("id", "inquiry", "checklist", "follow_up_on", "version", "updated_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inquiry = models.OneToOneField(Inquiry, on_delete=models.CASCADE, related_name="desk_sheet")
    notes = SealedTextField(_("internal notes"), default="")
    checklist = models.JSONField(_("checklist"), default=list)
    follow_up_on = models.DateField(_("next date"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)

    objects = DeskSheetQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["follow_up_on"],
                name="inquiries_desksheet_follow_up",
                condition=models.Q(follow_up_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} v{self.version}"


class ReplyTemplate(models.Model):
    """An answer that is often written, for one treatment or for all; its words are rows per language."""

    class PersonalData:
        """The clinic's own words."""

        personal: tuple[str, ...] = ()
        neutral = ("id", "name", "treatment", "is_active", "position")

    name = models.CharField(_("name"), max_length=100, unique=True, help_text=_("Seen at the desk only."))
    treatment = models.ForeignKey(
        Treatment,
        verbose_name=_("treatment"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Leave empty for a template that fits all."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class ReplyTemplateText(models.Model):
    """The words of a reply template in one language, with placeholders in double braces."""

    class PersonalData:
        """The clinic's own words."""

        personal: tuple[str, ...] = ()
        neutral = ("id", "template", "language", "name", "text")

    template = models.ForeignKey(ReplyTemplate, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    name = models.CharField(
        _("name in this language"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("For colleagues who use the desk in this language. Empty: the name above."),
    )
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(fields=["template", "language"], name="inquiries_replytemplatetext_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.language}"


class AnswerMailChoice(models.Model):
    """Whether answers travel in e-mails or wait on the private page: the newest row counts, the rest is the record."""

    class PersonalData:
        """Who of the staff chose."""

        personal = ("chosen_by", "reason")
        neutral = ("id", "level", "chosen_at")

    level = models.CharField(_("level"), max_length=10, choices=AnswerMailLevel)
    chosen_at = models.DateTimeField(_("chosen"), default=timezone.now)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("chosen by"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("choice for answers in e-mails")
        verbose_name_plural = _("answers in e-mails")

    def __str__(self) -> str:
        return f"{self.get_level_display()}"
