"""People, coordinators and inquiries for tests, made through the services as the site makes them."""

from typing import Any

from coordinators.enums import Role
from coordinators.models import Coordinator, CoordinatorLanguage, User
from inquiries.models import Inquiry
from inquiries.services.submit import Submission, submit_inquiry
from treatments.models import Treatment

PASSWORD = "correct horse battery staple"


def make_user(role: Role = Role.COORDINATOR, name: str = "Ana Horvat", **fields: Any) -> User:
    email = fields.pop("email", f"{name.casefold().replace(' ', '.')}@clinic.example")
    return User.objects.create_user(email, PASSWORD, name=name, role=role, **fields)


def make_coordinator(
    name: str = "Ana Horvat",
    languages: tuple[str, ...] = ("en", "hr"),
    treatments: tuple[str, ...] | None = None,
    **user: Any,
) -> Coordinator:
    coordinator = Coordinator.objects.create(user=make_user(name=name, **user), display_name=name)
    CoordinatorLanguage.objects.bulk_create(
        CoordinatorLanguage(coordinator=coordinator, language=language) for language in languages
    )
    known = Treatment.objects.all() if treatments is None else Treatment.objects.filter(code__in=treatments)
    coordinator.treatments.set(known)
    return coordinator


def make_submission(**overrides: Any) -> Submission:
    values: dict[str, Any] = {
        "treatment": Treatment.objects.get(code="facet-infiltration"),
        "name": "Jan Patient",
        "email": "jan.patient@example.com",
        "contact_by": ("email",),
        "phone": "",
        "phone_is_doubtful": False,
        "country": "DE",
        "preferred_language": "en",
        "for_whom": "self",
        "message": "",
        "language": "en",
        "network_digest": "0" * 64,
    }
    return Submission(**{**values, **overrides})


def make_inquiry(**overrides: Any) -> Inquiry:
    """Submit an inquiry; each is another person's, with another message, unless told otherwise."""
    earlier = Inquiry.objects.count()
    overrides.setdefault("message", f"Message {earlier + 1}")
    if earlier:
        overrides.setdefault("email", f"jan.patient+{earlier}@example.com")
    return submit_inquiry(make_submission(**overrides))
