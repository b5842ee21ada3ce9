"""Addresses of translations, for the desk."""

from django import template
from django.urls import reverse

from treatments.models import Section

register = template.Library()


@register.filter
def changes_url(section: Section) -> str:
    """Return where the desk shows what changed since `section` was translated."""
    return reverse("admin:treatments_translation", args=[section._meta.model_name, section.pk])


@register.filter
def seen_source(stale_sections: dict[str, str], key: str) -> str:
    """Return what identifies the words of the source that a section's editor sees now."""
    return stale_sections.get(key, "")
