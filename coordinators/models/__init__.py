"""Tables of the coordinators room."""

from coordinators.models.coordinator import Absence, Coordinator, CoordinatorLanguage, WorkingHours
from coordinators.models.policy import ReplyPolicy, SpecialDay
from coordinators.models.user import User

__all__ = [
    "Absence",
    "Coordinator",
    "CoordinatorLanguage",
    "ReplyPolicy",
    "SpecialDay",
    "User",
    "WorkingHours",
]
