"""Django's registration of the wiring."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ClinicSiteConfig(AppConfig):
    """The wiring: commands and system checks."""

    name = "clinic_site"

    def ready(self) -> None:
        """Register the checks."""
        # Django's place for this: the checks read models, which exist only now.
        import_module("clinic_site.checks")


class ClinicAdminConfig(AdminConfig):
    """Django's admin with the clinic's own first page and look."""

    default_site = "clinic_site.admin.ClinicAdminSite"
