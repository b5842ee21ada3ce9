"""Correcting the contact data, and writing a message."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inquiries.private.access import Visit, private_page, show_private
from inquiries.private.forms import ContactForm, MessageForm
from inquiries.private.masks import mask_email, mask_phone
from inquiries.services.contact import change_contact
from inquiries.services.limits import TooOftenError
from inquiries.services.messages import receive_message
from inquiries.typos import suggest


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take a corrected address or number; what was there is shown masked, what was typed now is shown whole."""
    inquiry = visit.inquiry
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        email, phone = form.cleaned_data["email"], form.cleaned_data["phone"]
        try:
            change_contact(inquiry, email=email or None, phone=phone or None)
        except TooOftenError:
            form.add_error(
                None, _("You have changed this several times just now. Please try again in an hour, or phone us.")
            )
        else:
            inquiry.refresh_from_db()
            context = {"email": email, "phone": phone, "suggestion": suggest(email) if email else None}
            return show_private(request, visit, "inquiries/private/contact_saved.html", context)
    context = {"form": form, "masked_email": mask_email(inquiry.email), "masked_phone": mask_phone(inquiry.phone)}
    return show_private(request, visit, "inquiries/private/contact.html", context, status=422 if form.is_bound else 200)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take a message to whoever answers."""
    form = MessageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            receive_message(visit.inquiry, form.cleaned_data["text"], language=get_language() or "")
        except TooOftenError:
            form.add_error(
                None, _("You have written many messages just now. Please try again in an hour, or phone us.")
            )
        else:
            return HttpResponseRedirect(f"{visit.url('private')}?done=message", status=303)
    return show_private(
        request, visit, "inquiries/private/message.html", {"form": form}, status=422 if form.is_bound else 200
    )
