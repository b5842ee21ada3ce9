"""Django's registration of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TreatmentsConfig(AppConfig):
    """The treatments room."""

    name = "treatments"
    verbose_name = _("Treatments and pages")
