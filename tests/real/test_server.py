"""What script/server ends in: one process tree that says where it is, stays whole, and leaves nothing behind."""

import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.loop_thread import LOOPBACK
from tests.real.processes import ROOT
from tests.real.rig import (
    EmbeddedSite,
    SmtpSink,
    Template,
    clean_environment,
    eventually,
    free_port,
    kill,
    processes_with,
)

REFUSED_SECONDS = 20
PARTS = ("web", "worker", "beat")


@pytest.fixture
def site(template: Template, tmp_path: Path) -> Iterator[EmbeddedSite]:
    """Run a server of its own for a test that ends it."""
    template.copy_to(tmp_path / "data")
    with SmtpSink() as sink, EmbeddedSite(tmp_path / "data", sink) as running:
        yield running


def start_refused(data_dir: Path, port: int) -> subprocess.CompletedProcess[str]:
    """Start a server that must not come up, and return how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "clinic_site.embedded", "--port", str(port)],
        cwd=ROOT,
        env=clean_environment(DATA_DIR=str(data_dir)),
        capture_output=True,
        text=True,
        timeout=REFUSED_SECONDS,
        check=False,
    )


def assert_one_sentence(refused: subprocess.CompletedProcess[str], *parts: str) -> None:
    """Check that the start ended with exit code 1 and one line that contains `parts`."""
    assert (refused.returncode, refused.stdout) == (1, "")
    [line] = refused.stderr.strip().splitlines()
    for part in parts:
        assert part in line


def test_first_start_says_address_sign_ins_and_where_mail_lands(template: Template) -> None:
    site = template.site
    assert f"The site is at {site.url}/ " in template.said
    assert [sign_in.role for sign_in in site.sign_ins()] == ["manager", "editor", *["coordinator"] * 4]
    for sign_in in site.sign_ins():
        assert f"{sign_in.email}  {sign_in.password}" in template.said
    assert f"Mail is kept under {site.data_dir / 'mail'}" in template.said
    assert template.front_page.status == 200
    assert "Klinika Primjer" in template.front_page.body


def test_first_start_keeps_data_from_other_users_of_the_machine(template: Template) -> None:
    for place in (".", "sign-ins.txt", "clinic.sqlite3", "keys", "keys/secret_key", "mail", "broker"):
        mode = stat.S_IMODE((template.site.data_dir / place).stat().st_mode)
        assert mode & 0o077 == 0, f"others may read {place}"


def test_next_start_does_not_show_passwords_again(running_embedded: EmbeddedSite) -> None:
    said = running_embedded.server.log.read_text(encoding="utf-8")
    assert "Sign-ins were shown at the first start" in said
    assert f"Mail goes to {LOOPBACK}, port {running_embedded.sink.port}." in said
    assert not [sign_in for sign_in in running_embedded.sign_ins() if sign_in.password in said]


@pytest.mark.parametrize("part", PARTS)
def test_killed_child_is_restarted(embedded: EmbeddedSite, part: str) -> None:
    killed = embedded.kill(part)
    embedded.revive(part)
    assert not set(killed) & set(embedded.pids(part))
    assert len(embedded.pids(part)) <= len(killed)
    embedded.wait_takes_inquiries()
    assert "(SIGKILL); it starts again" in embedded.server.log.read_text(encoding="utf-8")


def test_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, free_port()))
        other.listen()
        port = other.getsockname()[1]
        refused = start_refused(tmp_path / "data", port)
    assert_one_sentence(refused, str(port), "--port")


def test_second_start_on_the_same_data_is_refused(embedded: EmbeddedSite) -> None:
    refused = start_refused(embedded.data_dir, free_port())
    assert_one_sentence(refused, str(embedded.data_dir), embedded.url, "DATA_DIR")
    assert embedded.get("/en/").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_signal_ends_every_process(site: EmbeddedSite, number: signal.Signals) -> None:
    assert [len(site.pids(part)) for part in PARTS] == [2, 1, 1]
    site.server.send_signal(number)
    assert site.server.wait(15) == 0, site.explain("the server did not end well")
    assert processes_with("DATA_DIR", str(site.data_dir)) == {}
    with pytest.raises(ConnectionRefusedError):
        site.get("/en/")


def test_killed_server_leaves_no_orphan(site: EmbeddedSite) -> None:
    kill([site.server.pid])
    eventually(lambda: not processes_with("DATA_DIR", str(site.data_dir)), 5, lambda: site.explain("there are orphans"))
