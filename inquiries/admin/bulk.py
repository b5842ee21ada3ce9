"""Closing several inquiries at once; one that nobody has opened is never among them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordinators.admin.access import person
from coordinators.models import User
from inquiries.admin.steps.base import NoteField
from inquiries.enums import Outcome, Status
from inquiries.models import Inquiry
from inquiries.services import triage
from inquiries.services.errors import TriageError
from treatments.admin.typed import ModelAdmin

CONFIRMED = "confirmed"


class CloseSelected(forms.Form):
    """How the selected inquiries ended; the same for all of them."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How did they end?"),
        choices=[("", "–"), *Outcome.choices],
        error_messages={"required": gettext_lazy("Choose how they ended.")},
    )
    note = NoteField(label=gettext_lazy("Note"), required=False)


@admin.action(description=gettext_lazy("Close"))
def close_selected(
    model_admin: ModelAdmin[Inquiry], request: HttpRequest, queryset: QuerySet[Inquiry]
) -> TemplateResponse | None:
    """Ask how the selected inquiries ended, then close those that somebody has read."""
    inquiries = list(queryset)
    is_confirmed = CONFIRMED in request.POST
    form = CloseSelected(request.POST if is_confirmed else None, label_suffix="", prefix="close")
    if is_confirmed and form.is_valid():
        values = form.cleaned_data
        _close(model_admin, request, inquiries, Outcome(values["outcome"]), values["note"])
        return None
    context = model_admin.admin_site.each_context(request) | {
        "title": _("Close inquiries"),
        "opts": model_admin.opts,
        "inbox_url": reverse("admin:inquiries_inquiry_changelist"),
        "form": form,
        "selected": inquiries,
        "ready": [item for item in inquiries if item.status != Status.CLOSED and item.opened_at],
        "unopened": [item for item in inquiries if item.status != Status.CLOSED and not item.opened_at],
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "confirmed_name": CONFIRMED,
    }
    return TemplateResponse(request, "admin/inquiries/inquiry/close_selected.html", context)


def _close(
    model_admin: ModelAdmin[Any], request: HttpRequest, inquiries: list[Inquiry], outcome: Outcome, note: str
) -> None:
    """Close each inquiry by itself, and say which were refused and why."""
    refused = [_refusal(item, outcome, note, person(request)) for item in inquiries]
    reasons = [reason for reason in refused if reason]
    if closed := len(inquiries) - len(reasons):
        message = ngettext("%(count)d inquiry is closed.", "%(count)d inquiries are closed.", closed)
        model_admin.message_user(request, message % {"count": closed}, messages.SUCCESS)
    for reason in reasons:
        model_admin.message_user(request, reason, messages.WARNING)


def _refusal(inquiry: Inquiry, outcome: Outcome, note: str, by: User) -> str:
    """Close one inquiry; return why it stays as it is, or nothing."""
    try:
        triage.close(inquiry, outcome, by=by, note=note)
    except TriageError as error:
        return f"{inquiry.reference}: {error}"
    except Inquiry.DoesNotExist:
        return f"{inquiry.reference}: {_('This inquiry is erased.')}"
    return ""
