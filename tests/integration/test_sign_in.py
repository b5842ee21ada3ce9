"""Signing in: a person gets in, a guesser does not get far."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic_site.sign_in import TRIES
from coordinators.enums import Role
from coordinators.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    cache.clear()
    return make_user(Role.MANAGER, "Mia Manager")


def sign_in(client: Client, user: User, password: str, **extra: Any) -> bool:
    response = client.post(reverse("admin:login"), {"username": user.email, "password": password}, **extra)
    return response.status_code == 302


def test_person_signs_in_whatever_the_capitals_of_the_address(client: Client, manager: User) -> None:
    manager.email = manager.email.upper()
    assert sign_in(client, manager, PASSWORD)


def test_guessing_ends_after_ten_tries_even_with_the_right_password(client: Client, manager: User) -> None:
    for _ in range(TRIES):
        assert not sign_in(client, manager, "wrong")
    assert not sign_in(client, manager, PASSWORD)
    later = timezone.now() + timedelta(minutes=16)
    with time_machine.travel(later):
        assert sign_in(client, manager, PASSWORD)


def test_guesser_elsewhere_does_not_lock_the_person_out(client: Client, manager: User) -> None:
    for _ in range(TRIES + 1):
        assert not sign_in(client, manager, "wrong", REMOTE_ADDR="198.51.100.7")
    assert sign_in(client, manager, PASSWORD)


def test_right_password_forgets_the_failures(client: Client, manager: User) -> None:
    for _ in range(3):
        for _ in range(TRIES - 1):
            assert not sign_in(client, manager, "wrong")
        assert sign_in(client, manager, PASSWORD)
        client.logout()


def test_inactive_person_does_not_get_in(client: Client, manager: User) -> None:
    User.objects.update(is_active=False)
    assert not sign_in(client, manager, PASSWORD)
