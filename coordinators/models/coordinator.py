"""Coordinators, what they can take, when they work, and when they are away."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordinators.days import day_in_words
from coordinators.querysets import AbsenceQuerySet, CoordinatorQuerySet
from treatments.enums import language_choices
from treatments.models import Treatment


class Coordinator(models.Model):
    """A person who answers patients: languages and treatments they can take."""

    class PersonalData:
        """The name is shown to patients; the rest is who works here."""

        personal = ("user", "display_name", "title")
        neutral = (
            "id", "treatments", "takes_inquiries", "is_shown", "time_zone", "holiday_country", "holiday_region",
        )  # fmt: skip

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="coordinator",
    )
    display_name = models.CharField(_("name shown to patients"), max_length=100)
    title = models.CharField(_("title shown to patients"), max_length=100, blank=True)
    treatments = models.ManyToManyField(
        Treatment, verbose_name=_("knows these treatments"), related_name="coordinators", blank=True
    )
    takes_inquiries = models.BooleanField(_("takes new inquiries"), default=True)
    is_shown = models.BooleanField(_("shown on public pages"), default=True)
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True, default="", db_default="")
    holiday_country = models.CharField(_("public holidays of"), max_length=2, blank=True, default="", db_default="")
    holiday_region = models.CharField(_("region"), max_length=40, blank=True, default="", db_default="")

    objects = CoordinatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("coordinator")
        verbose_name_plural = _("coordinators")

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_active(self) -> bool:
        """Whether new inquiries may be given to this person."""
        return self.takes_inquiries and self.user.is_active

    @property
    def initials(self) -> str:
        """The first letters of the name, for the drawn portrait."""
        words = self.display_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class CoordinatorLanguage(models.Model):
    """A language a coordinator really speaks."""

    class PersonalData:
        """What a person of the staff speaks; shown to patients."""

        personal = ("coordinator",)
        neutral = ("id", "language")

    coordinator = models.ForeignKey(Coordinator, on_delete=models.CASCADE, related_name="languages")
    language = models.CharField(_("language"), max_length=10, choices=language_choices)

    class Meta:
        verbose_name = _("language")
        verbose_name_plural = _("languages")
        constraints = [
            models.UniqueConstraint(fields=["coordinator", "language"], name="coordinators_coordinatorlanguage_unique"),
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())


class WorkingHours(models.Model):
    """Hours that a coordinator works on one weekday, on their own clock; who has none works the office hours."""

    class PersonalData:
        """When a person of the staff works."""

        personal = ("coordinator", "weekday", "starts_at", "ends_at")
        neutral = ("id",)

    coordinator = models.ForeignKey(
        Coordinator, verbose_name=_("coordinator"), on_delete=models.CASCADE, related_name="hours"
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), help_text=_("1 is Monday, 7 is Sunday."))
    starts_at = models.TimeField(pgettext_lazy("working hours", "from"))
    ends_at = models.TimeField(pgettext_lazy("working hours", "until"))

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ("weekday", "starts_at")
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="coordinators_workinghours_weekday"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="coordinators_workinghours_in_order"),
            models.UniqueConstraint(
                fields=["coordinator", "weekday", "starts_at"], name="coordinators_workinghours_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday - 1]} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


class Absence(models.Model):
    """Days on which a coordinator is away, both ends included, but for a time given for the first or the last."""

    class PersonalData:
        """When a person of the staff is away and who covers for them; no reason is kept."""

        personal = ("coordinator", "starts_on", "ends_on", "from_time", "until_time", "replacement")
        neutral = ("id",)

    coordinator = models.ForeignKey(
        Coordinator, verbose_name=_("coordinator"), on_delete=models.CASCADE, related_name="absences"
    )
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))
    from_time = models.TimeField(_("on the first day away from"), null=True, blank=True)
    until_time = models.TimeField(_("on the last day away until"), null=True, blank=True)
    replacement = models.ForeignKey(
        Coordinator,
        verbose_name=_("who covers"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="coordinators_absence_in_order"),
            models.CheckConstraint(
                condition=Q(replacement__isnull=True) | ~Q(replacement=F("coordinator")),
                name="coordinators_absence_replaced_by_another",
            ),
            models.CheckConstraint(
                condition=Q(from_time__isnull=True)
                | Q(until_time__isnull=True)
                | Q(starts_on__lt=F("ends_on"))
                | Q(from_time__lt=F("until_time")),
                name="coordinators_absence_times_in_order",
            ),
        ]

    def __str__(self) -> str:
        days = dict.fromkeys(day_in_words(day) for day in (self.starts_on, self.ends_on))
        return f"{self.coordinator}: {' – '.join(days)}"
