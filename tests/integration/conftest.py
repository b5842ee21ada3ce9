"""People at the desk whom many tests need."""

import pytest
from django.test import Client

from coordinators.enums import Role
from coordinators.models import Coordinator
from tests.factories import make_coordinator, make_user


@pytest.fixture
def ana() -> Coordinator:
    """Make a coordinator who answers in English."""
    return make_coordinator("Ana Horvat", languages=("en",))


@pytest.fixture
def desk(client: Client, ana: Coordinator) -> Client:
    """Sign Ana in."""
    client.force_login(ana.user)
    return client


@pytest.fixture
def manager(client: Client) -> Client:
    """Sign in somebody who manages."""
    client.force_login(make_user(Role.MANAGER, "Mia Manager"))
    return client
