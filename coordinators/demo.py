"""The demo clinic and its team: plainly invented, marked as demo on every page, with random passwords."""

import secrets
from datetime import date, time
from typing import NamedTuple

from django.db import transaction

from coordinators.enums import Role
from coordinators.models import Coordinator, CoordinatorLanguage, ReplyPolicy, User, WorkingHours
from treatments.enums import FactKind, Speciality
from treatments.models import Clinic, ClinicFact, Doctor, Treatment

MAIL_DOMAIN = "demo.clinic.example"


class SignIn(NamedTuple):
    """A sign-in that was just made; the password is known only now."""

    role: str
    email: str
    password: str


class _Person(NamedTuple):
    name: str
    language: str
    languages: tuple[str, ...]
    time_zone: str = ""
    holiday_country: str = ""
    hours: tuple[tuple[int, time, time], ...] = ()


# One of the team works from home in the Netherlands, four days a week.
_HOURS_OF_HER_OWN = tuple(
    (weekday, starts, ends)
    for weekday in (1, 2, 3, 4)
    for starts, ends in ((time(9), time(12, 30)), (time(13, 30), time(17)))
)

# The names say "example" in their own language, so that nobody takes them for real people.
_TEAM = (
    _Person("Ana Primjer", "hr", ("hr", "en", "it")),
    _Person("Jonas Beispiel", "de", ("de", "en")),
    _Person("Sanne Voorbeeld", "nl", ("nl", "en", "de"), "Europe/Amsterdam", "NL", _HOURS_OF_HER_OWN),
    _Person("Emma Example", "en", ("en",)),
)


_DOCTORS = (
    ("Dr. Iva Primjer", Speciality.PAIN, ("hr", "en", "de")),
    ("Dr. Luka Ogled", Speciality.RADIOLOGY, ("hr", "en", "it")),
    ("Dr. Nina Uzorak", Speciality.ORTHOPAEDICS, ("hr", "en")),
)
_COUNTED_ON = date(2026, 10, 31)
_INVENTED = "Klinika Primjer (demo)"
_FACTS = (
    (FactKind.FOUNDED, 2012),
    (FactKind.DOCTORS, len(_DOCTORS)),
    (FactKind.TREATMENTS, 640),
    (FactKind.COUNTRIES, 9),
)


@transaction.atomic
def create_demo_team() -> list[SignIn]:
    """Make the demo clinic, its reply policy and its people, and return their sign-ins; nothing if people exist."""
    if User.objects.exists():
        return []
    _make_clinic()
    sign_ins = [_make_sign_in(Role.MANAGER, "Mia Demo", "en"), _make_sign_in(Role.EDITOR, "Edi Demo", "en")]
    for person in _TEAM:
        sign_in = _make_sign_in(Role.COORDINATOR, person.name, person.language)
        fallback = _make_coordinator(person, User.objects.get(email=sign_in.email))
        sign_ins.append(sign_in)
    ReplyPolicy.objects.update_or_create(
        id=ReplyPolicy.ONLY_ID,
        defaults={
            "opens_at": time(8),
            "closes_at": time(16),
            "fallback": fallback,
            "fallback_mailbox": f"team@{MAIL_DOMAIN}",
        },
    )
    return sign_ins


def _make_clinic() -> None:
    """Make the invented clinic with its doctors and numbers, unless there is one."""
    if Clinic.objects.exists():
        return
    Clinic.objects.create(
        id=Clinic.ONLY_ID,
        name="Klinika Primjer",
        operator="Klinika Primjer d.o.o. (demo)",
        street="Izmišljena ulica 1",
        postcode="10000",
        city="Zagreb",
        country="HR",
        phone="+385 1 000 0000",
        email=f"info@{MAIL_DOMAIN}",
        registration="Demo 000000",
        insurance="Demo 000000",
        is_demo=True,
    )
    Doctor.objects.bulk_create(
        Doctor(name=name, speciality=speciality, languages=list(languages), position=place)
        for place, (name, speciality, languages) in enumerate(_DOCTORS)
    )
    ClinicFact.objects.bulk_create(
        ClinicFact(kind=kind, number=number, as_of=_COUNTED_ON, source=_INVENTED) for kind, number in _FACTS
    )


def _make_coordinator(person: _Person, user: User) -> Coordinator:
    """Make a coordinator who knows every treatment."""
    coordinator = Coordinator.objects.create(
        user=user,
        display_name=person.name,
        time_zone=person.time_zone,
        holiday_country=person.holiday_country,
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(coordinator=coordinator, weekday=weekday, starts_at=starts, ends_at=ends)
        for weekday, starts, ends in person.hours
    )
    coordinator.treatments.set(Treatment.objects.all())
    CoordinatorLanguage.objects.bulk_create(
        CoordinatorLanguage(coordinator=coordinator, language=language) for language in person.languages
    )
    return coordinator


def _make_sign_in(role: Role, name: str, language: str) -> SignIn:
    """Make one account with a random password."""
    email = f"{name.split(maxsplit=1)[0].lower()}@{MAIL_DOMAIN}"
    password = secrets.token_urlsafe(12)
    User.objects.create_user(email, password, name=name, role=role, language=language)
    return SignIn(role.value.lower(), email, password)
