"""A text field that is sealed before saving and opened on reading."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from inquiries.sealing.box import SealedToken, seal, unseal

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class SealedAttribute(DeferredAttribute):
    """Opens the value when it is first read, because only then the row is known that it is bound to."""

    field: "SealedTextField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:  # noqa: ANN401  # Django's signature
        """Return the opened text."""
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, SealedToken):
            value = unseal(value, self.field.place(instance))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: object) -> None:
        """Keep what is set; having a setter is what lets reading pass through here at all."""
        instance.__dict__[self.field.attname] = value


class SealedTextField(TextField):
    """Text that lies encrypted in the database; it cannot be filtered, sorted, or written past `save()`."""

    descriptor_class = SealedAttribute

    def place(self, instance: models.Model) -> str:
        """Return what a value is bound to: table, column and row."""
        return f"{instance._meta.db_table}|{self.column}|{instance.pk}"

    def from_db_value(self, value: str | None, *_args: object) -> SealedToken | None:
        """Mark what comes from the database as sealed."""
        return None if value is None else SealedToken(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> SealedToken | None:  # noqa: ARG002  # Django's signature
        """Seal the value for the row that is being saved."""
        text = getattr(model_instance, self.attname)
        return None if text is None else seal(text, self.place(model_instance))

    def get_prep_value(self, value: object) -> str | None:
        """Let only sealed values and nothing at all through to the database: update() and bulk_update() end here."""
        if value is None:
            return None
        if isinstance(value, SealedToken):
            return value.token
        message = f"{self.name} is sealed: write it through save() of its model."
        raise FieldError(message)

    def get_lookup(self, lookup_name: str) -> Any:  # noqa: ANN401  # Django's signature
        """Refuse every filter: equal texts are never equal when sealed."""
        message = f"{self.name} is sealed and cannot be filtered by {lookup_name}; use a blind index."
        raise FieldError(message)

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002  # Django's signature
        """Refuse to be dumped in clear."""
        message = f"{self.name} is sealed and is not dumped."
        raise FieldError(message)
