"""Addresses of the public pages, localised."""

from django.urls import include, path
from django.utils.translation import pgettext_lazy

from treatments import views

app_name = "treatments"

# A treatment page, and what is made of it
treatment_urls = [
    path("", views.treatment, name="treatment"),
    path("brochure.pdf", views.brochure, name="brochure"),
    path("brochure-large-print.pdf", views.large_print, name="large-print"),
    path("card.png", views.card, name="card"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path(pgettext_lazy("address", "treatments/"), views.treatment_list, name="list"),
    path(pgettext_lazy("address", "treatments/<slug:slug>/"), include(treatment_urls)),
    path("<slug:slug>/", views.site_page, name="page"),
]
