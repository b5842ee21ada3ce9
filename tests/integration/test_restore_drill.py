"""Drills on a database file: erased stays erased after a restore, and nothing of it stays on the disk.

The site's own commands run as processes of their own; a copy of the file stands for the backup.
"""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from clinic_site.keys import make_missing_secrets
from tests.real.processes import ROOT, clean_environment

WRITE = """
from django.core.files.uploadedfile import SimpleUploadedFile
from inquiries.models import Inquiry
from inquiries.services.files import add_file
from tests.factories import make_coordinator, make_inquiry
from tests.files import pdf
from coordinators.models import Coordinator
Coordinator.objects.exists() or make_coordinator()
people = [make_inquiry(email=f"{name}@example.com") for name in "aabc"]
add_file(people[1], SimpleUploadedFile("report.pdf", pdf()))
print(*(person.pk for person in people))
"""
ERASE = """
from coordinators.models import User
from inquiries.enums import ErasedBy
from inquiries.models import Inquiry
from inquiries.services.erasure import erase
erase(Inquiry.objects.get(pk="{0}"), ErasedBy.PATIENT)
erase(Inquiry.objects.get(pk="{1}"), ErasedBy.STAFF, by=User.objects.first())
"""


class Site:
    """A data folder, and the site's commands on it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, folder / "clinic.sqlite3"
        make_missing_secrets(folder / "keys")
        self.environment = clean_environment(DATA_DIR=str(folder))
        self.manage("migrate", "--verbosity", "0")
        self.manage("load_content")

    def manage(self, *arguments: str) -> str:
        """Run a command and return what it says."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, code: str) -> str:
        """Run code inside the site and return what it prints."""
        return self.manage("shell", "--no-imports", "-c", code)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(query).fetchall()

    def copy_database(self, source: Path, target: Path) -> None:
        """Copy a database as `sqlite3 … ".backup …"` does."""
        with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
            one.backup(other)

    @property
    def on_disk(self) -> bytes:
        """Everything that lies on the disk of the database and its log.

        Another process reads it: a file that this one closes would take the locks of its connections along.
        """
        files = [self.database, Path(f"{self.database}-wal")]
        return subprocess.run(["cat", *map(str, files)], capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("drill"))


def test_what_was_erased_stays_erased_after_a_restore(site: Site, tmp_path: Path) -> None:
    leading, addition, second, third = site.run(WRITE).split()
    backup, ledger = tmp_path / "backup.sqlite3", tmp_path / "ledger.txt"
    site.copy_database(site.database, backup)
    site.run(ERASE.format(leading, second))
    before = site.manage("erasures")
    ledger.write_text(before, encoding="utf-8")
    assert len(before.splitlines()) == 3

    site.copy_database(backup, site.database)
    query = "SELECT id FROM inquiries_inquiry ORDER BY 1"
    ids = {key.replace("-", "") for key in (leading, addition, second, third)}
    assert {row[0] for row in site.rows(query)} == ids
    assert site.manage("erasures") == ""

    assert site.manage("erase_again", str(ledger)) == "3 erased again, of 3 in the ledger.\n"
    assert site.rows(query) == [(third.replace("-", ""),)]
    assert site.rows("SELECT count(*) FROM inquiries_patientfile") == [(0,)]
    assert site.rows("SELECT count(*) FROM inquiries_outgoingemail WHERE inquiry_id IS NULL") == [(0,)]
    assert sorted(site.manage("erasures").splitlines()) == sorted(before.splitlines())

    assert site.manage("erase_again", str(ledger)) == "0 erased again, of 3 in the ledger.\n"
    assert sorted(site.manage("erasures").splitlines()) == sorted(before.splitlines())


def test_what_is_erased_is_gone_from_the_database_file_and_its_log(site: Site) -> None:
    # A reader that stays, as the web server does: without one, the log goes with the last connection.
    with closing(sqlite3.connect(site.database)) as reader:
        reader.execute("SELECT count(*) FROM inquiries_inquiry").fetchall()
        keys = site.run(WRITE.replace("@example", "@another.example")).split()
        sealed = [
            value.encode()
            for row in site.rows(
                "SELECT name, email, message FROM inquiries_inquiry WHERE id IN "
                f"({', '.join(repr(key.replace('-', '')) for key in keys[:3])})"
            )
            for value in row
            if isinstance(value, str)
        ]
        assert len(sealed) == 9
        assert all(value in site.on_disk for value in sealed)
        site.run(ERASE.format(keys[0], keys[2]))
        assert any(value in site.on_disk for value in sealed), "the log still holds it, or this test proves nothing"
        site.manage("retain")
        found = site.on_disk
        assert [value for value in sealed if value in found] == []
        assert Path(f"{site.database}-wal").stat().st_size == 0
        assert keys[3].replace("-", "").encode() in found
