"""The repository itself: what reviewers would repeat by hand."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from inquiries.private import urls as private_urls

ROOT: Path = settings.BASE_DIR
TEMPLATES = ROOT / "templates"
# Templates that Django or crispy-forms ask for by name.
ASKED_FOR_BY_LIBRARIES = re.compile(r"^(admin|clinic|registration)/|^(400|403|404|500|503)\.html$")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def test_every_template_is_used() -> None:
    sources = tracked("*.py", "*.html", "*.txt")
    texts = {path: path.read_text(encoding="utf-8") for path in sources}
    for template in TEMPLATES.rglob("*.*"):
        name = template.relative_to(TEMPLATES).as_posix()
        if ASKED_FOR_BY_LIBRARIES.match(name) or name.startswith(("illustrations/", "inquiries/email/")):
            continue
        assert any(name in text for path, text in texts.items() if path != template), f"nothing uses {name}"


def test_no_file_names_an_index_or_leaves_work_undone() -> None:
    undone = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b|--(extra-)?index[-]url|--find[-]links")
    for path in tracked(
        "*.py", "*.html", "*.css", "*.js", "*.txt", "*.in", "*.toml", "*.yaml", "Dockerfile", "script/*"
    ):
        assert not undone.search(path.read_text(encoding="utf-8")), path


def test_every_dependency_says_what_it_is_for() -> None:
    for path in (ROOT / "requirements").glob("*.in"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-")):
                assert " # " in line, f"{path.name}: {line}"


def test_locks_are_hashed() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9][^=\s]*==\S+.*$", text, re.MULTILINE)
        assert pins
        assert all(pin.rstrip().endswith("\\") for pin in pins), path.name


def test_python_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["ruff"]["target-version"] == "py311"
    assert project["tool"]["mypy"]["python_version"] == "3.11"


def test_every_queue_has_a_worker() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    commands = " ".join(str(service.get("command", "")) for service in compose["services"].values())
    assert "worker" in commands
    assert "--queues" not in commands or settings.CELERY_TASK_DEFAULT_QUEUE in commands


def _csrf_exempt_views(resolver: URLResolver) -> set[str]:
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found |= _csrf_exempt_views(pattern)
        elif isinstance(pattern, URLPattern) and getattr(pattern.callback, "csrf_exempt", False):
            found.add(str(pattern.name))
    return found


def test_only_the_cookieless_form_goes_without_a_token() -> None:
    private = {str(pattern.name) for pattern in private_urls.urlpatterns}
    assert _csrf_exempt_views(get_resolver()) == {"form", "private-link-request", "count"} | private


@pytest.mark.parametrize("name", ["README.md", "Dockerfile", "compose.yaml", ".ci/run", "script/server", "script/test"])
def test_entry_points_exist(name: str) -> None:
    path = ROOT / name
    assert path.is_file()
    if name.startswith(("script/", ".ci/")):
        assert path.stat().st_mode & 0o111, f"{name} must be executable"


def test_suppressions_give_a_reason() -> None:
    marks = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[a-z-, ]+\])(?P<rest>.*)$")
    for path in tracked("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            match = marks.search(line)
            if match:
                assert match["rest"].strip().startswith(("#", "- ")), f"{path}: {line.strip()}"


def test_the_site_runs_on_what_it_says_it_needs() -> None:
    """A library of the tests is not there in production."""
    locked = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    pins = set(re.findall(r"^([a-z0-9-]+)==", locked, re.MULTILINE))
    needed = {
        name.split(".")[0]
        for path in tracked("*.py")
        if path.relative_to(ROOT).parts[0] in {"clinic_site", "coordinators", "inquiries", "treatments"}
        for name in re.findall(r"^(?:from|import) ([a-z_][\w.]*)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    libraries = packages_distributions()
    third_party = needed - sys.stdlib_module_names - {"clinic_site", "coordinators", "inquiries", "treatments"}
    assert {name for name in third_party if not set(map(_pin, libraries[name])) & pins} == set()


def _pin(distribution: str) -> str:
    """Return a library's name as a lock file writes it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()
