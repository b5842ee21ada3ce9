"""The team at the desk: coordinators, absences, the reply policy, special days."""

from coordinators.admin import absence, coordinator, policy, special_day

__all__ = ["absence", "coordinator", "policy", "special_day"]
