"""All addresses of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from clinic_site import health, mail_page, public, staff_password

urlpatterns = [
    path("", public.choose_language, name="root"),
    path("robots.txt", public.robots, name="robots"),
    path("sitemap.xml", public.sitemap, name="sitemap"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("admin/mail/", include(mail_page.urlpatterns)),
    path(
        "admin/password/<uidb64>/<token>/",
        staff_password.SetPasswordView.as_view(),
        name="admin-set-password",
    ),
    path("admin/", admin.site.urls),
    *i18n_patterns(path("", include("inquiries.urls")), path("", include("treatments.urls"))),
]

handler400 = "clinic_site.public.bad_request"
handler403 = "clinic_site.public.forbidden"
handler404 = "clinic_site.public.not_found"
handler500 = "clinic_site.public.server_error"
