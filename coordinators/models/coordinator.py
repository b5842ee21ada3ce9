"""Coordinators, what they can take, and when they are away."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordinators.querysets import AbsenceQuerySet, CoordinatorQuerySet
from treatments.enums import language_choices
from treatments.models import Treatment


class Coordinator(models.Model):
    """A person who answers patients: languages and treatments they can take."""

    class PersonalData:
        """The name is shown to patients; the rest is who works here."""

        personal = ("user", "display_name", "title")
        neutral = ("id", "treatments", "takes_inquiries", "is_shown")

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
        return self.language


class Absence(models.Model):
    """Days on which a coordinator is away, both ends included."""

    class PersonalData:
        """When a person of the staff is away; no reason is kept."""

        personal = ("coordinator", "starts_on", "ends_on")
        neutral = ("id",)

    coordinator = models.ForeignKey(
        Coordinator, verbose_name=_("coordinator"), on_delete=models.CASCADE, related_name="absences"
    )
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="coordinators_absence_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.coordinator}: {self.starts_on} – {self.ends_on}"
