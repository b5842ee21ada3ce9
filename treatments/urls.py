"""Addresses of the public pages, localised."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from treatments import views

app_name = "treatments"

urlpatterns = [
    path("", views.home, name="home"),
    path(pgettext_lazy("address", "treatments/"), views.treatment_list, name="list"),
    path(pgettext_lazy("address", "treatments/<slug:slug>/"), views.treatment, name="treatment"),
    path("<slug:slug>/", views.site_page, name="page"),
]
