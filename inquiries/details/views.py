"""The pages where patients add medical details: the list of groups, and one page for each group.

Earlier answers are shown only to whoever has just entered a code (`Visit.is_unlocked`). Then the key travels along in
the forms, so these pages are answers to a POST; showing something by a POST writes nothing.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from inquiries.details.answers import Answers, from_text
from inquiries.details.forms import DetailsForm
from inquiries.details.questions import GROUP_BY_CODE, GROUPS, Group, group_after
from inquiries.details.readable import day_of
from inquiries.models import Inquiry
from inquiries.private.access import KEY_FIELD, Visit, private_page, show_private
from inquiries.services.details import save_answers
from treatments.emergency import numbers_in

logger = logging.getLogger(__name__)

ACTION_FIELD, SHOW = "action", "show"
SHOWN_FIELD = "shown"  # says that the form which is posted showed the earlier answers
SAVED = "saved"


@dataclass(frozen=True)
class ListedGroup:
    """A group in the list: when it was answered, never what."""

    group: Group
    url: str
    answered_on: str
    is_next: bool


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show which groups of questions there are, and which are answered."""
    return _show_list(request, visit, note=_note(request))


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def details_group(request: HttpRequest, visit: Visit, group: str) -> HttpResponse:
    """Show one group's questions; keep what was answered and go on to the next group."""
    asked = GROUP_BY_CODE.get(group)
    if asked is None:
        return HttpResponseRedirect(visit.url("private-details"))
    if request.method != "POST":
        return _show_form(request, visit, DetailsForm(asked), note=_note(request))
    if request.POST.get(ACTION_FIELD) == SHOW:
        return _show_earlier(request, visit, asked)
    return _save(request, visit, asked)


def _show_earlier(request: HttpRequest, visit: Visit, group: Group) -> HttpResponse:
    """Show the form with what was answered, or say that this needs a new code."""
    if not visit.is_unlocked:
        return _show_form(request, visit, DetailsForm(group), note="locked", status=403)
    return _show_form(request, visit, DetailsForm(group, shown=_stored(visit.inquiry, group)))


def _save(request: HttpRequest, visit: Visit, group: Group) -> HttpResponse:
    """Keep the answers; the form comes back as it was filled in when something in it cannot be read."""
    claims_shown = SHOWN_FIELD in request.POST
    were_shown = claims_shown and visit.is_unlocked
    form = DetailsForm(group, request.POST, shown=_stored(visit.inquiry, group) if were_shown else None)
    if not form.is_valid():
        return _show_form(request, visit, form, status=422)
    try:
        save_answers(visit.inquiry, group, form.answers, were_shown=were_shown)
    except (OperationalError, InterfaceError) as error:
        logger.exception("details could not be stored", extra={"error": type(error).__name__})
        return _show_form(request, visit, form, note="again", status=503)
    following = group_after(group)
    if visit.is_unlocked:
        return _show_list(request, visit, note=SAVED, following=following)
    if claims_shown:
        return _show_list(request, visit, note="late", following=following)
    where = visit.url("private-details-group", group=following.code) if following else visit.url("private-details")
    return HttpResponseRedirect(f"{where}?done={SAVED}", status=303)


def _show_list(request: HttpRequest, visit: Visit, *, note: str, following: Group | None = None) -> HttpResponse:
    saved = dict(visit.inquiry.medical_answers.values_list("group", "saved_at"))
    groups = [
        ListedGroup(
            group,
            visit.url("private-details-group", group=group.code),
            day_of(saved[group.code]) if group.code in saved else "",
            is_next=group == following,
        )
        for group in GROUPS
    ]
    context = {"groups": groups, "note": note, **_common(visit)}
    return show_private(request, visit, "inquiries/private/details.html", context)


def _show_form(
    request: HttpRequest, visit: Visit, form: DetailsForm, *, note: str = "", status: int = 200
) -> HttpResponse:
    saved = visit.inquiry.medical_answers.filter(group=form.group.code).exists()
    context = {
        "form": form,
        "group": form.group,
        "number": GROUPS.index(form.group) + 1,
        "count": len(GROUPS),
        "following": group_after(form.group),
        "list_url": visit.url("private-details"),
        "code_url": visit.url("private-code"),
        "was_answered": saved,
        "note": note,
        **_common(visit),
    }
    return show_private(request, visit, "inquiries/private/details_group.html", context, status=status)


def _common(visit: Visit) -> Mapping[str, object]:
    """Return what both pages show."""
    return {
        "key_field": KEY_FIELD,
        "action_field": ACTION_FIELD,
        "show_action": SHOW,
        "shown_field": SHOWN_FIELD,
        "emergency": numbers_in(visit.inquiry.country),
    }


def _stored(inquiry: Inquiry, group: Group) -> Answers:
    """Return the earlier answers to one group."""
    row = inquiry.medical_answers.filter(group=group.code).first()
    return from_text(row.answers) if row else {}


def _note(request: HttpRequest) -> str:
    """Return what the step before has just done, if it says so."""
    return SAVED if request.GET.get("done") == SAVED else ""
