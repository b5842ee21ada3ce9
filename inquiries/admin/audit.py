"""Who opened which inquiry or file, and who exported what: for managers, to look at and nothing else."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from coordinators.admin.access import ManagersOnly
from coordinators.admin.fields import check_year
from coordinators.models import User
from coordinators.roster import get_policy
from inquiries.admin.records import ReadOnly
from inquiries.admin.team import DayInput
from inquiries.audit import NEWEST, Entry, Narrowing, inquiry_called, read_record
from inquiries.enums import EventKind
from inquiries.keyset import read_cursor
from inquiries.models import InquiryEvent
from inquiries.moments import with_year
from inquiries.references import normal_reference
from treatments.admin.access import DeskAdmin

AFTER = "after"


class RecordForm(forms.Form):
    """Whose looking, at what, and when."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Person"),
        queryset=User.objects.order_by("name", "pk"),
        required=False,
        empty_label=pgettext_lazy("audit", "everybody"),
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), required=False, max_length=40)
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput, validators=[check_year])
    last = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DayInput, validators=[check_year])

    def clean_reference(self) -> UUID | None:
        """Return the inquiry that is meant; an erased one has no record any more."""
        typed = self.cleaned_data["reference"]
        if not typed.strip():
            return None
        found = inquiry_called(normal_reference(typed))
        if found is None:
            raise forms.ValidationError(
                _("There is no inquiry with this reference. When one is erased, so is the record of who read it."),
                code="unknown",
            )
        return found

    @property
    def narrowing(self) -> Narrowing:
        """What was chosen."""
        values = self.cleaned_data
        user: User | None = values["person"]
        first: date | None = values["first"]
        return Narrowing(user.pk if user else None, values["reference"], first, values["last"])


@dataclass(frozen=True)
class Line:
    """One line of the record in words."""

    at: str
    who: str
    what: str
    more: str
    reference: str
    url: str


@admin.register(InquiryEvent)
class RecordAdmin(ManagersOnly, ReadOnly, DeskAdmin[InquiryEvent]):
    """The record of reading; there is one page and it only shows."""

    def get_urls(self) -> list[URLPattern]:
        """Return the one address: no line has a page on which it could be changed."""
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="inquiries_inquiryevent_changelist")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show who looked at what, the newest first."""
        if not self.is_allowed(request):
            raise PermissionDenied
        form = RecordForm(request.GET, label_suffix="")
        entries: list[Entry] = []
        following = None
        if form.is_valid():
            entries, following = read_record(form.narrowing, read_cursor(request.GET.get(AFTER, ""), NEWEST))
        chosen = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
        context = self.admin_site.each_context(request) | {
            "title": _("Who opened what"),
            "opts": self.opts,
            "form": form,
            "lines": _in_words(entries),
            "is_first": AFTER not in request.GET,
            "first_url": f"?{urlencode(chosen)}",
            "next_url": f"?{urlencode({**chosen, AFTER: following})}" if following else "",
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/inquiries/audit.html", context)


def _in_words(entries: list[Entry]) -> list[Line]:
    """Return the lines as managers read them, on the clinic's clock."""
    zone = get_policy().zone

    def line(entry: Entry) -> Line:
        at = with_year(entry.at.astimezone(zone))
        event, export = entry.event, entry.export
        if event:
            url = reverse("admin:inquiries_inquiry_change", args=[event.inquiry_id])
            more = _("in an export") if "export" in event.details else ""
            what = capfirst(str(EventKind(event.kind).label))
            return Line(at, str(event.actor or ""), what, more, event.inquiry.reference, url)
        if export is None:
            raise TypeError
        count = ngettext("%(count)d inquiry", "%(count)d inquiries", export.row_count) % {"count": export.row_count}
        more = _("%(count)s, with health data") % {"count": count} if export.with_health_data else count
        url = reverse("admin:inquiries_export_change", args=[export.pk])
        return Line(at, str(export.made_by), _("Exported inquiries"), more, "", url)

    return [line(entry) for entry in entries]
