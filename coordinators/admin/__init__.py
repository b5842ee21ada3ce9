"""The team at the desk: coordinators, absences, the reply policy."""

from coordinators.admin import absence, coordinator, policy

__all__ = ["absence", "coordinator", "policy"]
