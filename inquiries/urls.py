"""Addresses of the form and its confirmation, localised."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from inquiries import views

app_name = "inquiries"

urlpatterns = [
    path(pgettext_lazy("address", "inquiry/"), views.inquiry_form, name="form"),
    path(pgettext_lazy("address", "inquiry/received/<str:token>/"), views.confirmation, name="confirmation"),
]
