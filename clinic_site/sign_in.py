"""Signing in at the desk, with a limit on guessing (RELIABILITY.md S21)."""

import logging
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from inquiries.origin import network_digest
from inquiries.sealing import keyed_digest

logger = logging.getLogger(__name__)

TRIES = 10
PAUSE_SECONDS = 15 * 60


class SignInForm(AdminAuthenticationForm):
    """Lets an address be tried ten times from one network; then it rests there for a quarter of an hour.

    Somebody who guesses elsewhere does not lock the person out: another network has tries of its own.
    """

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "too_many": _("Too many attempts. Please try again in 15 minutes."),
    }

    def clean(self) -> dict[str, Any]:
        """Return the sign-in, or count a failure."""
        key = self._key()
        if (cache.get_or_set(key, 0, PAUSE_SECONDS) or 0) >= TRIES:
            logger.warning("sign-in refused", extra={"problem": "too many attempts"})
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many")
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            cache.incr(key)
            raise
        cache.delete(key)
        return cleaned

    def _key(self) -> str:
        """Return what is counted by: the address as typed and the network, neither of them readable."""
        address = (self.cleaned_data.get("username") or "").casefold()
        network = network_digest(self.request) if self.request else ""
        return "sign-in:" + keyed_digest("sign-in", address, network)
