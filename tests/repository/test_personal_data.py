"""Every stored field is declared personal or neutral, so that the question is asked when a field is added."""

import pytest
from django.apps import apps
from django.db import models

from inquiries.sealing import SealedQuerySet, SealedTextField

ROOMS = ("treatments", "coordinators", "inquiries")
MODELS = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_declared(model: type[models.Model]) -> None:
    declaration = getattr(model, "PersonalData", None)
    assert declaration is not None, f"{model.__name__} needs an inner class PersonalData"
    assert declaration.__doc__
    fields = {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}
    personal, neutral = set(declaration.personal), set(declaration.neutral)
    assert personal | neutral == fields
    assert not personal & neutral


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_sealed_fields_are_guarded(model: type[models.Model]) -> None:
    sealed = [field for field in model._meta.concrete_fields if isinstance(field, SealedTextField)]
    if sealed:
        assert issubclass(type(model._default_manager.all()), SealedQuerySet)
        assert isinstance(model._meta.pk, models.UUIDField), "a sealed value is bound to a row key known before saving"
        assert {field.name for field in sealed} <= set(getattr(model, "PersonalData").personal)  # noqa: B009  # not on models.Model itself
