"""The team at the desk: coordinators, the reply policy, special days."""

from coordinators.admin import coordinator, policy, special_day

__all__ = ["coordinator", "policy", "special_day"]
