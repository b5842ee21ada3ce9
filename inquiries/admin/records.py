"""Records at the desk: which consent was agreed to in which words, and what was erased."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from coordinators.admin.access import ManagersOnly
from inquiries.models import ConsentText, Tombstone
from treatments.admin.access import DeskAdmin, KeepsRows


class NewestPaginator(Paginator):  # type: ignore[type-arg]  # as Django hands its rows over
    """Pages of the newest thousand rows: a table that grows for years is never counted, and nobody leafs that far."""

    NEWEST = 1000

    @cached_property
    def count(self) -> int:
        """How many rows there are, counted no further than they are shown."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the admin pages nothing else
        return len(rows.values_list("pk")[: self.NEWEST])


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
    paginator = NewestPaginator
    show_full_result_count = False
    ordering = ("-erased_at",)
    search_fields = ("reference",)
    fields = ("reference", "received_on", "consent_version", "erased_at", "reason", "erased_by", "backups_gone_on")
