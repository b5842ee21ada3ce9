"""The team as the assignment rule and the public pages see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf.locale import LANG_INFO
from django.utils import timezone
from django.utils.text import capfirst

from coordinators.assignment import Candidate
from coordinators.models import Absence, Coordinator, ReplyPolicy
from treatments.models import Clinic


@dataclass(frozen=True)
class Load:
    """How much a coordinator has on the desk, as counted by whoever keeps the inquiries."""

    open_count: int = 0
    last_assigned_at: datetime | None = None


def get_policy() -> ReplyPolicy:
    """Return the clinic's reply policy. Raises ReplyPolicy.DoesNotExist before the clinic is set up."""
    return ReplyPolicy.objects.select_related("fallback__user").get()


def clinic_today() -> date:
    """Return today's date where the clinic is."""
    policy = ReplyPolicy.objects.first()
    return timezone.localdate(timezone=policy.zone if policy else None)


def clinic_place() -> str:
    """Return the town whose clock the clinic's times are told by; before it is set up, the time zone's."""
    city = Clinic.objects.values_list("city", flat=True).first()
    return city or get_policy().time_zone.rsplit("/", 1)[-1].replace("_", " ")


def candidates(day: date, loads: Mapping[int, Load]) -> list[Candidate]:
    """Return the whole team as candidates for an inquiry that arrives on `day`."""
    absent = set(Absence.objects.on(day).values_list("coordinator_id", flat=True))
    team = Coordinator.objects.select_related("user").prefetch_related("languages", "treatments").order_by("id")
    return [
        Candidate(
            id=member.pk,
            name=member.display_name,
            languages=frozenset(item.language for item in member.languages.all()),
            treatments=frozenset(item.code for item in member.treatments.all()),
            is_active=member.is_active,
            is_absent=member.pk in absent,
            open_load=loads.get(member.pk, Load()).open_count,
            last_assigned_at=loads.get(member.pk, Load()).last_assigned_at,
        )
        for member in team
    ]


@dataclass(frozen=True)
class Member:
    """A coordinator as patients see one."""

    name: str
    title: str
    initials: str
    languages: list[str]


def member(coordinator: Coordinator) -> Member:
    """Return what patients see of `coordinator`; languages by their own names."""
    codes = sorted(item.language for item in coordinator.languages.all())
    return Member(
        name=coordinator.display_name,
        title=coordinator.title,
        initials=coordinator.initials,
        languages=[capfirst(LANG_INFO[code]["name_local"]) for code in codes],
    )


def members_for(language: str) -> list[Member]:
    """Return the coordinators who speak `language`, as patients see them."""
    return [member(item) for item in Coordinator.objects.shown_for(language).prefetch_related("languages")]


def spoken_languages() -> set[str]:
    """Return the languages in which somebody can answer now."""
    return set(Coordinator.objects.active().values_list("languages__language", flat=True)) - {None}
