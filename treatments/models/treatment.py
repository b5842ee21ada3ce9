"""A treatment and its language-neutral facts."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from treatments.enums import Anaesthesia, Guidance, Radiation


class Treatment(models.Model):
    """Something the clinic does; its facts are typed here, its words live in `TreatmentPage`."""

    class PersonalData:
        """No field tells anything about a person."""

        personal: tuple[str, ...] = ()
        neutral = (
            "id", "code", "position", "minutes_min", "minutes_max", "sessions_min", "sessions_max",
            "after_test_block",
            "interval_days_min", "interval_days_max", "guidance", "anaesthesia", "onset_days_min",
            "onset_days_max", "lasting_weeks_min", "lasting_weeks_max", "radiation", "loaded_digest",
        )  # fmt: skip

    code = models.SlugField(_("code"), unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    minutes_min = models.PositiveSmallIntegerField(_("minutes, at least"), validators=[MinValueValidator(1)])
    minutes_max = models.PositiveSmallIntegerField(_("minutes, at most"))
    sessions_min = models.PositiveSmallIntegerField(_("sessions, at least"), validators=[MinValueValidator(1)])
    sessions_max = models.PositiveSmallIntegerField(_("sessions, at most"))
    after_test_block = models.BooleanField(_("only after a test block"), default=False)
    interval_days_min = models.PositiveSmallIntegerField(_("days between sessions, at least"), null=True, blank=True)
    interval_days_max = models.PositiveSmallIntegerField(_("days between sessions, at most"), null=True, blank=True)
    guidance = models.JSONField(_("pictures used"), default=list, help_text=", ".join(Guidance.values))
    anaesthesia = models.CharField(_("anaesthesia"), max_length=30, choices=Anaesthesia)
    onset_days_min = models.PositiveSmallIntegerField(_("days until it may work, at least"))
    onset_days_max = models.PositiveSmallIntegerField(_("days until it may work, at most"))
    lasting_weeks_min = models.PositiveSmallIntegerField(_("weeks it may last, at least"))
    lasting_weeks_max = models.PositiveSmallIntegerField(_("weeks it may last, at most"))
    radiation = models.CharField(_("radiation"), max_length=20, choices=Radiation)
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")
        constraints = [
            models.CheckConstraint(
                name="treatments_treatment_ranges_ordered",
                condition=Q(minutes_min__lte=F("minutes_max"))
                & Q(sessions_min__lte=F("sessions_max"))
                & Q(onset_days_min__lte=F("onset_days_max"))
                & Q(lasting_weeks_min__lte=F("lasting_weeks_max")),
            ),
            models.CheckConstraint(
                name="treatments_treatment_interval_whole",
                condition=Q(interval_days_min__isnull=True, interval_days_max__isnull=True)
                | Q(interval_days_min__isnull=False, interval_days_max__gte=F("interval_days_min")),
            ),
        ]

    def __str__(self) -> str:
        return self.code
