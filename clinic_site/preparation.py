"""What the embedded mode sets up before it serves; each step does nothing when nothing is missing."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from clinic_site.catalogues import compile_stale
from coordinators.demo import SignIn, create_demo_team


def prepare() -> list[SignIn]:
    """Bring everything up to date and return the sign-ins made on the way."""
    compile_stale(settings.LOCALE_PATHS)
    _migrate()
    call_command("load_content", verbosity=0)
    call_command("load_reply_templates", verbosity=0)
    _collect_static()
    sign_ins = [] if settings.IS_PUBLIC else _make_demo_team()
    connection.close()
    return sign_ins


def sign_ins_file() -> Path:
    """Return where the sign-ins made by the first start are kept."""
    return Path(settings.DATA_DIR) / "sign-ins.txt"


def describe(sign_ins: Iterable[SignIn]) -> str:
    """Return one line for each sign-in."""
    return "\n".join(f"  {person.role}: {person.email}  {person.password}" for person in sign_ins)


def _migrate() -> None:
    """Apply migrations where some are missing."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def _collect_static() -> None:
    """Hash and compress static files anew where one of their sources changed."""
    stamp = Path(settings.DATA_DIR) / "static.stamp"
    fingerprint = _static_fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(fingerprint, encoding="ascii")


def _static_fingerprint() -> str:
    """Return a digest over name, size and time of every static file of the project and its libraries."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _make_demo_team() -> list[SignIn]:
    """Make the demo team where nobody is there yet; it exists only if its passwords are kept."""
    with transaction.atomic():
        sign_ins = create_demo_team()
        if sign_ins:
            _keep_sign_ins(sign_ins)
    return sign_ins


def _keep_sign_ins(sign_ins: Iterable[SignIn]) -> None:
    """Write the sign-ins where only the owner of the data can read them."""
    handle = os.open(sign_ins_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(describe(sign_ins) + "\n")
