"""Receiving files: in memory only, never more than the limit, and only where files are asked for."""

import io
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.utils.datastructures import MultiValueDict

from inquiries.files.problems import MAX_BYTES

# A browser shows our answer only after it has sent everything. What is larger than this no patient sends by mistake.
READ_AT_MOST = 128 * 1024 * 1024
PIECE_BYTES = 64 * 1024

Parameters = ParamSpec("Parameters")


class RefusesFiles(FileUploadHandler):
    """The handler of every page that asks for no file."""

    def new_file(self, *_args: Any, **_options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Refuse the whole request, as Django does for too many files."""
        raise TooManyFilesSent

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never reached: there is no file."""

    def file_complete(self, file_size: int) -> None:
        """Never reached: there is no file."""


class KeepsInMemory(FileUploadHandler):
    """The handler of the upload page: health data must not lie in a temporary file, not even for a moment."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.is_too_large = False
        self.received = io.BytesIO()

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ANN401, ARG002  # Django's signature
        META: dict[str, str],  # noqa: N803, ARG002  # Django's signature
        content_length: int,
        boundary: str,  # noqa: ARG002  # Django's signature
        encoding: str | None = None,  # noqa: ARG002  # Django's signature
    ) -> "tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]] | None":
        """Do not even read what is absurdly large."""
        if content_length <= READ_AT_MOST:
            return None
        self.is_too_large = True
        return QueryDict(), MultiValueDict()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece, or forget the file once it is larger than the limit; what follows is read and dropped."""
        if start + len(raw_data) > MAX_BYTES:
            self.is_too_large = True
            self.received = io.BytesIO()
            raise SkipFile
        self.received.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file."""
        self.received.seek(0)
        return InMemoryUploadedFile(
            self.received, self.field_name, self.file_name or "", self.content_type, file_size, self.charset
        )


def takes_files(
    view: Callable[Concatenate[HttpRequest, Parameters], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponse]:
    """Let a view receive a file; put above whatever reads the posted fields."""

    @wraps(view)
    def receiving(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
        request.upload_handlers = [KeepsInMemory(request)]
        response = view(request, *args, **kwargs)
        _drop_rest(request)
        return response

    return receiving


def _drop_rest(request: HttpRequest) -> None:
    """Read what the view did not want, such as a file sent to an expired link: else the browser shows no answer."""
    if int(request.META.get("CONTENT_LENGTH") or 0) <= READ_AT_MOST:
        with suppress(UnreadablePostError):
            while request.read(PIECE_BYTES):
                pass


def was_too_large(request: HttpRequest) -> bool:
    """Return whether a file was dropped because of its size."""
    return any(getattr(handler, "is_too_large", False) for handler in request.upload_handlers)
