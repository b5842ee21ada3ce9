"""Roles that open the rooms of the staff, and who is asking."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from coordinators.models import User


def person(request: HttpRequest) -> User:
    """Return who is signed in. Raises PermissionDenied for nobody; the desk asks for a sign-in long before."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


class ManagersOnly:
    """For managers; mixed in before an admin class or an inline."""

    def is_allowed(self, request: HttpRequest) -> bool:
        """Return whether the person manages."""
        return request.user.is_authenticated and request.user.is_manager


class InquiryStaff:
    """For whoever works with inquiries; mixed in before an admin class or an inline."""

    def is_allowed(self, request: HttpRequest) -> bool:
        """Return whether the person handles inquiries."""
        return request.user.is_authenticated and request.user.handles_inquiries
