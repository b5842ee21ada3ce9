"""Who answers and by when, as a patient is told it: on the confirmation page and on the private page."""

from dataclasses import dataclass
from datetime import datetime

from coordinators.models import Coordinator
from coordinators.roster import Member, clinic_place, get_policy, member
from inquiries.moments import Promise, promise


@dataclass(frozen=True)
class Told:
    """A person, or none yet; a time on the clinic's clock and the patient's, or none that can be kept."""

    coordinator: Member | None
    reply_by: Promise | None
    place: str


def tell(coordinator: Coordinator | None, due_at: datetime | None, *, patient_zone: str) -> Told:
    """Return what a patient in `patient_zone` is told."""
    return Told(
        coordinator=member(coordinator) if coordinator else None,
        reply_by=promise(due_at, clinic_zone=get_policy().zone, patient_zone=patient_zone),
        place=clinic_place(),
    )
