"""Two people at one form: whoever saves second is told, instead of undoing what the first one wrote."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from treatments.content_files import digest
from treatments.models import Page
from treatments.translations import sections_of

FIELD = "seen_version"


def version_of(row: Model) -> str:
    """Return what identifies a row as it is stored, with a page's sections."""
    values = {field.attname: str(getattr(row, field.attname)) for field in row._meta.concrete_fields}
    if isinstance(row, Page):
        values |= {f"section {section.pk}": f"{section.position} {section.digest}" for section in sections_of(row)}
    return digest(values)


def seen_version(request: HttpRequest, row: Model | None) -> str:
    """Return which version the person at the form saw: what the form carries, or else what is stored now."""
    return request.POST.get(FIELD, "") or (version_of(row) if row else "")


class GuardedForm:
    """Refuses to overwrite what somebody else saved meanwhile; mixed in before a model's form."""

    def clean(self: Any) -> dict[str, Any]:  # whichever form it is mixed into
        """Compare what the person saw with what is stored now; nothing typed is lost."""
        values: dict[str, Any] = super().clean() or {}  # type: ignore[misc]  # the form's own
        seen = self.data.get(FIELD)
        stored = type(self.instance)._default_manager.filter(pk=self.instance.pk).first() if seen else None
        if stored is not None and version_of(stored) != seen:
            message = _(
                "Somebody else has changed this since you opened it. Open it in a second window, bring both together, "
                "and save there. What you typed is still here."
            )
            self.add_error(None, message)
        return values
