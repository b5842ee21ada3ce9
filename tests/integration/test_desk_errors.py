"""What goes wrong at the desk is said at the desk, in the reader's language and with a way back."""

import pytest
from django.test import Client

from coordinators.enums import Role
from tests.factories import make_user
from tests.integration.test_desk import text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/admin/inquiries/inquiry/00000000-0000-4000-8000-000000000000/change/", 404, "This page is not here"),
        ("/admin/nowhere/", 404, "This page is not here"),
        ("/admin/inquiries/outgoingemail/", 403, "This is not allowed"),
    ],
)
def test_desk_says_what_is_wrong_and_leads_back(client: Client, address: str, status: int, heading: str) -> None:
    client.force_login(make_user(name="Ana Horvat"))
    answer = client.get(address)
    page = text_of(answer)
    assert answer.status_code == status
    assert heading in page
    assert "To the first page of the desk" in page
    assert "Send an inquiry" not in page


def test_page_that_was_open_for_too_long_says_so() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(Role.MANAGER, "Mia Manager", language="de"))
    answer = client.post("/admin/inquiries/inquiry/")
    assert answer.status_code == 403
    page = text_of(answer)
    assert "Nothing was stored" not in page
    assert "CSRF" not in page


def test_strangers_see_nothing_of_the_desk(client: Client) -> None:
    assert "To the first page of the desk" not in text_of(client.get("/en/nowhere/"))
