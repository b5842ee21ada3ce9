"""What every request passes: log line, headers, outage page, origin check, the staff's language."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import translation

from inquiries.origin import Origin, origin_verdict

Next = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger(__name__)

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


def request_log(get_response: Next) -> Next:
    """Log one line a request: the route's name, never the path, which may open a personal page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        response = get_response(request)
        match = request.resolver_match
        logger.info(
            "request",
            extra={
                "route": match.view_name if match else "unknown",
                "method": request.method,
                "status": response.status_code,
                "milliseconds": round((time.monotonic() - started) * 1000),
            },
        )
        return response

    return middleware


def security_headers(get_response: Next) -> Next:
    """Add the headers that Django and django-csp have no setting for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def database_outage(get_response: Next) -> Next:
    """Answer 503, in the visitor's language, when the database cannot be reached."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.error("database outage", exc_info=exception)
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = "30"
        return response

    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # Django's hook
    return middleware


def refuse_other_charsets(get_response: Next) -> Next:
    """Refuse a body that says it is not UTF-8: no browser sends one, and Python's codecs make faults and surrogates."""

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.strip("\"' ").lower() not in {"utf-8", "utf8"}:
            request.encoding = "utf-8"
            return render(request, "400.html", status=400)
        return get_response(request)

    return middleware


def refuse_cross_origin(get_response: Next) -> Next:
    """Refuse requests that another site sends to change something here; staff pages keep tokens as well."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if origin_verdict(request) is Origin.CROSS and not _answers_itself(request):
            return render(request, "403.html", status=403)
        return get_response(request)

    return middleware


def _answers_itself(request: HttpRequest) -> bool:
    """Return whether the view shows a cross-origin visitor the filled form again."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return getattr(view, "answers_cross_origin_itself", False)


def staff_language(get_response: Next) -> Next:
    """Show the desk in the language that the person chose."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/") and request.user.is_authenticated:
            language = request.user.language
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware
