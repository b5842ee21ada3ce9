"""What every private view passes: the link, the headers, the origin; and the key that a code gives for a while."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from inquiries.codes import CODE_LIFE
from inquiries.links import find_by_private_link
from inquiries.models import Inquiry
from inquiries.origin import SAFE_METHODS, Origin, origin_verdict
from inquiries.private.forms import LinkRequestForm
from treatments.siblings import siblings_of_route

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, "Visit", Parameters], HttpResponse]
KEY_FIELD = "key"
_SALT = "inquiries.private.key"


@dataclass(frozen=True)
class Visit:
    """One request under a private link: whose inquiry, and whether a code has opened what was entered."""

    inquiry: Inquiry
    token: str
    key: str = ""

    @property
    def is_unlocked(self) -> bool:
        """Whether what was entered may be shown."""
        return bool(self.key)

    def url(self, name: str, **arguments: str) -> str:
        """Return the address of one of the private pages of this inquiry."""
        return reverse(f"inquiries:{name}", kwargs={"token": self.token, **arguments})


def private_page(view: View[Parameters]) -> Callable[Concatenate[HttpRequest, str, Parameters], HttpResponse]:
    """Open a view by its private link, or answer as for every link that opens nothing.

    Unsafe requests must say that they come from this site: the link in the address is all the authority there is, so
    a form on another site must not ride on it (RELIABILITY.md §5). No token could add to that, as no cookie ties one
    to a visitor.
    """

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, token: str, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
        inquiry = find_by_private_link(token, now=timezone.now())
        if inquiry is None:
            response = link_gone(request)
        elif request.method == "POST" and origin_verdict(request) is not Origin.OK:
            response = HttpResponseRedirect(reverse("inquiries:private", kwargs={"token": token}), status=303)
        else:
            try:
                response = view(request, Visit(inquiry, token, _valid_key(request, inquiry)), *args, **kwargs)
            except Inquiry.DoesNotExist:
                # Erased between the look at the link and the writing.
                response = link_gone(request)
        return as_private(response)

    # `wraps` keeps the names of the arguments, which a bare Callable has not.
    return cast("Callable[Concatenate[HttpRequest, str, Parameters], HttpResponse]", opened)


def show_private(
    request: HttpRequest, visit: Visit, template: str, context: Mapping[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a page under the link; another language is offered where a GET can show the page."""
    match = request.resolver_match
    if match and request.method in SAFE_METHODS:
        siblings = siblings_of_route(match.view_name, **match.kwargs)
    else:
        siblings = siblings_of_route("inquiries:private", token=visit.token)
    everything = {"visit": visit, "siblings": siblings, **(context or {})}
    return render(request, template, everything, status=status)


def as_private(response: HttpResponse) -> HttpResponse:
    """Keep a private answer out of caches and search engines."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


def link_gone(request: HttpRequest) -> HttpResponse:
    """Answer for a link that opens nothing, whatever the reason; a new one can be had by e-mail."""
    return render(request, "inquiries/private/gone.html", {"form": LinkRequestForm()}, status=404)


def new_key(inquiry: Inquiry) -> str:
    """Return the key that a right code gives: it travels in hidden inputs of POST forms, never in an address."""
    return signing.dumps(_identity(inquiry), salt=_SALT)


def _valid_key(request: HttpRequest, inquiry: Inquiry) -> str:
    """Return the key that came with the request if it opens this inquiry now, else an empty text."""
    key = request.POST.get(KEY_FIELD, "") if request.method == "POST" else ""
    if not key or inquiry.person_is_doubtful:
        return ""
    try:
        identity = signing.loads(key, salt=_SALT, max_age=timedelta(seconds=CODE_LIFE.total_seconds()))
    except signing.BadSignature:
        return ""
    return key if identity == _identity(inquiry) else ""


def _identity(inquiry: Inquiry) -> list[str | int]:
    """Return what a key is bound to: this inquiry, under this version of its link."""
    return [str(inquiry.pk), inquiry.private_link.version]
