"""The form on pages of other rooms."""

from django import template

from inquiries.enums import UNSURE
from inquiries.forms import InquiryForm
from treatments.context import privacy_url

register = template.Library()


@register.inclusion_tag("inquiries/includes/form.html", takes_context=True)
def inquiry_form(context: template.Context, treatment: str = UNSURE) -> dict[str, object]:
    """Show the empty form with the page's treatment chosen."""
    form = InquiryForm(initial={} if treatment == UNSURE else {"treatment": treatment})
    return {"form": form, "clinic": context.get("clinic"), "problem": None, "privacy_url": privacy_url()}
