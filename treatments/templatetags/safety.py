"""The safety card's words and numbers, for templates."""

from types import ModuleType

from django import template

from treatments import safety
from treatments.emergency import CountryNumbers, OutOfHours, numbers_of, out_of_hours_of
from treatments.models import Clinic

register = template.Library()


@register.simple_tag
def safety_words() -> ModuleType:
    """Return the card's sentences, the same that the brochure prints."""
    return safety


@register.simple_tag
def emergency_numbers(clinic: Clinic | None) -> list[CountryNumbers]:
    """Return the emergency numbers of the countries that the clinic's patients come from."""
    return numbers_of(clinic.patient_countries) if clinic else []


@register.simple_tag
def emergency_exceptions(clinic: Clinic | None) -> list[CountryNumbers]:
    """Return those of the clinic's countries where people dial another number than 112 first."""
    return [numbers for numbers in emergency_numbers(clinic) if numbers.differs]


@register.simple_tag
def out_of_hours(clinic: Clinic | None) -> list[OutOfHours]:
    """Return who helps outside office hours in the countries that the clinic's patients come from."""
    return out_of_hours_of(clinic.patient_countries) if clinic else []
