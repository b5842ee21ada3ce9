"""Which inquiries a person may see, said in so few codes that the database finds them along an index."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q


@dataclass(frozen=True)
class Sight:
    """What one person may see now; nothing, unless something is said."""

    sees_all: bool = False
    sees_flagged: bool = False
    # The person's own number as a coordinator, and those of absent colleagues
    coordinators: tuple[int, ...] = ()
    # Opened by their reference, with a reason
    opened: tuple[UUID, ...] = ()

    @property
    def parts(self) -> list[Q]:
        """The conditions of which one must hold; each can be read along an index of its own."""
        if self.sees_all:
            return [Q()]
        parts = [Q(coordinator=coordinator) for coordinator in self.coordinators]
        # An open inquiry without a coordinator always has the flag: a constraint of the table says so.
        if self.sees_flagged:
            parts.append(Q(is_flagged=True))
        if self.opened:
            parts.append(Q(pk__in=self.opened))
        return parts

    @property
    def condition(self) -> Q:
        """All parts as one condition, for a single row or a short list."""
        if self.sees_all:
            return Q()
        flagged = Q(is_flagged=True) if self.sees_flagged else Q(pk__in=())
        return Q(coordinator__in=self.coordinators) | flagged | Q(pk__in=self.opened)
