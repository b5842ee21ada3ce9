"""Pages in each language, with their sections and a preview."""

from typing import Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from treatments.admin.access import DeskAdmin, EditorsOnly, KeepsRows, RoleAccess
from treatments.admin.forms import LARGE, SectionForm, SectionFormSet, SitePageForm, TreatmentPageForm, outline_choices
from treatments.admin.preview import preview_page
from treatments.admin.translations import MATCHES_SOURCE, TranslatedForm
from treatments.admin.typed import ModelForm, StackedInline
from treatments.admin.versions import seen_version
from treatments.models import PageSection, SitePage, SitePageSection, TreatmentPage
from treatments.reviews import is_outdated, sign
from treatments.translations import stale_sections, translations_behind, translations_of

AnyPage = TypeVar("AnyPage", TreatmentPage, SitePage)


class PageSectionForm(TranslatedForm, SectionForm, ModelForm[PageSection]):
    """A section of a treatment page; the outline says where it stands."""

    matches_source = MATCHES_SOURCE

    class Meta:
        model = PageSection
        fields = ("key", "heading", "body", "matches_source")
        widgets = {"key": forms.Select(choices=[("", "–"), *outline_choices(shared=False)]), "body": LARGE}


class SitePageSectionForm(TranslatedForm, SectionForm, ModelForm[SitePageSection]):
    """A section of a site page."""

    matches_source = MATCHES_SOURCE

    class Meta:
        model = SitePageSection
        fields = ("key", "position", "heading", "body", "matches_source")
        widgets = {"body": LARGE}


class PageSectionInline(EditorsOnly, RoleAccess, StackedInline[PageSection, TreatmentPage]):
    """The sections of a treatment page."""

    model = PageSection
    form = PageSectionForm
    formset = SectionFormSet
    template = "admin/treatments/sections.html"
    ordering = ("position", "id")
    extra = 1


class SitePageSectionInline(EditorsOnly, RoleAccess, StackedInline[SitePageSection, SitePage]):
    """The sections of a site page."""

    model = SitePageSection
    form = SitePageSectionForm
    formset = SectionFormSet
    template = "admin/treatments/sections.html"
    ordering = ("position", "id")
    extra = 1


class PageAdmin(EditorsOnly, KeepsRows, DeskAdmin[AnyPage]):
    """What both kinds of pages share at the desk."""

    change_form_template = "admin/treatments/page_form.html"
    list_filter = ("language", "state")
    search_fields = ("title", "slug")
    view_on_site = False

    def get_urls(self) -> list[URLPattern]:
        """Add the preview."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        preview = self.admin_site.admin_view(self.preview_view)
        return [path("<int:page_id>/preview/", preview, name=name), *super().get_urls()]

    def preview_view(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Show the saved page as visitors will see it; for editors only."""
        page = self.get_object(request, str(page_id))
        if page is None:
            raise Http404
        return preview_page(request, page)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401  # Django's signature
        """Tie a review to the words that it was given for, and tell the editor what the change means for readers."""
        super().save_related(request, form, formsets, change)
        page = form.instance
        if {"reviewer", "reviewed_on"} & set(form.changed_data):
            sign(page)
        elif is_outdated(page):
            self.message_user(
                request,
                _("The text is no longer the one that the doctor checked; the page says so until it is checked again."),
                messages.WARNING,
            )
        behind = translations_behind(page)
        if behind:
            message = ngettext(
                "%(count)d translated section does not say what this page says now. If it is about safety, patients "
                "see it in this page's language, with a note.",
                "%(count)d translated sections do not say what this page says now. Those about safety are shown to "
                "patients in this page's language, with a note.",
                behind,
            )
            self.message_user(request, message % {"count": behind}, messages.WARNING)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add the buttons to the preview and to the other languages, and which sections are stale."""
        page = self.get_object(request, object_id)
        others = {"translations": translations_of(page), "stale_sections": stale_sections(page)} if page else {}
        others["seen_version"] = seen_version(request, page)
        return super().change_view(request, object_id, form_url, others | (extra_context or {}))


@admin.register(TreatmentPage)
class TreatmentPageAdmin(PageAdmin[TreatmentPage]):
    """The words about a treatment."""

    form = TreatmentPageForm
    inlines = (PageSectionInline,)
    list_display = ("title", "treatment", "language", "state", "reviewer", "review_due_on")
    list_select_related = ("treatment",)
    ordering = ("treatment__position", "language")
    fieldsets = (
        (None, {"fields": ("treatment", "language", "state", "title", "slug", "answer", "also_called", "description")}),
        (gettext_lazy("Review"), {"fields": ("reviewer", ("reviewed_on", "review_due_on"), "written_on")}),
    )


@admin.register(SitePage)
class SitePageAdmin(PageAdmin[SitePage]):
    """Home, treatment list, privacy notice, accessibility statement, legal page."""

    form = SitePageForm
    inlines = (SitePageSectionInline,)
    list_display = ("title", "key", "language", "state")
    ordering = ("key", "language")
    fieldsets = (
        (None, {"fields": ("key", "language", "state", "title", "slug", "answer", "description")}),
        (gettext_lazy("Review"), {"fields": ("reviewer", ("reviewed_on", "review_due_on"), "written_on")}),
    )
