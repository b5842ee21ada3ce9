"""What each person of the staff chooses for themselves: the language, and which e-mails they get."""

from collections.abc import Mapping

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from coordinators.admin.access import person
from coordinators.models import User
from inquiries.services.staff import set_wishes
from treatments.enums import language_choices


class OwnSettings(forms.Form):
    """One person's choices; an e-mail that the person's role never gets is not offered."""

    language = forms.ChoiceField(label=gettext_lazy("Language of the desk and of e-mails"), choices=language_choices)
    wants_digest = forms.BooleanField(
        label=gettext_lazy("Send me an overview every working morning"),
        help_text=gettext_lazy("Numbers only, and only if something waits."),
        required=False,
    )
    wants_alarms = forms.BooleanField(
        label=gettext_lazy("Send me an alarm when something is wrong"),
        help_text=gettext_lazy("At most once an hour for each cause: e-mails that do not leave, patients who wait."),
        required=False,
    )

    def __init__(self, data: Mapping[str, str] | None, user: User) -> None:
        chosen = {"language": user.language, "wants_digest": user.wants_digest, "wants_alarms": user.wants_alarms}
        super().__init__(data, initial=chosen, label_suffix="")
        self.user = user
        if not user.handles_inquiries:
            del self.fields["wants_digest"]
        if not user.is_manager:
            del self.fields["wants_alarms"]

    def save(self) -> None:
        """Store what was chosen; what was not offered stays as it was."""
        values = self.cleaned_data
        set_wishes(
            self.user,
            language=values["language"],
            wants_digest=values.get("wants_digest", self.user.wants_digest),
            wants_alarms=values.get("wants_alarms", self.user.wants_alarms),
        )


def own_settings(request: HttpRequest) -> HttpResponse:
    """Show the person's own choices, and store changed ones."""
    user = person(request)
    form = OwnSettings(request.POST if request.method == "POST" else None, user)
    if form.is_valid():
        form.save()
        with override(user.language):
            messages.success(request, _("Your settings are saved."))
        return redirect("admin:own_settings")
    context = admin.site.each_context(request) | {"title": _("My settings"), "form": form}
    return TemplateResponse(request, "admin/own_settings.html", context)
