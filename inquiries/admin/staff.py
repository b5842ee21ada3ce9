"""People of the staff: invited by mail, given a new password by mail, let go without losing an inquiry."""

from typing import Any
from urllib.parse import quote

import django.contrib.auth.admin  # noqa: F401  # registers the groups that are taken off below
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordinators.admin.access import ManagersOnly, person
from coordinators.enums import Role
from coordinators.models import User
from inquiries.admin.own_settings import own_settings
from inquiries.services import staff
from inquiries.services.errors import TriageError
from treatments.admin.access import DeskAdmin, KeepsRows
from treatments.admin.typed import ModelForm

# Roles are all there is (docs/adr/0004): groups would promise permissions that nothing asks for.
admin.site.unregister(Group)


class PersonForm(ModelForm[User]):
    """A person of the staff; the password is their own business."""

    signed_in: User

    def clean_email(self) -> str:
        """Refuse an address that somebody has already, however it is capitalised."""
        email: str = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(gettext_lazy("Somebody with this address is here already."), code="unique")
        return email

    def clean_role(self) -> str:
        """Refuse a change of role that would leave nobody in charge, or inquiries without an owner."""
        role: str = self.cleaned_data["role"]
        if self.instance.pk:
            try:
                staff.check_role(self.instance, role, by=self.signed_in)
            except TriageError as error:
                raise forms.ValidationError(str(error), code="refused") from error
        return role

    class Meta:
        model = User
        fields = ("email", "name", "role", "language")


@admin.register(User)
class UserAdmin(ManagersOnly, KeepsRows, DeskAdmin[User]):
    """Everybody who can sign in; who leaves is deactivated, never deleted."""

    form = PersonForm
    change_form_template = "admin/coordinators/user/person.html"
    list_display = ("name", "email", "role", "language", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    fields = ("name", "email", "role", "language")

    def get_urls(self) -> list[URLPattern]:
        """Add the steps that are no change of a field, and everybody's own settings."""
        step = path(
            "<int:user_id>/do/<slug:step>/",
            self.admin_site.admin_view(self.step_view),
            name="coordinators_user_step",
        )
        own = path("my-settings/", self.admin_site.admin_view(own_settings), name="own_settings")
        return [step, own, *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401  # Django's signature
        """Let only those who may do everything change somebody who may do everything."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or person(request).is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:  # noqa: ARG002  # Django's signature
        """Keep the address that a person signs in with."""
        return ("email",) if obj else ()

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401  # Django's signature
        """Return the form, which must know who fills it in."""
        form = super().get_form(request, obj, change=change, **kwargs)
        setattr(form, "signed_in", person(request))  # noqa: B010  # a class made for this request
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Invite somebody new, or store a change."""
        if not change:
            staff.invite(obj)
            self.message_user(request, _("An invitation is on its way to %(email)s.") % {"email": obj.email})
            return
        self._say_moved(request, staff.change_person(obj, by=person(request)))

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Lead on to what a new coordinator speaks and knows: before that, no inquiry can be given to them."""
        if obj.role != Role.COORDINATOR:
            return super().response_add(request, obj, post_url_continue)
        message = _("Now say which languages and treatments they take. Until then they are given no inquiries.")
        self.message_user(request, message, messages.WARNING)
        return redirect(f"{reverse('admin:coordinators_coordinator_add')}?user={obj.pk}&display_name={quote(obj.name)}")

    def step_view(self, request: HttpRequest, user_id: int, step: str) -> HttpResponse:
        """Send a password link, close an account, or open it again."""
        user = self.get_object(request, str(user_id))
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None or request.method != "POST" or step not in {"reset-password", "deactivate", "activate"}:
            raise Http404
        try:
            self._take(request, user, step)
        except TriageError as error:
            self.message_user(request, str(error), messages.ERROR)
        return redirect("admin:coordinators_user_change", user_id)

    def _take(self, request: HttpRequest, user: User, step: str) -> None:
        """Take one step and say what came of it."""
        if step == "reset-password":
            staff.send_password_reset(user)
            message = _("A link to set a new password is on its way to %(email)s.") % {"email": user.email}
            self.message_user(request, message, messages.SUCCESS)
        elif step == "deactivate":
            moved = staff.deactivate(user, by=person(request))
            self.message_user(request, _("The account is closed."), messages.SUCCESS)
            self._say_moved(request, moved)
        else:
            staff.activate(user)
            self.message_user(request, _("The account is open again."), messages.SUCCESS)

    def _say_moved(self, request: HttpRequest, moved: int) -> None:
        """Say how many inquiries went to colleagues, if any."""
        if moved:
            message = ngettext(
                "%(count)d open inquiry went to a colleague.", "%(count)d open inquiries went to colleagues.", moved
            )
            self.message_user(request, message % {"count": moved}, messages.WARNING)
