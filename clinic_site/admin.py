"""The desk: Django's admin under the clinic's name, with a first page that says what waits."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import NoReverseMatch, URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from clinic_site.kept_typing import are_of, carried, carry_on, for_the_sign_in, sign_in_again, typed, typist
from clinic_site.sign_in import SignInForm
from coordinators.models import ReplyPolicy
from inquiries.inbox import desk_counts
from inquiries.measure.dashboard import own_verdict, read_dashboard
from inquiries.services.staff import set_desk_language
from treatments.overview import page_overview

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class ClinicAdminSite(AdminSite):
    """The staff's desk."""

    site_header = _("Clinic desk")
    site_title = _("Clinic desk")
    index_title = _("Today")
    enable_nav_sidebar = False
    login_form = SignInForm

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Add the choice of the desk's language."""
        return [path("language/", self.admin_view(self.language_view), name="language"), *super().get_urls()]

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Show every page of the desk on the clinic's clock; it is rendered here, while that clock is set.

        Words that come from somebody who is not signed in any more are kept while they sign in.
        """
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def on_the_clinics_clock(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # any view's
            if not request.user.is_authenticated and (fields := typed(request)):
                return sign_in_again(request, fields)
            policy = ReplyPolicy.objects.first()
            with timezone.override(policy.zone if policy else None):
                response = guarded(request, *args, **kwargs)
                return response.render() if isinstance(response, SimpleTemplateResponse) else response

        return cast("View", on_the_clinics_clock)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Let a person sign in; what they had typed before they were signed out is carried along."""
        fields = carried(request)
        response = super().login(request, {"kept": for_the_sign_in(fields)} | (extra_context or {}))
        user = request.user
        if isinstance(response, HttpResponseRedirect) and user.is_authenticated and are_of(fields, user):
            return carry_on(request, user, response.url, fields)
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add what the header shows."""
        return super().each_context(request) | {
            "desk_languages": settings.LANGUAGES,
            "typist": typist(request.user) if request.user.is_authenticated else "",
            "kept_mail_url": _kept_mail_url(request),
        }

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show what waits: inquiries for the people who answer, pages for those who write."""
        user = request.user
        today: dict[str, Any] = {}
        if user.is_authenticated and user.handles_inquiries:
            today |= {"counts": desk_counts(user), "verdict": own_verdict(user)}
        if user.is_authenticated and user.is_manager:
            today["dashboard"] = read_dashboard()
        if user.is_authenticated and user.is_editor:
            today["page_rows"] = page_overview()
        return super().index(request, today | (extra_context or {}))

    def language_view(self, request: HttpRequest) -> HttpResponse:
        """Change the desk's language for the person who asks, and go back to where they were."""
        if request.method != "POST" or not request.user.is_authenticated:
            raise Http404
        language = request.POST.get("language", "")
        if language in dict(settings.LANGUAGES):
            set_desk_language(request.user, language)
        back = request.POST.get("next", "")
        home = reverse("admin:index")
        if not (back.startswith(home) and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
            back = home
        return redirect(back)


def _kept_mail_url(request: HttpRequest) -> str:
    """Return where a manager reads mail that is kept on this machine, or an empty text."""
    if not (settings.MAIL_IS_KEPT and request.user.is_authenticated and request.user.is_manager):
        return ""
    try:
        return reverse("kept-mail")
    except NoReverseMatch:
        return ""
