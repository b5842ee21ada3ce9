"""The history of a record at the desk, as people read it."""

from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from coordinators.enums import Role
from coordinators.models import SpecialDay
from tests.factories import make_user
from tests.integration.test_desk import text_of

pytestmark = pytest.mark.django_db

ADD = "/admin/coordinators/specialday/add/"


@pytest.mark.parametrize("language", ["de", "hr", "nl", "it"])
def test_history_names_fields_in_the_readers_language(client: Client, language: str) -> None:
    client.force_login(make_user(Role.MANAGER, "Mia Manager", language=language))
    client.post(ADD, {"day_on": "2026-12-24", "opens_at": "", "closes_at": ""})
    day = SpecialDay.objects.get()
    change = f"/admin/coordinators/specialday/{day.pk}/change/"
    client.post(change, {"day_on": "2026-12-31", "opens_at": "", "closes_at": ""})
    page = unescape(text_of(client.get(f"/admin/coordinators/specialday/{day.pk}/history/")))
    with translation.override(language):
        name = str(SpecialDay._meta.get_field("day_on").verbose_name)
    assert name in page
    assert " Day " not in page
