"""The inbox's lines: everything a person needs to choose the next inquiry, and nothing the patient wrote."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.roster import get_policy
from inquiries.admin.words import Badge, badges, clock, is_overdue
from inquiries.countries import country_name
from inquiries.models import Inquiry, InquiryEvent, OutgoingEmail
from inquiries.moments import in_short
from inquiries.readable import language_name
from treatments.titles import treatment_titles


@dataclass(frozen=True)
class InboxRow:
    """One inquiry in the list."""

    pk: UUID
    reference: str
    badges: list[Badge]
    clock: str
    is_late: bool
    received: str
    reply_by: str
    treatment: str
    language: str
    country: str
    coordinator: str
    last_event: str
    last_event_at: str


class Inbox(ChangeList):
    """Django's list with lines of our own; the number of queries does not grow with the lines."""

    rows: list[InboxRow]

    def get_results(self, request: HttpRequest) -> None:
        """Fetch one page and what its lines show beside the inquiries themselves."""
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        self.rows = inbox_rows(self.result_list)


def inbox_rows(inquiries: list[Inquiry]) -> list[InboxRow]:
    """Return the lines for inquiries whose coordinators are fetched."""
    now, zone, titles = timezone.now(), get_policy().zone, treatment_titles()
    failed = set(OutgoingEmail.objects.failed().filter(inquiry__in=inquiries).values_list("inquiry", flat=True))
    events = _last_events(inquiries)

    def row(inquiry: Inquiry) -> InboxRow:
        event = events.get(inquiry.pk)
        return InboxRow(
            pk=inquiry.pk,
            reference=inquiry.reference,
            badges=badges(inquiry, now, has_failed_mail=inquiry.pk in failed),
            clock=clock(inquiry, now),
            is_late=is_overdue(inquiry, now),
            received=in_short(inquiry.received_at.astimezone(zone)),
            reply_by=in_short(inquiry.reply_due_at.astimezone(zone)) if inquiry.reply_due_at else "",
            treatment=titles[inquiry.treatment_id] if inquiry.treatment_id else _("I don't know yet"),
            language=language_name(inquiry.preferred_language),
            country=country_name(inquiry.country),
            coordinator=inquiry.coordinator.display_name if inquiry.coordinator else "",
            last_event=str(event.get_kind_display()) if event else "",
            last_event_at=in_short(event.at.astimezone(zone)) if event else "",
        )

    return [row(inquiry) for inquiry in inquiries]


def _last_events(inquiries: list[Inquiry]) -> dict[UUID, InquiryEvent]:
    """Return the newest event of each inquiry, leaving out who merely read it."""
    events = InquiryEvent.objects.timeline().filter(inquiry__in=inquiries).defer("note")
    latest: dict[UUID, InquiryEvent] = {}
    for event in events:
        latest.setdefault(event.inquiry_id, event)
    return latest
