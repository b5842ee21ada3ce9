"""What somebody typed at the desk outlives a new sign-in: it travels in the page, and is stored nowhere."""

from collections.abc import Sequence

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from coordinators.models import User
from inquiries.origin import Origin, origin_verdict

_PREFIX = "kept-"
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # the name of a field
Fields = list[tuple[str, str]]


def typed(request: HttpRequest) -> Fields:
    """Return the fields of a form of our own that was posted; none where a password or a file is among them."""
    is_ours = request.method == "POST" and origin_verdict(request) is Origin.OK
    if not is_ours or request.FILES or any("password" in name for name in request.POST):
        return []
    return [(name, str(value)) for name, values in request.POST.lists() for value in values if name != _TOKEN]


def for_the_sign_in(fields: Fields) -> Fields:
    """Return fields under names that do not meddle with those of the sign-in."""
    return [(f"{_PREFIX}{name}", value) for name, value in fields]


def carried(request: HttpRequest) -> Fields:
    """Return the fields that came along with a sign-in."""
    sent = request.POST.lists() if request.method == "POST" else []
    return [
        (name.removeprefix(_PREFIX), str(value))
        for name, values in sent
        if name.startswith(_PREFIX)
        for value in values
    ]


def carry_on(request: HttpRequest, user: User, address: str, fields: Fields, status: int = 200) -> HttpResponse:
    """Return a page from which the person, signed in again, sends what they typed."""
    with translation.override(user.language):
        context = site.each_context(request) | {
            "title": _("What you typed is still here"),
            "address": address,
            "fields": fields,
            "words": _words(fields),
            "desk_url": reverse("admin:index"),
        }
        response = render(request, "admin/carry_on.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _words(fields: Fields) -> Sequence[str]:
    """Return what a person has written, without the codes of menus and boxes."""
    return [value.strip() for _name, value in fields if " " in value.strip()]
