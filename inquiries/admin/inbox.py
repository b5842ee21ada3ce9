"""The inbox and the screen of one inquiry."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordinators.admin.access import InquiryStaff, person
from coordinators.models import Coordinator, User
from inquiries.admin.bulk import assign_selected, close_selected
from inquiries.admin.by_reference import TOO_OFTEN, OpenByReference, has_guessed_too_often, note_miss
from inquiries.admin.detail import detail_context
from inquiries.admin.filters import FILTERS
from inquiries.admin.rows import SEALED, Inbox
from inquiries.admin.steps import STEPS_BY_NAME, step_context
from inquiries.admin.steps.base import Step
from inquiries.admin.steps.triage import Release, TakeOver
from inquiries.files.desk import download
from inquiries.inbox import visible_inquiries
from inquiries.models import Inquiry
from inquiries.querysets import InquiryQuerySet
from inquiries.services.seen import newest
from inquiries.services.triage import open_by_reference, record_read
from treatments.admin.access import DeskAdmin


@admin.register(Inquiry)
class InquiryAdmin(InquiryStaff, DeskAdmin[Inquiry]):
    """Triage. Patients' texts are only ever shown; everything that changes goes through a service."""

    change_list_template = "admin/inquiries/inquiry/inbox.html"
    list_display = ("reference",)
    list_filter = FILTERS
    list_per_page = 50
    list_max_show_all = 0
    sortable_by = ()
    search_fields = ("reference",)
    search_help_text = gettext_lazy("Reference, whole words of the name, the e-mail address or the phone number.")
    actions = ("take_over_selected", "release_selected", assign_selected, close_selected)

    def get_urls(self) -> list[URLPattern]:
        """Return the desk's addresses of inquiries; there is nothing to add, delete, or edit freely."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name="inquiries_inquiry_changelist"),
            path("open/", wrap(self.open_view), name="inquiries_inquiry_open"),
            path("<uuid:inquiry_id>/change/", wrap(self.inquiry_view), name="inquiries_inquiry_change"),
            path("<uuid:inquiry_id>/files/<uuid:file_id>/", wrap(download), name="inquiries_inquiry_file"),
            path("<uuid:inquiry_id>/<slug:step>/", wrap(self.step_view), name="inquiries_inquiry_step"),
        ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let nobody invent an inquiry."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let nobody delete an inquiry."""
        return False

    def get_queryset(self, request: HttpRequest) -> InquiryQuerySet:
        """Return what the person may see, who waits longest first, with the patients' texts left sealed."""
        rows = visible_inquiries(person(request)).longest_waiting_first()
        return rows.select_related("coordinator").defer(*SEALED)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Inbox]:  # noqa: ANN401, ARG002  # Django's signature
        """Return the inbox."""
        return Inbox

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the inbox under its own name, or act on what was ticked there; a key that is none stands on no page."""
        try:
            return super().changelist_view(request, {"title": _("Inbox")} | (extra_context or {}))
        except ValidationError as error:
            raise Http404 from error

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002  # Django's signature
        queryset: QuerySet[Inquiry],
        search_term: str,  # noqa: ARG002  # Django's signature
    ) -> tuple[QuerySet[Inquiry], bool]:
        """Leave it to the inbox, which finds through keyed digests: the texts themselves are sealed."""
        return queryset, False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer to take over only to coordinators, and to give many away only to managers."""
        actions = super().get_actions(request)
        if not person(request).is_manager:
            actions.pop("assign_selected", None)
        if not Coordinator.objects.filter(user=person(request)).exists():
            actions.pop("take_over_selected", None)
        return actions

    @admin.action(description=gettext_lazy("Take over"))
    def take_over_selected(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> None:
        """Take over every selected inquiry."""
        self._for_each(request, queryset, TakeOver)

    @admin.action(description=gettext_lazy("Release from quarantine"))
    def release_selected(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> None:
        """Release every selected inquiry."""
        self._for_each(request, queryset, Release)

    def inquiry_view(self, request: HttpRequest, inquiry_id: UUID) -> HttpResponse:
        """Show one inquiry, and write down who read it."""
        return self._show(request, self._visible(request, inquiry_id))

    def step_view(self, request: HttpRequest, inquiry_id: UUID, step: str) -> HttpResponse:
        """Take one step; what was typed stays when it cannot be taken."""
        inquiry = self._visible(request, inquiry_id)
        if step not in STEPS_BY_NAME:
            raise Http404
        if request.method != "POST":
            return redirect("admin:inquiries_inquiry_change", inquiry_id)
        form = STEPS_BY_NAME[step](request.POST, inquiry=inquiry, user=person(request))
        if not form.take():
            return self._show(request, inquiry, form)
        self.message_user(request, form.said, messages.SUCCESS)
        if form.leads_away or self._find(request, inquiry_id) is None:
            return redirect("admin:inquiries_inquiry_changelist")
        return redirect("admin:inquiries_inquiry_change", inquiry_id)

    def open_view(self, request: HttpRequest) -> HttpResponse:
        """Open an inquiry that is not one's own, by its reference and with a reason."""
        user = self._staff(request)
        form = OpenByReference(request.POST or None, label_suffix="")
        if request.method == "POST" and has_guessed_too_often(user):
            form.add_error("reference", TOO_OFTEN)
        elif request.method == "POST" and form.is_valid():
            inquiry = open_by_reference(form.cleaned_data["reference"], reason=form.cleaned_data["reason"], by=user)
            if inquiry:
                return redirect("admin:inquiries_inquiry_change", inquiry.pk)
            note_miss(user)
            form.add_error("reference", _("There is no inquiry with this reference."))
        context = self._context(request) | {"title": _("Open by reference"), "form": form}
        return TemplateResponse(request, "admin/inquiries/inquiry/open.html", context)

    def _show(self, request: HttpRequest, inquiry: Inquiry, tried: Step | None = None) -> HttpResponse:
        """Show the screen of one inquiry."""
        user = person(request)
        try:
            record_read(inquiry, by=user)
        except Inquiry.DoesNotExist as error:
            # Erased since it was found.
            raise Http404 from error
        # Looked up before the page is read: what comes in between is rather shown and asked for again.
        seen = newest(inquiry) if tried is None or tried.seen is None else tried.seen
        inquiry = Inquiry.objects.select_related("treatment", "coordinator", "closed_by", "consent").get(pk=inquiry.pk)
        context = self._context(request) | detail_context(inquiry, user)
        context |= {"title": inquiry.reference, "seen": seen} | step_context(inquiry, user, tried)
        return TemplateResponse(request, "admin/inquiries/inquiry/inquiry.html", context)

    def _visible(self, request: HttpRequest, inquiry_id: UUID) -> Inquiry:
        """Return an inquiry that the person may see. Raises Http404 for any other."""
        inquiry = self._find(request, inquiry_id)
        if inquiry is None:
            raise Http404
        return inquiry

    def _staff(self, request: HttpRequest) -> User:
        """Return who is asking. Raises PermissionDenied for somebody who has nothing to do with inquiries."""
        if not self.is_allowed(request):
            raise PermissionDenied
        return person(request)

    def _find(self, request: HttpRequest, inquiry_id: UUID) -> Inquiry | None:
        """Return an inquiry if the person may see it."""
        return visible_inquiries(self._staff(request)).filter(pk=inquiry_id).first()

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the desk's templates need."""
        inbox = reverse("admin:inquiries_inquiry_changelist")
        return {**self.admin_site.each_context(request), "opts": self.opts, "inbox_url": inbox}

    def _for_each(self, request: HttpRequest, queryset: QuerySet[Inquiry], step: Callable[..., Step]) -> None:
        """Take a step without a form for each inquiry, and say how often it was and was not possible."""
        inquiries = list(queryset)
        taken = [step({}, inquiry=inquiry, user=person(request)).take() for inquiry in inquiries]
        done, left = sum(taken), len(taken) - sum(taken)
        if done:
            message = ngettext("Done for %(count)d inquiry.", "Done for %(count)d inquiries.", done)
            self.message_user(request, message % {"count": done}, messages.SUCCESS)
        if left:
            message = ngettext(
                "%(count)d inquiry was left as it is: the step does not fit it.",
                "%(count)d inquiries were left as they are: the step does not fit them.",
                left,
            )
            self.message_user(request, message % {"count": left}, messages.WARNING)
