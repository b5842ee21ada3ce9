"""E-mails at the desk: where each one is, and how much the coordinators' and the patients' e-mails may carry."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from coordinators.admin.access import ManagersOnly, person
from inquiries.admin.records import NewestPaginator, ReadOnly
from inquiries.enums import PATIENT_KINDS, EmailKind
from inquiries.models import AnswerMailChoice, MailDetailChoice, OutgoingEmail
from treatments.admin.access import DeskAdmin, KeepsRows

Choice = TypeVar("Choice", bound=Model)


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(ManagersOnly, ReadOnly, DeskAdmin[OutgoingEmail]):
    """The outbox; an e-mail is sent again from its inquiry."""

    list_display = ("created_at", "kind", "concerns", "recipient", "status", "attempts", "last_error", "sent_at")
    list_filter = ("status", "kind")
    list_select_related = ("inquiry", "coordinator", "user", "tombstone")
    list_per_page = 50
    paginator = NewestPaginator
    show_full_result_count = False
    ordering = ("-created_at", "-id")
    fields = (
        "kind", "concerns", "recipient", "status", "attempts", "created_at", "next_attempt_at", "sent_at",
        "last_error", "message_id",
    )  # fmt: skip

    @admin.display(description=_("inquiry"), empty_value="–")
    def concerns(self, email: OutgoingEmail) -> SafeString | str | None:
        """Return a link to the inquiry, or the reference of an erased one."""
        if email.tombstone:
            return email.tombstone.reference
        if email.inquiry is None:
            return None
        address = reverse("admin:inquiries_inquiry_change", args=[email.inquiry.pk])
        return format_html('<a href="{}">{}</a>', address, email.inquiry.reference)

    @admin.display(description=_("to"))
    def recipient(self, email: OutgoingEmail) -> "str":
        """Return who gets it, by role where it is the patient."""
        if email.kind in (*PATIENT_KINDS, EmailKind.ERASED):
            return str(_("patient"))
        if email.kind == EmailKind.HANDOVER_FALLBACK:
            return str(_("fallback mailbox"))
        return str(email.coordinator or email.user)


class RecordedChoiceAdmin(ManagersOnly, KeepsRows, DeskAdmin[Choice]):
    """A choice that the clinic answers for: the newest counts; the others are the record, so none is changed."""

    list_display = ("chosen_at", "level", "chosen_by", "reason")
    list_select_related = ("chosen_by",)
    ordering = ("-chosen_at", "-id")
    fields = ("level", "reason")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let nobody change what was chosen."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: ANN401  # Django's signature
        """Keep who chose."""
        obj.chosen_by = person(request)
        super().save_model(request, obj, form, change)


@admin.register(MailDetailChoice)
class MailDetailChoiceAdmin(RecordedChoiceAdmin[MailDetailChoice]):
    """How much of an inquiry the coordinators' e-mails carry."""


@admin.register(AnswerMailChoice)
class AnswerMailChoiceAdmin(RecordedChoiceAdmin[AnswerMailChoice]):
    """Whether answers travel in the patients' e-mails."""
