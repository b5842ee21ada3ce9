"""Exports at the desk: managers take the list that they look at out as a file, and see who did so before."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coordinators.admin.access import ManagersOnly, person
from coordinators.roster import clinic_today
from inquiries.admin.records import ReadOnly
from inquiries.admin.rows import Inbox
from inquiries.admin.steps.base import NoteField
from inquiries.exports.columns import batches, headings
from inquiries.exports.files import MIME_TYPES, Format, csv_parts, workbook
from inquiries.models import Export, Inquiry
from inquiries.services.exports import MOST_LINES, ExportError, record_export
from treatments.admin.access import DeskAdmin

# Stands in the record for what somebody searched for, which may be a name
SEARCHED = "searched"


class ExportForm(forms.Form):
    """In which format, and whether patients' own data are needed."""

    file_format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=Format, widget=forms.RadioSelect, initial=Format.XLSX
    )
    with_health_data = forms.BooleanField(
        label=gettext_lazy("With names, contact data and health data"),
        help_text=gettext_lazy(
            "Treatment, message and medical details too. Every inquiry then shows that you have read it."
        ),
        required=False,
    )
    reason = NoteField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed for patients' data. It is kept with the record of this export."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where patients' data leave the site."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("with_health_data") and not values.get("reason", "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Enter why you need the patients' data."))
        return values


@admin.register(Export)
class ExportAdmin(ManagersOnly, ReadOnly, DeskAdmin[Export]):
    """The record of exports; a new one is made from the inbox's list."""

    list_display = ("made_at", "made_by", "file_format", "row_count", "with_health_data", "shown_filters")
    list_select_related = ("made_by",)
    list_filter = ("with_health_data",)
    list_per_page = 50
    ordering = ("-made_at",)
    fields = ("made_at", "made_by", "file_format", "row_count", "shown_filters", "with_health_data", "reason")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let managers make an export."""
        return self.is_allowed(request)

    @admin.display(description=gettext_lazy("which inquiries"))
    def shown_filters(self, export: Export) -> str:
        """Return what the list was narrowed to."""
        return ", ".join(str(value) for value in export.filters.values()) or "–"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:  # noqa: ANN401, ARG002  # Django's signature
        """Ask what is needed, and send the file; the list is the one in the address, as the inbox shows it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        listed = self._listed(request)
        form = ExportForm(request.POST or None, label_suffix="")
        if request.method == "POST" and form.is_valid() and not listed.is_cut:
            try:
                return self._export(request, listed, form.cleaned_data)
            except ExportError as error:
                form.add_error(None, str(error))
        query = request.GET.urlencode()
        context = self.admin_site.each_context(request) | {
            "title": _("Export inquiries"),
            "opts": self.opts,
            "form": form,
            "is_cut": listed.is_cut,
            "narrowed": _narrowed_in_words(listed),
            "inbox_url": reverse("admin:inquiries_inquiry_changelist") + (f"?{query}" if query else ""),
        }
        return TemplateResponse(request, "admin/inquiries/export/add.html", context)

    def _listed(self, request: HttpRequest) -> Inbox:
        """Return the inbox's list at this address: every filter, search and right is the inbox's own."""
        inbox = self.admin_site.get_model_admin(Inquiry)
        return cast("Inbox", inbox.get_changelist_instance(request))

    def _export(self, request: HttpRequest, listed: Inbox, values: dict[str, Any]) -> HttpResponseBase:
        """Write the export down, then return the file: all pages of the list."""
        # One more than may be exported tells that there are too many; the others are never fetched.
        keys = list(listed.queryset.values_list("pk", flat=True)[: MOST_LINES + 1])
        is_sensitive, file_format = values["with_health_data"], Format(values["file_format"])
        record_export(
            keys,
            by=person(request),
            file_format=file_format,
            filters=_filters(listed),
            with_health_data=is_sensitive,
            reason=values["reason"],
        )
        return _file(file_format, keys, with_health_data=is_sensitive)


def _chosen(listed: Inbox) -> Iterator[tuple[Any, str, str]]:
    """Yield each filter that narrows the list, with its code and its words."""
    specs: Any = listed.filter_specs
    for spec in specs:
        code = spec.value() or ""
        words = dict(spec.lookup_choices).get(code)
        if words:
            yield spec, code, str(words)


def _narrowed_in_words(listed: Inbox) -> list[tuple[str, str]]:
    """Return what the list is narrowed to, for the person who exports it."""
    return [(str(spec.title), words) for spec, _code, words in _chosen(listed)]


def _filters(listed: Inbox) -> dict[str, str]:
    """Return the codes of what the list is narrowed to; that something was searched for, but not what."""
    codes = {spec.parameter_name: code for spec, code, _words in _chosen(listed)}
    return codes | ({SEARCHED: "yes"} if listed.query.strip() else {})


def _file(file_format: Format, keys: list[UUID], *, with_health_data: bool) -> HttpResponseBase:
    """Return the file, which is made while it is sent wherever the format allows."""
    names = headings(with_health_data=with_health_data)
    parts = batches(keys, with_health_data=with_health_data, language=get_language() or "en")
    response: HttpResponseBase
    if file_format is Format.CSV:
        response = StreamingHttpResponse(csv_parts(names, parts), content_type=MIME_TYPES[file_format])
    else:
        made = workbook(names, parts, is_sensitive=with_health_data)
        response = FileResponse(made, content_type=MIME_TYPES[file_format])
    # Nobody keeps it on the way, and no browser shows it in the site's own name.
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = f'attachment; filename="inquiries-{clinic_today()}.{file_format.value}"'
    return response
