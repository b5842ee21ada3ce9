"""The patient's page for files: one at a time, kept at once, listed, removed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from inquiries.files.forms import UploadForm
from inquiries.files.listing import listed_for_patient
from inquiries.files.problems import MAX_FILES, PASSING, FileRefusedError, Problem, limit_in_words
from inquiries.files.upload import takes_files, was_too_large
from inquiries.models import Inquiry
from inquiries.private.access import Visit, link_gone, private_page, show_private
from inquiries.services.files import add_file, remove_file

PAGE = "private-files"
# What the page may say was done; it is read from the address after the redirect and changes nothing.
DONE = frozenset({"added", "removed"})


@takes_files
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the files; take one in. A posted key without the form's button shows the page with the files' names."""
    if request.method == "POST" and was_too_large(request):
        form = UploadForm(request.POST, request.FILES)
        form.refuse(Problem.TOO_LARGE)
        return _show(request, visit, form, status=413)
    if request.method == "POST" and ("add" in request.POST or request.FILES):
        return _add(request, visit)
    return _show(request, visit, UploadForm(), done=request.GET.get("done", ""))


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, visit: Visit, file_id: UUID) -> HttpResponse:
    """Remove one file of this inquiry."""
    if request.method != "POST":
        return HttpResponseRedirect(visit.url(PAGE))
    file = visit.inquiry.files.filter(pk=file_id).first()
    if file is None:
        return _show(request, visit, UploadForm(), done="gone", status=404)
    remove_file(file)
    return _done(request, visit, "removed")


def _add(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take in what was sent, or say at the field what is wrong with it."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, visit, form, status=422)
    try:
        add_file(visit.inquiry, form.cleaned_data["file"])
    except FileRefusedError as refusal:
        form.refuse(refusal.problem)
        return _show(request, visit, form, status=503 if refusal.problem in PASSING else 422)
    except Inquiry.DoesNotExist:
        return link_gone(request)
    return _done(request, visit, "added")


def _done(request: HttpRequest, visit: Visit, what: str) -> HttpResponse:
    """Go on to the list; a page that a code has opened is shown at once, since its key must not be in an address."""
    if visit.is_unlocked:
        return _show(request, visit, UploadForm(), done=what)
    return HttpResponseRedirect(f"{visit.url(PAGE)}?done={what}", status=303)


def _show(request: HttpRequest, visit: Visit, form: UploadForm, *, done: str = "", status: int = 200) -> HttpResponse:
    """Show the page."""
    listed = listed_for_patient(visit.inquiry, with_names=visit.is_unlocked)
    context = {
        "form": form,
        "files": listed,
        "is_full": len(listed) >= MAX_FILES,
        "most_files": MAX_FILES,
        "limit": limit_in_words(),
        "done": done if done in DONE or status == 404 else "",  # noqa: PLR2004  # the page that says so
        "files_url": visit.url(PAGE),
    }
    return show_private(request, visit, "inquiries/private/files.html", context, status=status)
