"""Reading back what was entered, and taking it along: only with a code that was sent to the address on file."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from coordinators.roster import get_policy
from inquiries.models import Inquiry
from inquiries.private.access import KEY_FIELD, Visit, new_key, private_page, show_private
from inquiries.private.entered import entered_in
from inquiries.private.forms import CodeForm
from inquiries.private.masks import mask_email
from inquiries.querysets import CODE_ATTEMPTS
from inquiries.services.codes import send_code, use_code
from inquiries.services.patient_copy import export_data


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send a code when the button is pressed; a GET shows the input only."""
    if request.method != "POST":
        return _ask_for_code(request, visit, CodeForm())
    may_send = not _obstacle(visit.inquiry)
    state = "sent" if may_send and send_code(visit.inquiry) else "too_many"
    return _ask_for_code(request, visit, CodeForm(), state)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show everything that was entered, to whoever has the code, in the answer to the POST itself."""
    if request.method != "POST":
        return HttpResponseRedirect(visit.url("private-code"))
    if visit.is_unlocked:
        return _show_entered(request, visit)
    if KEY_FIELD in request.POST:
        return _ask_for_code(request, visit, CodeForm(), "expired", status=403)
    form = CodeForm(request.POST)
    if form.is_valid():
        if use_code(visit.inquiry, form.cleaned_data["code"]):
            return _show_entered(request, Visit(visit.inquiry, visit.token, new_key(visit.inquiry)))
        form.add_error("code", _wrong(visit.inquiry))
    return _ask_for_code(request, visit, form, status=422)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Hand out everything about the inquiry as a file that other programs can read."""
    if request.method != "POST":
        return HttpResponseRedirect(visit.url("private-code"))
    if not visit.is_unlocked:
        return _ask_for_code(request, visit, CodeForm(), "expired", status=403)
    response = JsonResponse(
        export_data(visit.inquiry), json_dumps_params={"ensure_ascii": False, "indent": 2}, charset="utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{visit.inquiry.reference}.json"'
    return response


def _show_entered(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show everything that was entered; the key travels on in the page's forms."""
    context = {"entered": entered_in(visit.inquiry), "zone": get_policy().zone}
    return show_private(request, visit, "inquiries/private/entered.html", context)


def _ask_for_code(
    request: HttpRequest, visit: Visit, form: CodeForm, state: str = "", *, status: int = 200
) -> HttpResponse:
    """Show the input for the code, or why there can be none."""
    context = {
        "form": form,
        "state": state,
        "obstacle": _obstacle(visit.inquiry),
        "masked_email": mask_email(visit.inquiry.email),
    }
    return show_private(request, visit, "inquiries/private/code.html", context, status=status)


def _obstacle(inquiry: Inquiry) -> str:
    """Return why no code can be sent for this inquiry, or an empty text."""
    if inquiry.is_quarantined:
        return "held"  # an address that a robot may have typed is sent nothing
    if inquiry.person_is_doubtful:
        return "doubtful"
    return "" if inquiry.email else "no_email"


def _wrong(inquiry: Inquiry) -> str:
    """Return what is said after a wrong code: how often it can still be tried."""
    usable = inquiry.access_codes.usable(timezone.now()).first()
    if usable is None:
        return _("This code is not valid, or it is not valid any more. Ask for a new one below.")
    left = CODE_ATTEMPTS - usable.attempts
    return ngettext(
        "This is not the code that we sent last. You can try once more.",
        "This is not the code that we sent last. You can try %(left)d more times.",
        left,
    ) % {"left": left}
