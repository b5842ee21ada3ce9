"""Several inquiries at once: closing those that somebody has opened, and giving them to a colleague."""

from collections.abc import Callable, Sequence
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
from coordinators.models import Coordinator, User
from inquiries.admin.steps.base import NoteField
from inquiries.admin.whom import ColleagueField, unspoken
from inquiries.enums import Outcome, Status
from inquiries.models import Inquiry
from inquiries.services import triage
from inquiries.services.errors import TriageError
from inquiries.services.seen import newest_of
from treatments.admin.typed import ModelAdmin

CONFIRMED = "confirmed"
# With an inquiry's key: what had come in when the person was asked
SEEN = "seen-"


class CloseSelected(forms.Form):
    """How the selected inquiries ended; the same for all of them."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How did they end?"),
        choices=[("", "–"), *Outcome.choices],
        error_messages={"required": gettext_lazy("Choose how they ended.")},
    )
    note = NoteField(label=gettext_lazy("Note"), required=False)


class AssignSelected(forms.Form):
    """Who gets the selected inquiries, and why."""

    coordinator = ColleagueField()
    reason = NoteField(label=gettext_lazy("Reason"), required=False)

    def __init__(self, *args: Any, inquiries: Sequence[Inquiry], **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        menu = self.fields["coordinator"]
        if isinstance(menu, ColleagueField):
            menu.offer_for(inquiries)


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
    context = _context(model_admin, request, form, inquiries) | {
        "title": _("Close inquiries"),
        "ready": [item for item in inquiries if item.status != Status.CLOSED and item.opened_at],
        "unopened": [item for item in inquiries if item.status != Status.CLOSED and not item.opened_at],
        "seen": [(f"{SEEN}{key}", newest) for key, newest in newest_of(inquiries).items()],
    }
    return TemplateResponse(request, "admin/inquiries/inquiry/close_selected.html", context)


@admin.action(description=gettext_lazy("Assign to …"))
def assign_selected(
    model_admin: ModelAdmin[Inquiry], request: HttpRequest, queryset: QuerySet[Inquiry]
) -> TemplateResponse | None:
    """Ask who should answer the selected inquiries, then give them each that is open; managers only."""
    inquiries = list(queryset)
    ready = [item for item in inquiries if item.is_open]
    is_confirmed = CONFIRMED in request.POST
    data = request.POST if is_confirmed else None
    form = AssignSelected(data, label_suffix="", prefix="assign", inquiries=ready)
    if is_confirmed and form.is_valid():
        values = form.cleaned_data
        _assign(model_admin, request, inquiries, values["coordinator"], values["reason"])
        return None
    context = _context(model_admin, request, form, inquiries) | {"title": _("Assign inquiries"), "ready": ready}
    return TemplateResponse(request, "admin/inquiries/inquiry/assign_selected.html", context)


def _context(
    model_admin: ModelAdmin[Any], request: HttpRequest, form: forms.Form, inquiries: list[Inquiry]
) -> dict[str, Any]:
    """Return what the page of every such action needs."""
    return model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "inbox_url": reverse("admin:inquiries_inquiry_changelist"),
        "form": form,
        "selected": inquiries,
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "confirmed_name": CONFIRMED,
    }


def _close(
    model_admin: ModelAdmin[Any], request: HttpRequest, inquiries: list[Inquiry], outcome: Outcome, note: str
) -> None:
    """Close each inquiry by itself, and say which were refused and why."""
    user = person(request)

    def close(item: Inquiry) -> None:
        had = request.POST.get(f"{SEEN}{item.pk}", "")
        triage.close(item, outcome, by=user, note=note, seen=had)

    refused = [_refusal(item, close) for item in inquiries]
    reasons = [reason for reason in refused if reason]
    if closed := len(inquiries) - len(reasons):
        message = ngettext("%(count)d inquiry is closed.", "%(count)d inquiries are closed.", closed)
        model_admin.message_user(request, message % {"count": closed}, messages.SUCCESS)
    for reason in reasons:
        model_admin.message_user(request, reason, messages.WARNING)


def _assign(
    model_admin: ModelAdmin[Any], request: HttpRequest, inquiries: list[Inquiry], coordinator: Coordinator, reason: str
) -> None:
    """Give each inquiry by itself, and say which were refused and why, and which language the new owner lacks."""
    user = person(request)
    refused = [_refusal(item, lambda item: _give(item, coordinator, user, reason)) for item in inquiries]
    given = [item for item, refusal in zip(inquiries, refused, strict=True) if not refusal]
    if given:
        words = ngettext(
            "%(count)d inquiry has a new owner: %(name)s.",
            "%(count)d inquiries have a new owner: %(name)s.",
            len(given),
        )
        done = words % {"count": len(given), "name": coordinator.display_name}
        said = " ".join(filter(None, [done, unspoken(coordinator, given)]))
        model_admin.message_user(request, said, messages.SUCCESS)
    for refusal in filter(None, refused):
        model_admin.message_user(request, refusal, messages.WARNING)


def _give(inquiry: Inquiry, coordinator: Coordinator, by: User, reason: str) -> None:
    """Give one inquiry to a coordinator. Raises TriageError where they have it and nothing about it is unsettled."""
    if inquiry.coordinator_id == coordinator.pk and inquiry.is_open and not inquiry.is_flagged:
        raise TriageError(_("%(name)s has this inquiry already.") % {"name": coordinator.display_name})
    triage.assign_to(inquiry, coordinator, by=by, reason=reason)


def _refusal(inquiry: Inquiry, act: Callable[[Inquiry], None]) -> str:
    """Act on one inquiry; return why it stays as it is, or nothing."""
    try:
        act(inquiry)
    except TriageError as error:
        return f"{inquiry.reference}: {error}"
    except Inquiry.DoesNotExist:
        reason = _("This inquiry is erased.")
        return f"{inquiry.reference}: {reason}"
    return ""
