"""Behind script/test: every check, one after the other; with arguments, only pytest with them."""

import base64
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
PYTEST = (sys.executable, "-m", "pytest")
LOWEST_COVERAGE = 85
# Both cores; a file stays on one of them, so that the servers it shares are started once.
WORKERS = ("-n", "2", "--dist", "loadfile")
MEASURED = (*WORKERS, "--cov", "--cov-report=term:skip-covered", f"--cov-fail-under={LOWEST_COVERAGE}")
IS_CI = os.environ.get("CI") == "true"
# What a person set for their own site must not colour the checks.
SITE_VARIABLES = {
    *("ALLOWED_HOSTS", "BIND", "CACHE_URL", "CELERY_BROKER_URL", "DATABASE_URL", "DEBUG"),
    *("DEFAULT_FROM_EMAIL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL", "IMAP_URL", "INQUIRIES_PER_HOUR", "PORT"),
    *("REPLY_TO", "SITE_URL", "TRUSTED_PROXIES"),
}
PRODUCTION = {
    "SITE_URL": "https://clinic.example",
    "ALLOWED_HOSTS": "clinic.example",
    "DATABASE_URL": "postgres://clinic:unused@database.example/clinic",
    "CELERY_BROKER_URL": "redis://broker.example/0",
    "CACHE_URL": "redis://broker.example/1",
    "EMAIL_URL": "smtp+tls://clinic:unused@mail.example:587",
    "DEFAULT_FROM_EMAIL": "Clinic <inquiries@spine.example>",
    "CLAMD_ADDRESS": "tcp://scanner.example:3310",
}
# What some tests need beyond Python, and the programs that prove it is there
TOOLS = {
    "Chromium": ("chromium", "chromium-browser", "google-chrome"),
    "Redis": ("redis-server",),
    "PostgreSQL": ("initdb", "/usr/lib/postgresql/*/bin/initdb"),
    "ClamAV": ("clamd", "/usr/sbin/clamd"),
    "Dovecot": ("dovecot", "/usr/sbin/dovecot"),
    "gettext": ("xgettext",),
}


@dataclass(frozen=True)
class Check:
    """One command that must succeed."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def passes(self, environment: dict[str, str]) -> bool:
        """Run the command, its output shown as it comes."""
        return subprocess.run(self.command, env=environment | self.environment, check=False).returncode == 0


CHECKS = (
    Check("ruff check", (str(BIN / "ruff"), "check", "--quiet", "--output-format=concise")),
    Check("ruff format", (str(BIN / "ruff"), "format", "--check", "--quiet")),
    Check("mypy", (str(BIN / "mypy"),)),
    Check("import-linter", (str(BIN / "lint-imports"), "--no-cache", "--no-logo")),
    Check("missing migrations", (*MANAGE, "makemigrations", "--check", "--dry-run")),
    Check("compiled catalogues", (*MANAGE, "compile_catalogues")),
    Check("catalogues", (*MANAGE, "check_catalogues")),
    Check("claims", (*MANAGE, "check_content", "--files")),
    Check("translations", (*MANAGE, "check_translations", "--files")),
    Check("djlint", (str(BIN / "djlint"), "--lint", "--quiet", "templates")),
    Check("hadolint", (str(BIN / "hadolint"), "Dockerfile")),
    Check("check --deploy", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    Check("pytest", (*PYTEST, *MEASURED)),
)


def main(pytest_arguments: list[str]) -> None:
    """Run everything, or pytest alone with `pytest_arguments`, and end with the verdict as exit code."""
    with tempfile.TemporaryDirectory(prefix="clinic-checks-") as folder:
        environment = _environment(Path(folder))
        if pytest_arguments:
            sys.exit(subprocess.run([*PYTEST, *pytest_arguments], env=environment, check=False).returncode)
        sys.exit(_run_all(environment))


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment whose data and keys live only as long as the checks."""
    own = {name: value for name, value in os.environ.items() if name not in SITE_VARIABLES}
    keys = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii"),
    }
    return own | keys | {"DATA_DIR": str(folder), "COVERAGE_FILE": str(folder / "coverage")}


def _run_all(environment: dict[str, str]) -> int:
    """Run every check, also after a failure; return the exit code."""
    started = time.monotonic()
    failed = []
    for check in CHECKS:
        print(f"== {check.name}", flush=True)
        if not check.passes(environment):
            failed.append(check.name)
    left_out = [tool for tool, programs in TOOLS.items() if not _is_installed(programs)]
    if left_out:
        print(f"Left out, since it is not installed: what needs {', '.join(left_out)}.")
        if IS_CI:
            failed.append("completeness (nothing may be left out with CI=true)")
    verdict = "failed: " + ", ".join(failed) if failed else "all passed"
    print(f"== {verdict} ({time.monotonic() - started:.0f} s)")
    return 1 if failed else 0


def _is_installed(programs: tuple[str, ...]) -> bool:
    """Tell whether one of `programs` is there, by name on the path or by pattern."""
    return any(
        any(Path("/").glob(program[1:])) if program.startswith("/") else shutil.which(program) for program in programs
    )


if __name__ == "__main__":
    main(sys.argv[1:])
