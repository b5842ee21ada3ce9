"""Fixtures that every kind of test may use."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from clinic_site.catalogues import compile_stale
from treatments.loading import load_content

# A shared machine may be slow: how long an example takes proves nothing.
hypothesis_settings.register_profile("clinic", deadline=None)
hypothesis_settings.load_profile("clinic")


def pytest_configure() -> None:
    """Compile the catalogues once, as every start of the site does."""
    compile_stale(settings.LOCALE_PATHS)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:  # noqa: ARG001  # extends it
    """Load the project's own texts once; every test sees them and none changes them for the next."""
    with django_db_blocker.unblock():
        load_content()


class _AtOnce:
    """Stands for the thread that asks the broker: what it does is done before anybody looks."""

    def __init__(self, *, target: Callable[..., None], args: tuple[Any, ...], **_options: Any) -> None:
        self.start = partial(target, *args)


@pytest.fixture(autouse=True)
def _hints_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hints be published in the test's own thread."""
    monkeypatch.setattr("inquiries.services.outbox.Thread", _AtOnce)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Start every test in English."""
    with translation.override("en"):
        yield
