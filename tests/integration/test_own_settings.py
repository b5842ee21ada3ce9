"""My settings: everybody chooses for themselves, and only what concerns them."""

import pytest
from django.test import Client
from django.urls import reverse

from coordinators.enums import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ADDRESS = "admin:own_settings"


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.EDITOR, {"language"}),
        (Role.COORDINATOR, {"language", "wants_digest"}),
        (Role.MANAGER, {"language", "wants_digest", "wants_alarms"}),
    ],
)
def test_each_role_is_offered_what_it_gets(client: Client, role: Role, offered: set[str]) -> None:
    user = make_user(role)
    client.force_login(user)
    form = client.get(reverse(ADDRESS)).context["form"]
    assert set(form.fields) == offered
    response = client.post(reverse(ADDRESS), {"language": "hr"})
    assert response.status_code == 302
    user.refresh_from_db()
    assert user.language == "hr"
    assert user.wants_digest is ("wants_digest" not in offered), "unticked, or not offered and left alone"
    assert user.wants_alarms is ("wants_alarms" not in offered)
    page = client.get(reverse(ADDRESS)).content.decode()
    assert '<html lang="hr"' in page


def test_mistake_stores_nothing(client: Client) -> None:
    user = make_user(Role.MANAGER)
    client.force_login(user)
    response = client.post(reverse(ADDRESS), {"language": "xx", "wants_digest": "on"})
    assert response.status_code == 200
    user.refresh_from_db()
    assert (user.language, user.wants_alarms) == ("en", True)


def test_nobody_sets_anything_for_somebody_else(client: Client) -> None:
    other = make_user(Role.MANAGER, "Mia Manager")
    client.force_login(make_user(Role.COORDINATOR, "Ana Horvat"))
    client.post(reverse(ADDRESS), {"language": "de", "user": str(other.pk), "wants_alarms": ""})
    other.refresh_from_db()
    assert (other.language, other.wants_alarms, other.wants_digest) == ("en", True, True)


def test_every_page_of_the_desk_leads_there(client: Client) -> None:
    client.force_login(make_user(Role.EDITOR))
    assert reverse(ADDRESS) in client.get(reverse("admin:index")).content.decode()
