"""Giving a new clinic its first reply templates; what managers make of them is never touched."""

from django.db import transaction

from inquiries.models import ReplyTemplate, ReplyTemplateText
from inquiries.replies.content_files import initial_templates


@transaction.atomic
def load_reply_templates() -> int:
    """Store the templates that come with the project while there is none at all, and return how many were stored."""
    if ReplyTemplate.objects.exists():
        return 0
    initial = initial_templates()
    for position, item in enumerate(initial):
        template = ReplyTemplate.objects.create(name=item.name, position=position)
        ReplyTemplateText.objects.bulk_create(
            ReplyTemplateText(template=template, language=language, name=item.names.get(language, ""), text=text)
            for language, text in item.texts.items()
        )
    return len(initial)
