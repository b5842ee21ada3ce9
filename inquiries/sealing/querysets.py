"""A queryset that refuses to hand out sealed columns without their rows."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models

from inquiries.sealing.fields import SealedTextField

Row = TypeVar("Row", bound=models.Model)


class SealedQuerySet(models.QuerySet[Row]):
    """Base of every queryset whose model has sealed fields or leads to one."""

    def values(self, *fields: Any, **expressions: Any) -> Any:  # noqa: ANN401  # Django's signature
        """Return dictionaries. Raises FieldError when a sealed field is asked for."""
        self._refuse_sealed(fields)
        return super().values(*fields, **expressions)

    def values_list(self, *fields: Any, flat: bool = False, named: bool = False) -> Any:  # noqa: ANN401  # Django's signature
        """Return tuples. Raises FieldError when a sealed field is asked for."""
        self._refuse_sealed(fields)
        return super().values_list(*fields, flat=flat, named=named)

    def _refuse_sealed(self, fields: Iterable[Any]) -> None:
        """Raise FieldError if `fields` (none means all) lead to a sealed field."""
        names = [field for field in fields if isinstance(field, str)]
        asked = list(fields)
        if not asked:
            names = [field.attname for field in self.model._meta.concrete_fields]
        for name in names:
            if _leads_to_sealed(self.model, name):
                message = f"{name} is sealed: read it through its model, not through values()."
                raise FieldError(message)


def _leads_to_sealed(model: type[models.Model], path: str) -> bool:
    """Return whether a lookup path such as `inquiry__name` ends at a sealed field."""
    current: type[models.Model] | None = model
    for part in path.split("__"):
        if current is None:
            return False
        try:
            field = current._meta.get_field(part)
        except FieldDoesNotExist:
            return False
        if isinstance(field, SealedTextField):
            return True
        current = field.related_model if isinstance(field.related_model, type) else None
    return False
