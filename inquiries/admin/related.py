"""Other inquiries of the same person, found by digests of address and number."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from coordinators.models import User
from inquiries.inbox import visible_inquiries
from inquiries.models import Inquiry
from inquiries.moments import in_short
from inquiries.readable import treatment_title
from inquiries.sealing import blind_index
from treatments.titles import treatment_titles

# More than this is no person's: a shared address, or somebody's joke.
LOOKED_AT = 50


@dataclass(frozen=True)
class Related:
    """One other inquiry with the same contact data."""

    pk: UUID
    reference: str
    received: str
    treatment: str
    is_same_treatment: bool
    state: str
    state_name: str
    coordinator: str


@dataclass(frozen=True)
class RelatedInquiries:
    """Those that the person may see, and how many there are beside them."""

    seen: list[Related]
    hidden: int


def related_inquiries(inquiry: Inquiry, user: User, zone: ZoneInfo) -> RelatedInquiries:
    """Return the other inquiries that came with the same address or number, the newest first."""
    digests = blind_index(name="", email=inquiry.email, phone=inquiry.phone)
    if not digests:
        return RelatedInquiries([], 0)
    # What was sent again about the same treatment is part of this inquiry, and shown with it.
    others = Inquiry.objects.of_person(digests).exclude(pk=inquiry.pk).exclude(joined_to=inquiry)
    found = others.order_by("-received_at").values_list("pk", "joined_to", "received_at")[:LOOKED_AT]
    leading = {joined_to or pk for pk, joined_to, _at in found} - {inquiry.pk}
    rows = visible_inquiries(user).filter(pk__in=leading).select_related("coordinator")
    titles = treatment_titles()
    seen = [_related(row, inquiry, zone, titles) for row in rows.order_by("-received_at")]
    return RelatedInquiries(seen, len(leading) - len(seen))


def _related(row: Inquiry, inquiry: Inquiry, zone: ZoneInfo, titles: Mapping[int, str]) -> Related:
    """Return another inquiry in words."""
    return Related(
        pk=row.pk,
        reference=row.reference,
        received=in_short(row.received_at.astimezone(zone)),
        treatment=titles[row.treatment_id] if row.treatment_id else treatment_title(None),
        is_same_treatment=row.treatment_id == inquiry.treatment_id,
        state=row.status.lower(),
        state_name=str(row.get_outcome_display() if row.outcome else row.get_status_display()),
        coordinator=row.coordinator.display_name if row.coordinator else "",
    )
