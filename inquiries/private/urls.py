"""Addresses under the private link; inquiries/urls.py puts the localised beginning and the token before them."""

from django.urls import path

from inquiries.details import views as details
from inquiries.files import views as files
from inquiries.private.views import contact, erasure, overview, reading

urlpatterns = [
    path("", overview.overview, name="private"),
    path("contact/", contact.contact, name="private-contact"),
    path("message/", contact.message, name="private-message"),
    path("code/", reading.code, name="private-code"),
    path("entered/", reading.unlock, name="private-unlock"),
    path("data/", reading.export, name="private-export"),
    path("erase/", erasure.erase, name="private-erase"),
    path("details/", details.details, name="private-details"),
    path("details/<slug:group>/", details.details_group, name="private-details-group"),
    path("files/", files.files, name="private-files"),
    path("files/<uuid:file_id>/remove/", files.remove, name="private-file-remove"),
]
