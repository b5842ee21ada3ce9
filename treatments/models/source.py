"""What the pages' statements rest on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A guideline, study or leaflet that a section cites as `[^KEY]`."""

    class PersonalData:
        """No field tells anything about a person."""

        personal: tuple[str, ...] = ()
        neutral = ("id", "key", "title", "publisher", "year", "url", "language", "note", "loaded_digest")

    key = models.CharField(_("key"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    url = models.URLField(_("web address"), blank=True)
    language = models.CharField(_("language of the work"), max_length=10, default="en")
    note = models.CharField(_("what it supports"), max_length=400, blank=True)
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return f"{self.key}: {self.title}"
