"""Addresses of the form, its confirmation and the private pages, localised; and where pages are counted."""

from django.urls import include, path
from django.utils.translation import pgettext_lazy

from inquiries import views
from inquiries.measure.views import visit
from inquiries.private import urls as private_urls
from inquiries.private.views.link_request import link_request

app_name = "inquiries"

urlpatterns = [
    path(pgettext_lazy("address", "inquiry/"), views.inquiry_form, name="form"),
    path(pgettext_lazy("address", "inquiry/received/<str:token>/"), views.confirmation, name="confirmation"),
    path(pgettext_lazy("address", "inquiry/new-link/"), link_request, name="private-link-request"),
    path(pgettext_lazy("address", "inquiry/private/<str:token>/"), include(private_urls)),
    path("count/", visit, name="count"),
]
