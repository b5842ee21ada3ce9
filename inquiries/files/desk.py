"""The desk's way to a patient's file: always a download, never shown by the browser in the site's own name."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from coordinators.admin.access import person
from inquiries.enums import FileKind
from inquiries.files.listing import MIME_TYPES, files_of, safe_name
from inquiries.inbox import visible_inquiries
from inquiries.models import PatientFile
from inquiries.services.files import FileGoneError, read_file


@require_GET
def download(request: HttpRequest, inquiry_id: UUID, file_id: UUID) -> HttpResponse:
    """Hand out one file of an inquiry that the person may see, and write down who read it."""
    user = person(request)
    if not user.handles_inquiries:
        raise PermissionDenied
    inquiry = visible_inquiries(user).filter(pk=inquiry_id).first()
    files = files_of(inquiry) if inquiry else []
    number, file = next(((number, file) for number, file in enumerate(files, 1) if file.pk == file_id), (0, None))
    if inquiry is None or file is None:
        raise Http404
    try:
        data = read_file(file, by=user)
    except FileGoneError as error:
        raise Http404 from error
    return _attachment(file, data, safe_name(inquiry.reference, number, file.kind))


def _attachment(file: PatientFile, data: bytes, name: str) -> HttpResponse:
    """Return a file so that no browser opens it here, keeps it, or takes it for something else."""
    response = HttpResponse(data, content_type=MIME_TYPES[FileKind(file.kind)])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store, private"
    return response
