"""The desk: Django's admin under the clinic's name."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class ClinicAdminSite(AdminSite):
    """The staff's desk."""

    site_header = _("Clinic desk")
    site_title = _("Clinic desk")
    index_title = _("Today")
    enable_nav_sidebar = False
