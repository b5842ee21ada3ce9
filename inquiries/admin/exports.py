"""Exports at the desk: managers take the list that they look at out as a file, and see who did so before."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst, slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coordinators.admin.access import ManagersOnly, person
from coordinators.admin.fields import check_year
from coordinators.roster import clinic_today, get_policy
from inquiries.admin.export_words import FIRST, LAST, SEARCHED, RecordedWords
from inquiries.admin.filters import FILTERS, ViewFilter
from inquiries.admin.records import ReadOnly
from inquiries.admin.rows import Inbox
from inquiries.admin.steps.base import NoteField
from inquiries.admin.team import DayInput
from inquiries.exports.columns import batches, columns
from inquiries.exports.files import MIME_TYPES, Format, csv_parts, workbook
from inquiries.inbox import ALL, OPEN, VIEWS_BY_CODE
from inquiries.models import Export, Inquiry
from inquiries.moments import with_year
from inquiries.periods import within_days
from inquiries.services.exports import MOST_LINES, ExportError, record_export
from treatments.admin.access import DeskAdmin

# Of a reason, so much is shown in the list.
_REASON_WORDS = 25
VIEW = ViewFilter.parameter_name


def view_choices() -> list[tuple[str, str]]:
    """Return the views that whoever comes from no list may choose from."""
    return [(code, capfirst(str(VIEWS_BY_CODE[code].label))) for code in (OPEN.code, "closed", ALL.code)]


class ExportForm(forms.Form):
    """Which inquiries, in which format, and whether patients' own data are needed."""

    view = forms.ChoiceField(
        label=gettext_lazy("Which inquiries"), choices=view_choices, widget=forms.RadioSelect, initial=OPEN.code
    )
    first = forms.DateField(
        label=gettext_lazy("Received from"), required=False, widget=DayInput, validators=[check_year]
    )
    last = forms.DateField(
        label=gettext_lazy("Received until"),
        help_text=gettext_lazy("Leave both empty if the day does not matter."),
        required=False,
        widget=DayInput,
        validators=[check_year],
    )
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

    def __init__(self, data: Any = None, *, is_of_a_list: bool) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, label_suffix="")
        if is_of_a_list:
            del self.fields["view"]

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order; ask for a reason where patients' data leave the site."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("Enter a day that is not before the first day."))
        if values.get("with_health_data") and not values.get("reason", "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Enter why you need the patients' data."))
        return values


@admin.register(Export)
class ExportAdmin(ManagersOnly, ReadOnly, DeskAdmin[Export]):
    """The record of exports; a new one is made from the inbox's list."""

    list_display = (
        "shown_moment", "made_by", "shown_format", "row_count", "with_health_data", "shown_filters", "shown_reason",
    )  # fmt: skip
    list_select_related = ("made_by",)
    list_filter = ("with_health_data",)
    list_per_page = 50
    ordering = ("-made_at",)
    fields = (
        "shown_moment", "made_by", "shown_format", "row_count", "shown_filters", "with_health_data", "reason",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let managers make an export."""
        return self.is_allowed(request)

    @admin.display(description=gettext_lazy("when"), ordering="made_at")
    def shown_moment(self, export: Export) -> str:
        """Return when it was made, on the clinic's clock."""
        return with_year(timezone.localtime(export.made_at))

    @admin.display(description=gettext_lazy("format"), ordering="file_format")
    def shown_format(self, export: Export) -> str:
        """Return the format in words."""
        return str(dict(Format.choices).get(export.file_format, export.file_format))

    @admin.display(description=gettext_lazy("which inquiries"))
    def shown_filters(self, export: Export) -> str:
        """Return what the list was narrowed to."""
        return RecordedWords().of(export.filters)

    @admin.display(description=gettext_lazy("reason"))
    def shown_reason(self, export: Export) -> str:
        """Return how the reason begins; all of it is on the export's own page."""
        return Truncator(export.reason).words(_REASON_WORDS) or "–"

    def get_list_display(self, request: HttpRequest) -> Any:  # noqa: ANN401, ARG002  # Django's signature
        """Return the columns; the words of the filters are fetched once for the page, and not for each line."""
        words = RecordedWords()

        @admin.display(description=gettext_lazy("which inquiries"))
        def shown_filters(export: Export) -> str:
            return words.of(export.filters)

        return [shown_filters if name == "shown_filters" else name for name in self.list_display]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:  # noqa: ANN401, ARG002  # Django's signature
        """Ask what is needed, and send the file: of the list in the address, as the inbox shows it, or of a view."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        query = request.GET.urlencode()
        is_of_a_list = _names_a_list(request)
        form = ExportForm(request.POST or None, is_of_a_list=is_of_a_list)
        is_complete = request.method == "POST" and form.is_valid()
        if is_complete and not is_of_a_list:
            chosen = request.GET.copy()
            chosen[VIEW] = form.cleaned_data["view"]
            request.GET = chosen  # type: ignore[assignment]  # as Django's admin does it
        listed = self._listed(request)
        if is_complete and not listed.is_cut:
            try:
                return self._export(request, listed, form.cleaned_data)
            except ExportError as error:
                form.add_error(None, str(error))
        context = self.admin_site.each_context(request) | {
            "title": _("Export inquiries"),
            "opts": self.opts,
            "form": form,
            "is_cut": listed.is_cut,
            "narrowed": _narrowed_in_words(listed) if is_of_a_list else [],
            "inbox_url": reverse("admin:inquiries_inquiry_changelist") + (f"?{query}" if query else ""),
        }
        return TemplateResponse(request, "admin/inquiries/export/add.html", context)

    def _listed(self, request: HttpRequest) -> Inbox:
        """Return the inbox's list at this address: every filter, search and right is the inbox's own."""
        inbox = self.admin_site.get_model_admin(Inquiry)
        return cast("Inbox", inbox.get_changelist_instance(request))

    def _export(self, request: HttpRequest, listed: Inbox, values: dict[str, Any]) -> HttpResponseBase:
        """Write the export down, then return the file: all pages of the list."""
        first, last = values["first"], values["last"]
        rows = listed.queryset.filter(within_days("received_at", first, last, get_policy().zone))
        # One more than may be exported tells that there are too many; the others are never fetched.
        keys = list(rows.values_list("pk", flat=True)[: MOST_LINES + 1])
        is_sensitive, file_format = values["with_health_data"], Format(values["file_format"])
        record_export(
            keys,
            by=person(request),
            file_format=file_format,
            filters=_filters(listed) | {name: str(day) for name, day in ((FIRST, first), (LAST, last)) if day},
            with_health_data=is_sensitive,
            reason=values["reason"],
        )
        return _file(file_format, keys, with_health_data=is_sensitive)


def _names_a_list(request: HttpRequest) -> bool:
    """Return whether an address narrows the inbox down: without that, it shows what is open, and any view will do."""
    names = {*(spec.parameter_name for spec in FILTERS), SEARCH_VAR}
    return any(request.GET.get(name, "").strip() for name in names)


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
    found = [(capfirst(str(spec.title)), capfirst(words)) for spec, _code, words in _chosen(listed)]
    searched = listed.query.strip()
    return [*found, (_("Searched for"), searched)] if searched else found


def _filters(listed: Inbox) -> dict[str, str]:
    """Return the codes of what the list is narrowed to; that something was searched for, but not what."""
    codes = {spec.parameter_name: code for spec, code, _words in _chosen(listed)}
    return codes | ({SEARCHED: "yes"} if listed.query.strip() else {})


def _file(file_format: Format, keys: list[UUID], *, with_health_data: bool) -> HttpResponseBase:
    """Return the file, which is made while it is sent wherever the format allows."""
    names = columns(with_health_data=with_health_data)
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
    name = slugify(_("Inquiries")) or "inquiries"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{clinic_today()}.{file_format.value}"'
    return response
