"""What somebody wrote to or about a patient outlives a new sign-in: it travels in the page, and is stored nowhere.

Only forms that say who fills them in (`typist`) are kept, and only for that person: nobody reads a colleague's words,
or presses a colleague's button, by signing in on their page (docs/adr/0027).
"""

from typing import Any

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from clinic_site.sign_in import SignInForm
from coordinators.models import User
from inquiries.origin import Origin, origin_verdict
from inquiries.sealing import keyed_digest

TYPIST = "typist"
_PREFIX = "kept-"
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # the name of a field
Fields = list[tuple[str, str]]


def typist(user: User) -> str:
    """Return who fills in a form, as the form says it: readable by nobody, and made by nobody else."""
    return keyed_digest("typist", str(user.pk))


def typed(request: HttpRequest) -> Fields:
    """Return the fields of a form of ours that says who filled it in; of any other none."""
    if not _is_ours(request) or TYPIST not in request.POST:
        return []
    return [(name, str(value)) for name, values in request.POST.lists() for value in values if name != _TOKEN]


def carried(request: HttpRequest) -> Fields:
    """Return the fields that came along with a sign-in."""
    if not _is_ours(request):
        return []
    kept = [(name, value) for name, values in request.POST.lists() for value in values if name.startswith(_PREFIX)]
    return [(name.removeprefix(_PREFIX), str(value)) for name, value in kept]


def for_the_sign_in(fields: Fields) -> Fields:
    """Return fields under names that do not meddle with those of the sign-in."""
    return [(f"{_PREFIX}{name}", value) for name, value in fields]


def are_of(fields: Fields, user: User) -> bool:
    """Return whether it was this person who typed."""
    return (TYPIST, typist(user)) in fields


def sign_in_again(request: HttpRequest, fields: Fields) -> HttpResponse:
    """Return the page to sign in on, with what was typed in it."""
    context = {
        "title": _("Sign in"),
        "app_path": reverse("admin:login"),
        "next": request.get_full_path(),
        "form": SignInForm(request),
        "kept": for_the_sign_in(fields),
    }
    return _page(request, "admin/login.html", context)


def carry_on(request: HttpRequest, user: User, address: str, fields: Fields) -> HttpResponse:
    """Return a page from which the person, signed in again, sends what they typed."""
    with translation.override(user.language):
        words = [value.strip() for name, value in fields if name != TYPIST and " " in value.strip()]
        title = _("What you typed is still here")
        context = {"title": title, "address": address, "fields": fields, "words": words}
        return _page(request, "admin/carry_on.html", context | {"desk_url": reverse("admin:index")})


def saved_from_a_stale_page(request: HttpRequest) -> HttpResponse | None:
    """Return a page that keeps what a form brought whose token is from before the last sign-in; None for any other."""
    user = request.user
    if fields := typed(request):
        if not user.is_authenticated:
            return sign_in_again(request, fields)
        return carry_on(request, user, request.get_full_path(), fields) if are_of(fields, user) else None
    # A second tab's sign-in, after the first tab's
    fields, address = carried(request), request.POST.get("next", "")
    is_a_page_of_ours = address.startswith(reverse("admin:index")) and url_has_allowed_host_and_scheme(address, None)
    if fields and user.is_authenticated and are_of(fields, user) and is_a_page_of_ours:
        return carry_on(request, user, address, fields)
    return None


def _is_ours(request: HttpRequest) -> bool:
    """Return whether the browser says that a form of this site was sent."""
    return request.method == "POST" and origin_verdict(request) is Origin.OK


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return a page that no cache keeps."""
    response = render(request, template, site.each_context(request) | context)
    add_never_cache_headers(response)
    return response
