"""Sealing everything again with the newest key, after a key was added in front."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction

from inquiries.sealing import SealedTextField
from inquiries.services.files import reseal_files


def reseal() -> dict[str, int]:
    """Seal everything with the newest key and return how much there was, by model; it may be run again at any time."""
    rows = {model._meta.label: _reseal_rows(model, fields) for model, fields in _sealed_models()}
    return rows | {"files": reseal_files()}


def _sealed_models() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Yield the room's models that have sealed fields, with the names of these."""
    for model in apps.get_app_config("inquiries").get_models():
        fields = [field.name for field in model._meta.concrete_fields if isinstance(field, SealedTextField)]
        if fields:
            yield model, fields


def _reseal_rows(model: type[models.Model], fields: list[str]) -> int:
    """Save the sealed fields of every row, each row in a transaction of its own, so that the site goes on."""
    keys = list(model._default_manager.values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            row = model._default_manager.select_for_update(of=("self",)).filter(pk=key).first()
            if row:
                row.save(update_fields=fields)
    return len(keys)
