"""What the desk says when a page is not there, not allowed or too old: within the desk, with a way back."""

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic_site.kept_typing import saved_from_a_stale_page

DESK = "/admin/"


def is_at_the_desk(request: HttpRequest) -> bool:
    """Return whether somebody who has signed in asked for a page of the desk."""
    user = getattr(request, "user", None)
    return request.path.startswith(DESK) and user is not None and user.is_authenticated


def desk_not_found(request: HttpRequest) -> HttpResponse:
    """Answer for a page of the desk that is not there, or not for this person any more."""
    text = _("It may have gone to a colleague, or it was erased, or the address is mistyped.")
    return _page(request, _("This page is not here"), text, 404)


def desk_forbidden(request: HttpRequest) -> HttpResponse:
    """Answer for a room of the desk that the person's role does not open."""
    return _page(
        request, _("This is not allowed"), _("Your role does not open this page. A manager can change that."), 403
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Answer a form whose key does not fit any more: nothing was stored, and words can be sent from here."""
    if saved := saved_from_a_stale_page(request):
        return saved
    text = _(
        "You have signed in again since this page was opened, or its cookie is gone. Nothing was stored. "
        "Go back, copy what you typed, load the page again and press once more."
    )
    return _page(request, _("This page was open for too long"), text, 403)


def _page(request: HttpRequest, title: str, text: str, status: int) -> HttpResponse:
    """Return a page of the desk with one sentence."""
    context = site.each_context(request) | {"title": title, "text": text, "desk_url": reverse("admin:index")}
    return render(request, "admin/error.html", context, status=status)
