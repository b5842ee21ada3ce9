"""Records at the desk: which consent was agreed to in which words, and what was erased."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from coordinators.admin.access import ManagersOnly
from inquiries.models import ConsentText, Tombstone
from treatments.admin.access import DeskAdmin, KeepsRows


class ReadOnly(KeepsRows):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let nobody add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let nobody change."""
        return False


@admin.register(ConsentText)
class ConsentTextAdmin(ManagersOnly, ReadOnly, DeskAdmin[ConsentText]):
    """The wordings that patients agreed to."""

    list_display = ("version", "language", "first_used_at")
    ordering = ("-version", "language")
    fields = ("version", "language", "text", "first_used_at", "digest")


@admin.register(Tombstone)
class TombstoneAdmin(ManagersOnly, ReadOnly, DeskAdmin[Tombstone]):
    """What was erased, when and why; nothing about the patient."""

    list_display = ("reference", "received_on", "erased_at", "reason", "erased_by", "backups_gone_on")
    list_filter = ("reason",)
    list_select_related = ("erased_by",)
    list_per_page = 50
    ordering = ("-erased_at",)
    search_fields = ("reference",)
    fields = ("reference", "received_on", "consent_version", "erased_at", "reason", "erased_by", "backups_gone_on")
