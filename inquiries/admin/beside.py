"""What the desk must know of an inquiry beside its own row, for a whole page at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coordinators.roster import clinic_today
from inquiries.models import Inquiry


@dataclass(frozen=True)
class Beside:
    """Whether an e-mail came to nothing, nobody was reached, or somebody wanted to look again by today."""

    has_failed_mail: bool = False
    is_not_reached: bool = False
    is_to_look_at: bool = False


def known_beside(inquiries: Sequence[Inquiry]) -> dict[UUID, Beside]:
    """Return what is known of each inquiry, in three questions however many there are."""
    rows = Inquiry.objects.filter(pk__in=[inquiry.pk for inquiry in inquiries])
    failed = set(rows.with_undelivered_mail().values_list("pk", flat=True))
    not_reached = set(rows.not_reached().values_list("pk", flat=True))
    due = rows.open().filter(desk_sheet__follow_up_on__lte=clinic_today())
    to_look_at = set(due.values_list("pk", flat=True))
    return {
        inquiry.pk: Beside(inquiry.pk in failed, inquiry.pk in not_reached, inquiry.pk in to_look_at)
        for inquiry in inquiries
    }
