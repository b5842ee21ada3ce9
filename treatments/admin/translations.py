"""Translations at the desk: what is missing or stale, what changed, and one click where it does not matter."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from treatments.admin.typed import ModelForm
from treatments.coverage import coverage, overdue_pages, translation_languages
from treatments.models import PageSection, Section, SharedSection, SitePageSection
from treatments.translations import changes, confirm, freshness, source_of

KINDS: dict[str, type[PageSection] | type[SharedSection] | type[SitePageSection]] = {
    model._meta.model_name or "": model for model in (PageSection, SharedSection, SitePageSection)
}


class SeenSource(forms.CheckboxInput):
    """A tick that carries which words of the source the person saw: its digest, or nothing."""

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:  # noqa: ANN401, ARG002  # Django's signature
        """Return the digest that was sent with the tick."""
        return data.get(name, "")


MATCHES_SOURCE = forms.CharField(
    label=gettext_lazy("This text now says what the source says"),
    required=False,
    widget=SeenSource(check_test=lambda _value: False),
    help_text=gettext_lazy("Tick it when you have brought the translation up to date."),
)


class TranslatedForm:
    """A section's form that says when a translation was brought up to date; mixed in before a model's form."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # whichever form it is mixed into
        super().__init__(*args, **kwargs)
        if isinstance(self.instance, SharedSection):
            _offer_match(self, source_of(self.instance) if self.instance.pk else None)

    def clean_matches_source(self: Any) -> str:  # whichever form it is mixed into
        """Refuse a tick for words of the source that are no longer there."""
        seen: str = self.cleaned_data["matches_source"]
        source = source_of(self.instance) if seen else None
        if source and source.digest != seen:
            raise forms.ValidationError(_("The source has changed since you opened this page. Look at it again."))
        return seen

    def save(self: Any, commit: bool = True) -> Any:  # noqa: ANN401  # Django's signature, for any section
        """Save the section; a new translation, and one that is said to match, was made from the source as it is now."""
        section: Section = self.instance
        if (section.pk is None or self.cleaned_data.get("matches_source")) and (source := source_of(section)):
            section.matches(source)
        return super().save(commit)  # type: ignore[misc]  # the form's own


def _offer_match(form: ModelForm[SharedSection], source: Section | None) -> None:
    """Let a form's tick stand for the source as it is now; where nothing is stale there is nothing to tick."""
    field = form.fields["matches_source"]
    if source is None or not form.instance.is_stale(source):
        field.widget, field.label, field.help_text = forms.HiddenInput(), "", ""
    else:
        field.widget.attrs["value"] = source.digest


def translation_urls(site: admin.AdminSite) -> list[URLPattern]:
    """Return the addresses of the overview and of one section's changes."""
    return [
        path("translations/", site.admin_view(overview), name="treatments_translations"),
        path("translations/<slug:kind>/<int:pk>/", site.admin_view(section_changes), name="treatments_translation"),
    ]


def change_url(section: Section) -> str:
    """Return where a section is edited."""
    if isinstance(section, SharedSection):
        return reverse("admin:treatments_sharedsection_change", args=[section.pk])
    if isinstance(section, PageSection):
        return reverse("admin:treatments_treatmentpage_change", args=[section.page_id])
    if isinstance(section, SitePageSection):
        return reverse("admin:treatments_sitepage_change", args=[section.page_id])
    raise Http404


def _place(section: Section) -> str:
    """Return which page and language a section belongs to."""
    if isinstance(section, SharedSection):
        pages = _("All treatment pages")
        return f"{pages} ({section.get_language_display()})"
    return str(section.page) if isinstance(section, (PageSection, SitePageSection)) else str(section)


@require_http_methods(["GET", "HEAD"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show every section and how each language stands to it, and the reviews that are overdue."""
    _editors_only(request)
    names = dict(settings.LANGUAGES)
    rows = coverage()
    context = {
        "title": _("Translations and reviews"),
        "languages": [(code, names[code]) for code in translation_languages()],
        "rows": rows,
        "whole": sum(row.is_whole for row in rows),
        "overdue": overdue_pages(timezone.localdate()),
        **admin.site.each_context(request),
    }
    return render(request, "admin/treatments/coverage.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def section_changes(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show what changed in the source since a section was translated; a POST says that nothing needs to be done."""
    _editors_only(request)
    if kind not in KINDS:
        raise Http404
    section: Section = get_object_or_404(KINDS[kind], pk=pk)
    source = source_of(section)
    if source is None:
        raise Http404
    if request.method == "POST":
        if not confirm(section, request.POST.get("seen", "")):
            messages.warning(request, _("The source has changed since you opened this page. Look at it again."))
            return HttpResponseRedirect(request.path)
        LogEntry.objects.log_actions(  # the person who decided stays known
            request.user.pk or 0, [section], CHANGE, change_message=_("No retranslation needed."), single_object=True
        )
        messages.success(request, _("Noted: “%(section)s” needs no new translation.") % {"section": section})
        return HttpResponseRedirect(reverse("admin:treatments_translations"))
    context = {
        "title": _("What changed in the source"),
        "section": section,
        "place": _place(section),
        "source": source,
        "freshness": freshness(section, source),
        "heading_changes": changes(section.made_from_heading, source.heading) if section.made_from_heading else [],
        "body_changes": changes(section.made_from_body, source.body) if section.made_from_body else [],
        "change_url": change_url(section),
        **admin.site.each_context(request),
    }
    return render(request, "admin/treatments/section_changes.html", context)


def _editors_only(request: HttpRequest) -> None:
    """Refuse everybody who may not change pages."""
    if not (request.user.is_authenticated and request.user.is_editor):
        raise PermissionDenied
