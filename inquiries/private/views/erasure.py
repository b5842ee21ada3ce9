"""Withdrawing the consent: everything is erased at once."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from coordinators.roster import clinic_today, get_policy
from inquiries.enums import ErasedBy
from inquiries.private.access import Visit, private_page, show_private
from inquiries.private.forms import ErasureForm
from inquiries.services.erasure import erase as erase_inquiry


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what is erased and what stays; erase. The answer is the receipt, as the link opens nothing after it."""
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        tombstone = erase_inquiry(visit.inquiry, ErasedBy.PATIENT)
        return render(request, "inquiries/private/erased.html", {"tombstone": tombstone, "zone": get_policy().zone})
    context = {"form": form, "backups_gone_on": clinic_today() + timedelta(days=settings.BACKUP_DAYS)}
    return show_private(request, visit, "inquiries/private/erase.html", context, status=422 if form.is_bound else 200)
