"""Sections: the pieces of text that pages are made of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from treatments.content_files import text_digest
from treatments.enums import language_choices
from treatments.models.page import SitePage, TreatmentPage
from treatments.outline import SAFETY_KEYS


class Section(models.Model):
    """A heading and its text in Markdown."""

    key = models.SlugField(_("key"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    heading = models.CharField(_("heading"), max_length=200)
    body = models.TextField(_("text"), help_text=_("Markdown. A source is cited as [^KEY]."))
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)
    # What the text was translated from: empty in the source language. The words are kept to show what changed since.
    made_from = models.CharField(max_length=64, blank=True, editable=False)
    made_from_heading = models.CharField(max_length=200, blank=True, editable=False)
    made_from_body = models.TextField(blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.heading

    @property
    def digest(self) -> str:
        """What identifies the section's words."""
        return text_digest(self.heading, self.body)

    def matches(self, source: "Section") -> None:
        """Note that the text says what `source` says now; the caller saves."""
        self.made_from, self.made_from_heading, self.made_from_body = source.digest, source.heading, source.body

    def is_stale(self, source: "Section") -> bool:
        """Whether `source` changed after this text was made from it."""
        return self.made_from != source.digest

    @property
    def is_safety(self) -> bool:
        """Whether a patient's safety hangs on the text."""
        return self.key in SAFETY_KEYS


_NEUTRAL = (
    "id", "key", "position", "heading", "body", "loaded_digest", "made_from", "made_from_heading", "made_from_body",
)  # fmt: skip


class PageSection(Section):
    """A section of one treatment page."""

    class PersonalData:
        """No field tells anything about a person."""

        personal: tuple[str, ...] = ()
        neutral = (*_NEUTRAL, "page")

    page = models.ForeignKey(TreatmentPage, on_delete=models.CASCADE, related_name="sections")

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(fields=["page", "key"], name="treatments_pagesection_key_unique"),
        ]


class SharedSection(Section):
    """A section that stands on every treatment page of a language, written once."""

    class PersonalData:
        """No field tells anything about a person."""

        personal: tuple[str, ...] = ()
        neutral = (*_NEUTRAL, "language")

    language = models.CharField(_("language"), max_length=10, choices=language_choices)

    class Meta:
        verbose_name = _("shared section")
        verbose_name_plural = _("shared sections")
        constraints = [
            models.UniqueConstraint(fields=["language", "key"], name="treatments_sharedsection_key_unique"),
        ]


class SitePageSection(Section):
    """A section of one site page."""

    class PersonalData:
        """No field tells anything about a person."""

        personal: tuple[str, ...] = ()
        neutral = (*_NEUTRAL, "page")

    page = models.ForeignKey(SitePage, on_delete=models.CASCADE, related_name="sections")

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(fields=["page", "key"], name="treatments_sitepagesection_key_unique"),
        ]
