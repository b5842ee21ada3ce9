"""Pages in one language, made of sections."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from treatments.enums import PublicationState, language_choices
from treatments.models.treatment import Treatment
from treatments.querysets import SitePageQuerySet, TreatmentPageQuerySet


class Page(models.Model):
    """What every page has: a language, an address, a state, a reviewer and dates."""

    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    slug = models.SlugField(_("address"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PublicationState, default=PublicationState.DRAFT)
    title = models.CharField(_("title"), max_length=150)
    answer = models.TextField(_("one-line answer"))
    description = models.CharField(_("description for search engines"), max_length=200, blank=True)
    reviewer = models.CharField(
        _("reviewed by"),
        max_length=150,
        blank=True,
        help_text=_("Name and title of the doctor. Empty: not reviewed yet."),
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    # What the doctor read: a text that changed afterwards is not signed any more.
    reviewed_digest = models.CharField(max_length=64, blank=True, editable=False)
    review_due_on = models.DateField(_("next review on"), null=True, blank=True)
    written_on = models.DateField(_("written on"))
    updated_at = models.DateTimeField(_("last change"), auto_now=True)
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Sections that were loaded once: one that an editor deleted does not come back.
    loaded_keys = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    @property
    def is_public(self) -> bool:
        """Whether visitors can see the page."""
        return self.state == PublicationState.PUBLISHED


class TreatmentPage(Page):
    """The words about one treatment in one language."""

    class PersonalData:
        """The reviewer signs the page in public."""

        personal = ("reviewer",)
        neutral = (
            "id", "treatment", "language", "slug", "state", "title", "answer", "description", "also_called",
            "reviewed_on", "review_due_on", "written_on", "updated_at", "loaded_digest",
            "loaded_keys", "reviewed_digest",
        )  # fmt: skip

    treatment = models.ForeignKey(
        Treatment, verbose_name=_("treatment"), on_delete=models.PROTECT, related_name="pages"
    )
    also_called = models.CharField(_("also called"), max_length=300, blank=True)

    objects = TreatmentPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("treatment page")
        verbose_name_plural = _("treatment pages")
        constraints = [
            models.UniqueConstraint(fields=["treatment", "language"], name="treatments_treatmentpage_one_per_language"),
            models.UniqueConstraint(fields=["language", "slug"], name="treatments_treatmentpage_address_unique"),
            models.CheckConstraint(condition=~Q(slug=""), name="treatments_treatmentpage_has_address"),
            models.CheckConstraint(
                condition=Q(reviewer="", reviewed_on__isnull=True) | (~Q(reviewer="") & Q(reviewed_on__isnull=False)),
                name="treatments_treatmentpage_review_whole",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Return the page's path, in the page's own language."""
        with translation.override(self.language):
            return reverse("treatments:treatment", kwargs={"slug": self.slug})


class SitePage(Page):
    """A page that is about no single treatment: home, guides, the clinic, the privacy notice."""

    HOME = "home"
    TREATMENTS = "treatments"
    PRIVACY = "privacy"
    COMPARE = "compare"
    IMAGING = "imaging"
    GUIDE = "guide"
    GLOSSARY = "glossary"
    SEARCH = "search"
    INTERNATIONAL = "international"
    CLINIC = "clinic"

    class PersonalData:
        """The reviewer signs the page in public."""

        personal = ("reviewer",)
        neutral = (
            "id", "key", "language", "slug", "state", "title", "answer", "description", "reviewed_on",
            "review_due_on", "written_on", "updated_at", "loaded_digest",
            "loaded_keys", "reviewed_digest",
        )  # fmt: skip

    key = models.SlugField(_("key"), max_length=40)

    objects = SitePageQuerySet.as_manager()

    class Meta:
        verbose_name = _("site page")
        verbose_name_plural = _("site pages")
        constraints = [
            models.UniqueConstraint(fields=["key", "language"], name="treatments_sitepage_one_per_language"),
            models.UniqueConstraint(
                fields=["language", "slug"], condition=~Q(slug=""), name="treatments_sitepage_address_unique"
            ),
            models.CheckConstraint(
                condition=Q(reviewer="", reviewed_on__isnull=True) | (~Q(reviewer="") & Q(reviewed_on__isnull=False)),
                name="treatments_sitepage_review_whole",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Return the page's path, in the page's own language."""
        with translation.override(self.language):
            if self.key == self.HOME:
                return reverse("treatments:home")
            if self.key == self.TREATMENTS:
                return reverse("treatments:list")
            return reverse("treatments:page", kwargs={"slug": self.slug})
