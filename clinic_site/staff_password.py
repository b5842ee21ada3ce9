"""Where a person of the staff sets their own password, from an invitation or a reset."""

from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse_lazy


class SetPasswordView(PasswordResetConfirmView):
    """Set a password by a link that dies with its first use."""

    template_name = "registration/set_password.html"
    success_url = reverse_lazy("admin:login")
    post_reset_login = False
