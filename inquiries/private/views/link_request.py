"""A new private link, for whoever asks with the address on file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from inquiries.origin import network_digest
from inquiries.private.access import as_private
from inquiries.private.forms import LinkRequestForm
from inquiries.services.links import request_link
from treatments.siblings import siblings_of_route


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def link_request(request: HttpRequest) -> HttpResponse:
    """Note the wish; the page says the same whether or not the clinic knows the address.

    It needs no token: it has no cookie to ride on, and a post from another site is refused before it comes here.
    """
    form = LinkRequestForm(request.POST if request.method == "POST" else None)
    siblings = siblings_of_route("inquiries:private-link-request")
    if form.is_bound and form.is_valid():
        request_link(form.cleaned_data["email"], language=get_language() or "", network_digest=network_digest(request))
        return as_private(render(request, "inquiries/private/link_requested.html", {"siblings": siblings}))
    status = 422 if form.is_bound else 200
    context = {"form": form, "siblings": siblings}
    return as_private(render(request, "inquiries/private/link_request.html", context, status=status))
