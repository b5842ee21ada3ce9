"""Words that pages explain."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from treatments.enums import language_choices


class GlossaryTerm(models.Model):
    """A word of the trade in one language, its forms in running text, and what it means."""

    class PersonalData:
        """No field tells anything about a person."""

        personal: tuple[str, ...] = ()
        neutral = ("id", "language", "key", "term", "forms", "explanation", "loaded_digest")

    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    key = models.SlugField(_("key"), max_length=40)
    term = models.CharField(_("term"), max_length=120)
    forms = models.JSONField(
        _("forms in running text"),
        default=list,
        blank=True,
        help_text=_('Every form that pages link to the glossary, in a list: ["facet joint", "facet joints"].'),
    )
    explanation = models.TextField(_("explanation"), help_text=_("Markdown. A source is cited as [^KEY]."))
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        ordering = ("language", "term")
        constraints = [
            models.UniqueConstraint(fields=["language", "key"], name="treatments_glossaryterm_key_unique"),
        ]

    def __str__(self) -> str:
        return self.term
