"""Django's registration of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoordinatorsConfig(AppConfig):
    """The coordinators room."""

    name = "coordinators"
    verbose_name = _("Team")
