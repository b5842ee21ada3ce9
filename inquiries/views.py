"""The form, and the page that confirms an inquiry."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from inquiries.forms import InquiryForm
from inquiries.links import link_is_open, private_token
from inquiries.models import Inquiry, PrivateLink
from inquiries.origin import Origin, answers_cross_origin_itself, network_digest, origin_verdict
from inquiries.private.masks import mask_email
from inquiries.receipts import find_by_receipt, receipt_token
from inquiries.services.measure import count_refusal
from inquiries.services.submit import submit_inquiry
from inquiries.told import tell
from inquiries.typos import suggest
from treatments.emergency import numbers_in
from treatments.siblings import siblings_of_route
from treatments.views import public

logger = logging.getLogger(__name__)

ADDRESS_SHOWN_FOR = timedelta(hours=1)


@answers_cross_origin_itself
@require_http_methods(["GET", "HEAD", "POST"])
def inquiry_form(request: HttpRequest) -> HttpResponse:
    """Show the form; take an inquiry."""
    if request.method == "POST":
        return _take(request)
    return _empty_form(request)


@public
def _empty_form(request: HttpRequest) -> HttpResponse:
    """Show the form as everybody sees it."""
    return _show(request, InquiryForm())


@never_cache
def _take(request: HttpRequest) -> HttpResponse:
    """Take an inquiry, or show what was typed again with what is wrong."""
    verdict = origin_verdict(request)
    logger.info("inquiry posted", extra={"origin": verdict.value})
    try:
        form = InquiryForm(request.POST)
        if verdict is Origin.CROSS:
            return _show(request, form, problem="cross_origin", status=403)
        if not form.is_valid():
            logger.info("inquiry refused", extra={"problem": ",".join(sorted(form.errors))})
            if not form.is_by_robot:
                count_refusal(form.mistakes, language=get_language() or "", treatment=form.treatment_code)
            return _show(request, form, status=422)
        inquiry = submit_inquiry(
            form.as_submission(
                language=get_language() or "",
                network_digest=network_digest(request),
                origin_was_checked=verdict is Origin.OK,
            )
        )
    except (OperationalError, InterfaceError) as error:
        logger.exception("inquiry could not be stored", extra={"error": type(error).__name__})
        return _ask_to_send_again(request)
    url = reverse("inquiries:confirmation", kwargs={"token": receipt_token(inquiry.pk)})
    return HttpResponseRedirect(url, status=303)


@require_safe
@never_cache
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who answers and by when; never what was asked. Unknown and expired addresses look alike.

    It says what the rule gave on arrival, so that it is the same page whether or not the clinic knew the patient.
    """
    now = timezone.now()
    inquiry = find_by_receipt(token, now=now)
    if inquiry is None:
        response = render(request, "inquiries/receipt_gone.html", status=404)
    else:
        # Just after sending the patient checks the address; later nobody who finds this page is to learn it.
        is_fresh = now < inquiry.received_at + ADDRESS_SHOWN_FOR and inquiry.contact_changed_at is None
        receipt = {
            "reference": inquiry.reference,
            "has_email": bool(inquiry.email),
            "email": inquiry.email if is_fresh else mask_email(inquiry.email),
            "suggestion": suggest(inquiry.email) if is_fresh and inquiry.email else None,
            # A held inquiry sends nothing before a person releases it: the page must not say otherwise.
            "is_held": inquiry.is_quarantined,
            "emergency": numbers_in(inquiry.country),
            "private_token": _first_token(inquiry, now),
        }
        context = {
            "receipt": receipt,
            # For a held one no clock runs yet: no time is promised.
            "told": tell(
                inquiry.receipt_coordinator,
                None if inquiry.is_quarantined else inquiry.receipt_due_at,
                patient_zone=inquiry.time_zone,
            ),
            "siblings": siblings_of_route("inquiries:confirmation", token=token),
            "site_url": settings.SITE_URL,
        }
        response = render(request, "inquiries/confirmation.html", context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _first_token(inquiry: Inquiry, now: datetime) -> str:
    """Return the token of the private link that was made with the inquiry, while that one is open.

    A link that was renewed or withdrawn is not handed out here: who has this page may have the old link too.
    """
    link = PrivateLink.objects.filter(inquiry=inquiry, version=1).first()
    return private_token(link.pk, link.version) if link and link_is_open(link, now) else ""


def _show(request: HttpRequest, form: InquiryForm, *, problem: str | None = None, status: int = 200) -> HttpResponse:
    """Show the form's page."""
    context = {"form": form, "problem": problem, "siblings": siblings_of_route("inquiries:form")}
    return render(request, "inquiries/form_page.html", context, status=status)


def _ask_to_send_again(request: HttpRequest) -> HttpResponse:
    """Show, without the database, a page that holds everything typed and a button that sends it again."""
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    response = render(request, "inquiries/send_again.html", {"typed": typed}, status=503)
    response.headers["Retry-After"] = "30"
    return response
