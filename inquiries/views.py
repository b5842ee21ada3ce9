"""The form, and the page that confirms an inquiry."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from coordinators.roster import clinic_place, get_policy, member
from inquiries.forms import InquiryForm
from inquiries.moments import promise
from inquiries.origin import Origin, answers_cross_origin_itself, network_digest, origin_verdict
from inquiries.receipts import find_by_receipt, receipt_token
from inquiries.services.submit import submit_inquiry
from treatments.emergency import numbers_in
from treatments.siblings import siblings_of_route
from treatments.views import public

logger = logging.getLogger(__name__)


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
    """Show who answers and by when; never what was asked. Unknown and expired addresses look alike."""
    inquiry = find_by_receipt(token, now=timezone.now())
    if inquiry is None:
        response = render(request, "inquiries/receipt_gone.html", status=404)
    else:
        promised = promise(inquiry.reply_due_at, clinic_zone=get_policy().zone, patient_zone=inquiry.time_zone)
        receipt = {
            "reference": inquiry.reference,
            "coordinator": member(inquiry.coordinator) if inquiry.coordinator else None,
            "reply_by": promised.at,
            "clinic_place": clinic_place(),
            "reply_by_patient": promised.patient_at,
            "has_email": bool(inquiry.email),
            # A held inquiry sends nothing before a person releases it: the page must not say otherwise.
            "is_held": inquiry.is_quarantined,
            "emergency": numbers_in(inquiry.country),
        }
        siblings = siblings_of_route("inquiries:confirmation", token=token)
        response = render(request, "inquiries/confirmation.html", {"receipt": receipt, "siblings": siblings})
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


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
