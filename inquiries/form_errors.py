"""A form's errors for the summary on top of it, each leading to its input."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

_MANY_INPUTS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def error_links(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Return the errors as (id of the input, message), in the order of the form."""
    links: list[tuple[str, str]] = []
    for name in [*form.fields, NON_FIELD_ERRORS]:
        target = ""
        if name in form.fields:
            field = form[name]
            many = isinstance(field.field.widget, _MANY_INPUTS)
            target = f"{field.auto_id}_0" if many else field.id_for_label
        links.extend((target, str(message)) for message in form.errors.get(name, ()))
    return links
