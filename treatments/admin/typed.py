"""Django's admin and form classes, which name their model in brackets at run time as they do for the type checker."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, StackedInline
    from django.forms import ModelChoiceField, ModelForm, ModelMultipleChoiceField
else:
    from django import forms
    from django.contrib import admin

    class _Subscriptable:
        """Ignores what stands in the brackets."""

        def __class_getitem__(cls, _models: object) -> type:
            return cls

    class ModelAdmin(_Subscriptable, admin.ModelAdmin):
        """A model at the desk."""

    class StackedInline(_Subscriptable, admin.StackedInline):
        """Rows of another model on the same screen, one below the other."""

    class ModelForm(_Subscriptable, forms.ModelForm):
        """A form of a model's fields."""

    class ModelChoiceField(_Subscriptable, forms.ModelChoiceField):
        """A row to choose."""

    class ModelMultipleChoiceField(_Subscriptable, forms.ModelMultipleChoiceField):
        """Rows to choose from."""


__all__ = ["ModelAdmin", "ModelChoiceField", "ModelForm", "ModelMultipleChoiceField", "StackedInline"]
