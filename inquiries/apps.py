"""Django's registration of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InquiriesConfig(AppConfig):
    """The inquiries room."""

    name = "inquiries"
    verbose_name = _("Inquiries")
