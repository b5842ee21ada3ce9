"""Secrets outside the code: made once, readable only to their owner, and named when they are missing."""

import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from clinic_site.keys import make_missing_secrets, read_secret
from inquiries.sealing.keys import key_ring

NAME = "SOME_SECRET"
FILES = ("field_encryption_keys", "secret_key")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="ascii") for path in folder.iterdir()}


def test_make_missing_secrets_writes_files_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "keys"
    before = os.umask(0)
    try:
        make_missing_secrets(folder)
    finally:
        os.umask(before)
    assert mode(folder) == 0o700
    assert sorted(contents(folder)) == list(FILES)
    assert {mode(folder / name) for name in FILES} == {0o600}


def test_make_missing_secrets_closes_a_folder_that_was_open(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    folder.chmod(0o755)
    make_missing_secrets(folder)
    assert mode(folder) == 0o700


def test_make_missing_secrets_never_replaces_a_key(tmp_path: Path) -> None:
    (tmp_path / "field_encryption_keys").write_text("mine", encoding="ascii")
    make_missing_secrets(tmp_path)
    first = contents(tmp_path)
    make_missing_secrets(tmp_path)
    assert contents(tmp_path) == first
    assert first["field_encryption_keys"] == "mine"


def test_made_keys_are_random_and_can_seal(tmp_path: Path, settings: Settings) -> None:
    for name in ("one", "two"):
        make_missing_secrets(tmp_path / name)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert len({*one.values(), *two.values()}) == 4
    assert len(one["secret_key"]) >= 50
    settings.FIELD_ENCRYPTION_KEYS = one["field_encryption_keys"]
    assert len(key_ring()[0].secret) == 32


def test_read_secret_takes_the_environment_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n", encoding="ascii")
    monkeypatch.setenv(NAME, " from the environment\n")
    assert read_secret(NAME, file) == "from the environment"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_read_secret_takes_the_file_when_the_environment_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n", encoding="ascii")
    monkeypatch.delenv(NAME, raising=False)
    if value is not None:
        monkeypatch.setenv(NAME, value)
    assert read_secret(NAME, file) == "from the file"


def test_read_secret_says_what_is_missing_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} is not set.*environment.*script/server"):
        read_secret(NAME, tmp_path / "secret")
