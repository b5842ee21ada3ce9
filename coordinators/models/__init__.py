"""Tables of the coordinators room."""

from coordinators.models.coordinator import Absence, Coordinator, CoordinatorLanguage
from coordinators.models.policy import ReplyPolicy
from coordinators.models.user import User

__all__ = ["Absence", "Coordinator", "CoordinatorLanguage", "ReplyPolicy", "User"]
