"""The wordings of the consent that patients gave; kept for as long as anybody gave it in these words."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ConsentText(models.Model):
    """One wording of the consent in one language; its digest is its key, so that it can never change."""

    class PersonalData:
        """The clinic's own words."""

        personal: tuple[str, ...] = ()
        neutral = ("digest", "version", "language", "text", "first_used_at")

    digest = models.CharField(max_length=64, primary_key=True)
    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    # Empty only for a wording from before wordings were kept; it stands in the release of its version.
    text = models.TextField(_("wording"), blank=True)
    first_used_at = models.DateTimeField(_("first used"), default=timezone.now)

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")

    def __str__(self) -> str:
        return f"{self.version} {self.language}"
