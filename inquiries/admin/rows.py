"""The inbox's lines: everything a person needs to choose the next inquiry, and nothing the patient wrote."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin.views.main import ChangeList
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest
from django.utils import timezone

from coordinators.admin.access import person
from coordinators.roster import get_policy
from inquiries.admin.beside import known_beside
from inquiries.admin.filters import FILTERS, ViewFilter, as_inquiries
from inquiries.admin.words import Badge, badges, clock, is_overdue
from inquiries.countries import country_name
from inquiries.enums import EventKind
from inquiries.inbox import DeskCount, View, desk_counts
from inquiries.keyset import Cursor, read_cursor, read_page
from inquiries.models import Inquiry, InquiryEvent
from inquiries.moments import in_short
from inquiries.querysets import FOUND_AT_MOST, InquiryQuerySet
from inquiries.readable import language_name, treatment_title
from inquiries.sight import Sight
from treatments.titles import treatment_titles

# Where a page begins, in its address
AFTER, BEFORE = "after", "before"
# What the patients wrote stays in the database
SEALED = ("name", "email", "phone", "message")
# What people do; what the rule, the clock and the mail server do is left out, and so is who merely read
PATIENTS_DOING = (
    EventKind.RECEIVED, EventKind.ADDITION, EventKind.MESSAGE_RECEIVED, EventKind.REPLY_FILED, EventKind.DETAILS_SAVED,
    EventKind.FILE_ADDED, EventKind.FILE_REMOVED, EventKind.CONTACT_CHANGED, EventKind.LINK_RENEWED,
)  # fmt: skip
STAFFS_DOING = (
    EventKind.ASSIGNED, EventKind.RELEASED, EventKind.CONTACT_ATTEMPT, EventKind.MESSAGE_SENT, EventKind.DETAILS_WANTED,
    EventKind.NOT_REACHED_SENT, EventKind.EMAIL_RESENT, EventKind.PERSON_CONFIRMED, EventKind.LINK_REVOKED,
    EventKind.NOTED, EventKind.CLOSED, EventKind.REOPENED,
)  # fmt: skip


@dataclass(frozen=True)
class InboxRow:
    """One inquiry in the list."""

    pk: UUID
    reference: str
    badges: list[Badge]
    clock: str
    is_late: bool
    is_unopened: bool
    received: str
    reply_by: str
    treatment: str
    language: str
    country: str
    coordinator: str
    last_event: str
    last_event_at: str


class Inbox(ChangeList):
    """Django's list with lines and pages of our own: nothing is counted, and the number of queries never grows."""

    rows: list[InboxRow]
    counts: list[DeskCount]
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""
    is_cut: bool = False

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what the filters ask for; anything else in an address is ignored."""
        known = {spec.parameter_name for spec in FILTERS}
        return {name: value for name, value in (params or self.filter_params).items() if name in known}

    def get_query_string(self, new_params: Any = None, remove: Iterable[str] | None = None) -> str:  # noqa: ANN401  # Django's signature
        """Return an address of this list from its start; a place in a list belongs to no other list."""
        return super().get_query_string(new_params, [*(remove or ()), AFTER, BEFORE])

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> InquiryQuerySet:  # noqa: ANN401, ARG002  # Django's signature
        """Return everything that the list holds: visible to the person, in the view, found by the search."""
        for name in (AFTER, BEFORE):
            self.params.pop(name, None)
        self.filter_specs, self.has_filters, _rest, _doubles, self.has_active_filters = self.get_filters(request)
        rows = self._narrowed(request, as_inquiries(self.root_queryset))
        if not self.query.strip():
            return rows
        found = rows.matches(self.query)
        self.is_cut = len(found) > FOUND_AT_MOST
        return rows.filter(pk__in=found[:FOUND_AT_MOST])

    def get_results(self, request: HttpRequest) -> None:
        """Fetch one page and what its lines show beside the inquiries themselves."""
        sight = as_inquiries(self.root_queryset).sight or Sight()
        order = self._view.order
        if self.query.strip():
            parts = [self.queryset]
        else:
            leading = Inquiry.objects.leading()
            parts = [self._narrowed(request, leading.filter(part)) for part in sight.parts]
        cursor = read_cursor(request.GET.get(AFTER, ""), order) or read_cursor(
            request.GET.get(BEFORE, ""), order, is_backwards=True
        )
        page = read_page(parts, order, cursor, self.list_per_page)
        found = Inquiry.objects.select_related("coordinator").defer(*SEALED).in_bulk(page.keys)
        self.result_list: Any = [found[key] for key in page.keys if key in found]
        self.result_count = len(self.result_list)
        self.full_result_count, self.can_show_all, self.multi_page = None, False, False
        self.show_full_result_count, self.show_admin_actions = False, bool(self.result_list)
        self.rows, self.counts = inbox_rows(self.result_list), desk_counts(person(request), sight)
        if cursor:
            self.first_url = self.get_query_string()
        if page.previous:
            self.previous_url = self._with(BEFORE, page.previous)
        if page.next:
            self.next_url = self._with(AFTER, page.next)

    @property
    def _view(self) -> View:
        """The view that is shown."""
        return next(spec.view for spec in self.filter_specs if isinstance(spec, ViewFilter))

    def _narrowed(self, request: HttpRequest, rows: InquiryQuerySet) -> InquiryQuerySet:
        """Return the rows that pass every filter."""
        for spec in self.filter_specs:
            rows = as_inquiries(spec.queryset(request, rows))
        return rows

    def _with(self, name: str, cursor: Cursor) -> str:
        """Return the address of this list from a place on."""
        start = self.get_query_string()
        return f"{start}{'' if start == '?' else '&'}{urlencode({name: cursor})}"


def inbox_rows(inquiries: list[Inquiry]) -> list[InboxRow]:
    """Return the lines for inquiries whose coordinators are fetched."""
    now, zone, titles = timezone.now(), get_policy().zone, treatment_titles()
    beside, events = known_beside(inquiries), _last_events(inquiries)

    def row(inquiry: Inquiry) -> InboxRow:
        kind, at = events.get(inquiry.pk, ("", None))
        return InboxRow(
            pk=inquiry.pk,
            reference=inquiry.reference,
            badges=badges(inquiry, now, beside[inquiry.pk]),
            clock=clock(inquiry, now, beside[inquiry.pk]),
            is_late=is_overdue(inquiry, now),
            is_unopened=inquiry.opened_at is None,
            received=in_short(inquiry.received_at.astimezone(zone)),
            reply_by=in_short(inquiry.reply_due_at.astimezone(zone)) if inquiry.reply_due_at else "",
            treatment=titles[inquiry.treatment_id] if inquiry.treatment_id else treatment_title(None),
            language=language_name(inquiry.preferred_language),
            country=country_name(inquiry.country),
            coordinator=inquiry.coordinator.display_name if inquiry.coordinator else "",
            last_event=str(EventKind(kind).label) if kind else "",
            last_event_at=in_short(at.astimezone(zone)) if at else "",
        )

    return [row(inquiry) for inquiry in inquiries]


def _last_events(inquiries: list[Inquiry]) -> dict[UUID, tuple[str, datetime | None]]:
    """Return what the patient or one of the staff did last about each inquiry, and when."""
    by_people = Q(kind__in=PATIENTS_DOING) | Q(kind__in=STAFFS_DOING, actor__isnull=False)
    newest = InquiryEvent.objects.timeline().filter(by_people, inquiry=OuterRef("pk"))
    rows = Inquiry.objects.filter(pk__in=[inquiry.pk for inquiry in inquiries])
    last = rows.values_list("pk", Subquery(newest.values("kind")[:1]), Subquery(newest.values("at")[:1]))
    return {pk: (kind, at) for pk, kind, at in last}
