"""Servers and sites for whole test runs; other folders' conftest.py may import what they need from here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.processes import leave_out
from tests.real.rig import (
    EmbeddedSite,
    GrownSite,
    PostgresServer,
    SmtpSink,
    TcpProxy,
    Template,
    prepare,
    start_postgres,
    start_redis,
)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Make a data folder as the first start leaves it."""
    if not Path("/proc/self/environ").exists():
        leave_out("the rig finds processes in Linux's /proc")
    with SmtpSink() as sink:
        return Template(tmp_path_factory.mktemp("template") / "data", sink)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL."""
    with start_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis_port() -> Iterator[int]:
    """Run a Redis and give its port."""
    with start_redis() as port:
        yield port


@pytest.fixture(scope="session")
def running_embedded(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedSite]:
    """Run a site of the small size that all tests share; use `embedded`."""
    folder = tmp_path_factory.mktemp("embedded") / "data"
    template.copy_to(folder)
    with SmtpSink() as sink, EmbeddedSite(folder, sink) as site:
        yield site


@pytest.fixture(scope="session")
def running_grown(
    template: Template, postgres: PostgresServer, redis_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GrownSite]:
    """Run a site of the grown size that all tests share; use `grown`."""
    folder = tmp_path_factory.mktemp("grown") / "data"
    template.copy_to(folder)
    url = postgres.create("clinic_site")
    prepare(folder, DATABASE_URL=url)
    with SmtpSink() as sink, TcpProxy(redis_port) as network, GrownSite(folder, sink, url, network) as site:
        yield site


@pytest.fixture
def embedded(running_embedded: EmbeddedSite) -> EmbeddedSite:
    """Give the small size, in good order and without inquiries."""
    running_embedded.recover()
    return running_embedded


@pytest.fixture
def grown(running_grown: GrownSite) -> GrownSite:
    """Give the grown size, in good order and without inquiries."""
    running_grown.recover()
    return running_grown
