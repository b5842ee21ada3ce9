"""Reply templates at the desk: everybody who answers reads them, managers write them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coordinators.admin.access import InquiryStaff
from inquiries.models import ReplyTemplate, ReplyTemplateText
from inquiries.readable import language_name
from inquiries.replies.choosing import template_name
from inquiries.replies.placeholders import Placeholder, unknown_placeholders
from treatments.admin.access import DeskAdmin, RoleAccess
from treatments.admin.typed import ModelForm, StackedInline
from treatments.enums import language_choices
from treatments.titles import treatment_titles


class ReadByAllWrittenByManagers(InquiryStaff):
    """For whoever works with inquiries to read, and for managers to change; mixed in before an admin or an inline."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let managers add."""
        return _manages(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let managers change."""
        return _manages(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let managers delete: answers that were sent keep their own words."""
        return _manages(request)


class TextForm(ModelForm[ReplyTemplateText]):
    """The words in one language; only known placeholders may stand in them."""

    def clean_text(self) -> str:
        """Refuse what stands in braces and is no placeholder; it would never be filled in."""
        text: str = self.cleaned_data["text"]
        if unknown := unknown_placeholders(text):
            message = _("This is no placeholder: %(unknown)s. You can use: %(known)s")
            known = ", ".join(item.written for item in Placeholder)
            raise forms.ValidationError(message % {"unknown": ", ".join(unknown), "known": known}, code="unknown")
        return text

    class Meta:
        model = ReplyTemplateText
        fields = ("language", "name", "text")


class TextInline(ReadByAllWrittenByManagers, RoleAccess, StackedInline[ReplyTemplateText, ReplyTemplate]):
    """The words, language by language."""

    model = ReplyTemplateText
    form = TextForm
    extra = 0
    min_num = 1
    ordering = ("language",)

    def get_max_num(self, request: HttpRequest, obj: ReplyTemplate | None = None, **kwargs: Any) -> int:  # noqa: ANN401, ARG002  # Django's signature
        """Offer no more rows than there are languages."""
        return len(language_choices())

    def get_extra(self, request: HttpRequest, obj: ReplyTemplate | None = None, **kwargs: Any) -> int:  # noqa: ANN401, ARG002  # Django's signature
        """Offer an empty row for each language at first, and one more afterwards."""
        return 1 if obj else len(language_choices())


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(ReadByAllWrittenByManagers, DeskAdmin[ReplyTemplate]):
    """Answers that are often written."""

    list_display = ("called", "about", "languages", "is_active")
    list_filter = ("is_active",)
    ordering = ("position", "name")
    search_fields = ("name",)
    inlines = (TextInline,)

    def get_fieldsets(self, request: HttpRequest, obj: ReplyTemplate | None = None) -> Any:  # noqa: ANN401, ARG002  # Django's signature
        """Return the fields, with the list of placeholders above them."""
        rows = ((item.written, item.label) for item in Placeholder)
        known = format_html_join("", "<dt><code>{}</code></dt><dd>{}</dd>", rows)
        help_text = _("In the words you can use these placeholders; they are filled in when a template is inserted.")
        description = format_html_join("", '{}<dl class="placeholders">{}</dl>', [(help_text, known)])
        return [(None, {"fields": ("name", "treatment", "is_active", "position"), "description": description})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReplyTemplate]:
        """Fetch the languages with the templates."""
        return super().get_queryset(request).prefetch_related("texts")

    def formfield_for_foreignkey(
        self,
        db_field: "ForeignKey[Any, Any]",
        request: HttpRequest,
        **kwargs: Any,  # noqa: ANN401  # Django's signature
    ) -> "ModelChoiceField[Any] | None":
        """Offer the treatments by their titles."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "treatment":
            titles = treatment_titles()
            field.label_from_instance = lambda obj: titles[obj.pk]  # type: ignore[method-assign]  # Django's documented hook
        return field

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def called(self, template: ReplyTemplate) -> str:
        """Return the name in the reader's language."""
        return template_name(template, get_language() or settings.LANGUAGE_CODE)

    @admin.display(description=gettext_lazy("treatment"))
    def about(self, template: ReplyTemplate) -> str:
        """Return which treatment the template is for."""
        return treatment_titles()[template.treatment_id] if template.treatment_id else _("all")

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, template: ReplyTemplate) -> str:
        """Return the languages that the template speaks."""
        return ", ".join(sorted(language_name(words.language) for words in template.texts.all()))


def _manages(request: HttpRequest) -> bool:
    """Return whether the person manages."""
    return request.user.is_authenticated and request.user.is_manager
