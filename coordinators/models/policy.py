"""When and how fast the team answers."""

from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordinators.days import day_in_words
from coordinators.models.coordinator import Coordinator


class ReplyPolicy(models.Model):
    """The clinic's office hours, its promise, and who is asked when nobody fits; there is exactly one."""

    class PersonalData:
        """Rules of the clinic; the mailbox belongs to the clinic, not to a person."""

        personal: tuple[str, ...] = ()
        neutral = (
            "id", "weekdays", "opens_at", "closes_at", "time_zone", "reply_hours", "fallback", "fallback_mailbox",
        )  # fmt: skip

    ONLY_ID = 1

    weekdays = models.CharField(
        _("working days"),
        max_length=7,
        default="12345",
        validators=[RegexValidator(r"^[1-7]{1,7}$")],
        help_text=_("1 is Monday, 7 is Sunday."),
    )
    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"))
    time_zone = models.CharField(_("time zone"), max_length=50, default="Europe/Zagreb")
    reply_hours = models.PositiveSmallIntegerField(
        _("replies within this many working hours"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(80)],
    )
    fallback = models.ForeignKey(
        Coordinator,
        verbose_name=_("fallback coordinator"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    fallback_mailbox = models.EmailField(
        _("fallback mailbox"),
        blank=True,
        help_text=_("Gets the notice when a coordinator's own mailbox refuses it."),
    )

    class Meta:
        verbose_name = _("reply policy")
        verbose_name_plural = _("reply policy")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="coordinators_replypolicy_only_one"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="coordinators_replypolicy_hours_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens_at:%H:%M}–{self.closes_at:%H:%M} {self.time_zone}"

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return ZoneInfo(self.time_zone)


class SpecialDay(models.Model):
    """A day on which the clinic is closed or has other hours, for everybody; it comes before weekdays and holidays."""

    class PersonalData:
        """Days of the clinic; no person."""

        personal: tuple[str, ...] = ()
        neutral = ("id", "day_on", "opens_at", "closes_at", "note")

    day_on = models.DateField(_("day"), unique=True)
    opens_at = models.TimeField(_("opens at"), null=True, blank=True)
    closes_at = models.TimeField(_("closes at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=100, blank=True, help_text=_("For the team only."))

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__isnull=False, closes_at__isnull=False, opens_at__lt=F("closes_at")),
                name="coordinators_specialday_closed_or_in_order",
            ),
        ]

    def __str__(self) -> str:
        return day_in_words(self.day_on)
