"""Who may do what at the desk: by role alone, never by Django's permissions (docs/adr/0004)."""

from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import Field
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from treatments.admin.typed import ModelAdmin

Row = TypeVar("Row", bound=models.Model)


class RoleAccess:
    """Answers every question of Django's admin by one of our own: whether the person's role opens the room."""

    def is_allowed(self, request: HttpRequest) -> bool:  # noqa: ARG002  # those who mix in a role look at the person
        """Return whether the person's role opens this room: nobody's, until a class says whose."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the room on the first page."""
        return self.is_allowed(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let the person look."""
        return self.is_allowed(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let the person add."""
        return self.is_allowed(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let the person change."""
        return self.is_allowed(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let the person delete."""
        return self.is_allowed(request)


class EditorsOnly:
    """For editors, and for managers, who may do what editors may; mixed in before an admin class or an inline."""

    def is_allowed(self, request: HttpRequest) -> bool:
        """Return whether the person may change pages."""
        return request.user.is_authenticated and request.user.is_editor


class KeepsRows:
    """Rows that other rows or public pages hang on: changed, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let nobody delete."""
        return False


class DeskAdmin(RoleAccess, ModelAdmin[Row]):
    """What all rooms of the desk share: another's row is not there, and no pop-up windows."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    actions_on_top = True
    save_on_top = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Row | None:
        """Return a row that the person may see. Raises Http404 for another, as if there were none."""
        if not self.is_allowed(request):
            raise PermissionDenied
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404
        return row

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let an address narrow a list by what it offers; by any column, it could spell out a password's digest."""
        filters: Any = self.get_list_filter(request)
        offered = [item[0] if isinstance(item, tuple) else getattr(item, "parameter_name", item) for item in filters]
        # PostgreSQL takes no zero byte, not even to look for.
        return "\0" not in value and any(lookup == name or lookup.startswith(f"{name}__") for name in offered)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list under the name of what it lists."""
        title = {"title": capfirst(str(self.opts.verbose_name_plural))}
        return super().changelist_view(request, title | (extra_context or {}))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Name the deletion without the noun, which most languages would have to decline."""
        actions = super().get_actions(request)
        if deletion := actions.get("delete_selected"):
            function, name, _description = deletion
            actions["delete_selected"] = (function, name, _("Delete what is selected"))
        return actions

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:  # noqa: ANN401  # Django's signature
        """Return what was changed for the history, by names that the catalogues know, and without hidden fields."""
        said: list[Any] = super().construct_change_message(request, form, formsets, add)
        changed = [name for name in form.changed_data if not form[name].is_hidden]
        with translation.override(None):
            names = [_label(form, name) for name in changed]
        own = [{"changed": {"fields": names}}] if names else []
        return [item for item in said if not _is_about_form(item)] + ([] if add else own)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:  # noqa: ANN401  # Django's signature
        """Return the field without the buttons that open another room in a pop-up window."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for button in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if field and hasattr(field.widget, button):
                setattr(field.widget, button, False)
        return field


class OnlyRow(KeepsRows, DeskAdmin[Row]):
    """A table with exactly one row: the list leads straight to it."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  # Django's signature
        """Let the row be made once."""
        return (
            super().has_add_permission(request) and not self.model._default_manager.exists()
        )  # Django's documented manager

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Open the one row, or the list while there is none."""
        row = self.model._default_manager.first()  # Django's documented manager
        if row is None or not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        options = self.opts
        return redirect(reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk]))


def _is_about_form(item: dict[str, dict[str, Any]]) -> bool:
    """Return whether a line of a history is about the changed fields of the row itself, and not of rows beside it."""
    return "changed" in item and "name" not in item["changed"]


def _label(form: Any, name: str) -> str:  # noqa: ANN401  # any form of the desk
    """Return a field's name as it stands in the catalogues, which Django's own history misses by a capital letter."""
    fields = {field.name: field for field in form._meta.model._meta.get_fields()}
    if name in fields and hasattr(fields[name], "verbose_name"):
        return str(fields[name].verbose_name)
    return str(form.fields[name].label or name)
