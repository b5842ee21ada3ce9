"""The site as it really runs: its own processes, its own data, a real mail server behind it.

Two sizes: `EmbeddedSite` is what script/server starts (SQLite, messages in files, one process tree), `GrownSite` is
what compose.yaml starts (PostgreSQL, Redis, gunicorn, Celery workers with processes of their own, beat).
"""

import hashlib
import http.client
import json
import shutil
import subprocess
import sys
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode, urlsplit

from django.urls import reverse
from django.utils import translation

from tests.real.loop_thread import LOOPBACK, free_port
from tests.real.processes import ROOT, Program, clean_environment, kill, last_lines, processes_with
from tests.real.rows import Email, Rows
from tests.real.smtp_sink import SmtpSink
from tests.real.tcp_proxy import TcpProxy
from tests.real.waiting import eventually

START_SECONDS = 40
REQUEST_SECONDS = 120
SWEEP_SECONDS = 1
# A mail server's silence ends before the lease does, and both are short enough for a test to wait for.
EMAIL_TIMEOUT_SECONDS = 3
LEASE_SECONDS = 4
HEALTH_STEP = 0.2
CLIENTS = 8
MARKS = {"web": "gunicorn", "worker": " worker ", "beat": " beat "}

_numbers = count(1)


@dataclass(frozen=True)
class Answer:
    """What came back for one request, and from which patient it came, if from any."""

    status: int
    location: str
    seconds: float
    body: str
    patient: str = ""

    @property
    def receipt_digest(self) -> str:
        """What the database keeps of the confirmation page's address."""
        token = urlsplit(self.location).path.rstrip("/").rpartition("/")[2]
        return hashlib.sha256(token.encode()).hexdigest()


class SignIn(NamedTuple):
    """An account of the demo team."""

    role: str
    email: str
    password: str


def prepare(data_dir: Path, **variables: str) -> None:
    """Do what a first start does before it serves: migrations, contents, catalogues, static files, demo team."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.real.prepare_site"],
        cwd=ROOT,
        env=clean_environment(DATA_DIR=str(data_dir), **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def form_answers(language: str = "en", **overrides: Any) -> dict[str, Any]:
    """Return a complete inquiry of somebody who has not written before, as the browser posts it."""
    number = f"{next(_numbers)}-{uuid.uuid4().hex[:6]}"
    filled: dict[str, Any] = {
        "treatment": "facet-infiltration",
        "name": "Jan Patient",
        "email": f"patient-{number}@example.com",
        "contact_by": ["email"],
        "phone": "",
        "country": "Germany",
        "preferred_language": language,
        "for_whom": "self",
        "message": f"Question {number}",
        "consent": "on",
    }
    return {**filled, **overrides}


class Site(ABC):
    """A running site whose mail goes to `sink`; a context manager. `settings` reach all its processes."""

    def __init__(self, data_dir: Path, sink: SmtpSink, **settings: str) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self.data_dir = data_dir
        self.sink = sink
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.environment = clean_environment(
            **{
                "DATA_DIR": str(data_dir),
                "PORT": str(self.port),
                "SITE_URL": self.url,
                "EMAIL_URL": sink.url,
                "EMAIL_TIMEOUT": str(EMAIL_TIMEOUT_SECONDS),
                "INQUIRIES_PER_HOUR": "0",
                "OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
                "OUTBOX_SWEEP_SECONDS": str(SWEEP_SECONDS),
                "PROMISE_WATCH_SECONDS": str(SWEEP_SECONDS),
                "DJANGO_SETTINGS_MODULE": "clinic_site.settings",
                **settings,
            }
        )

    @property
    @abstractmethod
    def rows(self) -> Rows:
        """The database."""

    @property
    @abstractmethod
    def programs(self) -> Iterable[Program]:
        """What is started directly; other processes are theirs."""

    def __enter__(self) -> Self:
        try:
            self.start()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    # Processes

    def start(self) -> None:
        """Start whatever does not run."""
        for program in self.programs:
            if not program.is_running():
                program.start()

    def stop(self) -> None:
        """Stop everything at once; nothing is left behind."""
        kill(self.pids())
        for program in self.programs:
            program.stop()

    def pids(self, part: str | None = None) -> list[int]:
        """Return the processes of the whole site, or of its "web", "worker" or "beat" with their children."""
        return [
            pid
            for pid, command in processes_with("DATA_DIR", str(self.data_dir)).items()
            if part is None or MARKS[part] in f"{command} "
        ]

    def kill(self, part: str) -> list[int]:
        """SIGKILL a part of the site with all its processes, and return which they were."""
        pids = self.pids(part)
        assert pids, self.explain(f"no process of the {part} to kill")
        kill(pids)
        return pids

    @abstractmethod
    def revive(self, part: str) -> None:
        """See to it that a killed part runs again."""

    def restart(self, part: str) -> None:
        """Kill a part and wait until the site takes inquiries again; the part remembers nothing."""
        self.kill(part)
        self.revive(part)
        self.wait_takes_inquiries()

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until every part works: database, broker, worker and scheduler."""
        eventually(lambda: self.health() == "ok", seconds, lambda: self.explain("the site is not ready"), HEALTH_STEP)

    def wait_takes_inquiries(self, seconds: float = START_SECONDS) -> None:
        """Wait until inquiries can be stored; mail may still have to wait."""
        ready = {"ok", "degraded"}
        eventually(lambda: self.health() in ready, seconds, lambda: self.explain("no inquiry can be sent"), HEALTH_STEP)

    def health(self) -> str:
        """Return what /health/ready says, or "no answer"."""
        try:
            answer = self.get("/health/ready")
            return str(json.loads(answer.body)["status"])
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            return "no answer"

    def recover(self) -> None:
        """Make everything good again, and forget what earlier tests sent."""
        self.sink.clear()
        self.sink.start()
        self.start()
        self.wait_ready()
        self.rows.forget_inquiries()
        eventually(self.sink.is_idle, START_SECONDS, lambda: self.explain("somebody still sends"))
        self.sink.clear()

    # Requests

    def get(self, path: str) -> Answer:
        """Get a page."""
        return self._request("GET", path)

    def post_inquiry(self, language: str = "en", **overrides: Any) -> Answer:
        """Send the inquiry form in one of the languages, as a browser does; every call is another patient."""
        with translation.override(language):
            path = reverse("inquiries:form")
        form = form_answers(language, **overrides)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.url,
            "Sec-Fetch-Site": "same-origin",
            "Sec-Fetch-Mode": "navigate",
        }
        answer = self._request("POST", path, urlencode(form, doseq=True), headers)
        return replace(answer, patient=form["email"])

    def post_inquiries(self, number: int, **overrides: Any) -> list[Answer]:
        """Send inquiries of several patients at the same time."""
        return together([lambda: self.post_inquiry(**overrides)] * number)

    def _request(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        started = time.monotonic()
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=REQUEST_SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        seconds = time.monotonic() - started
        return Answer(response.status, response.headers.get("Location", ""), seconds, text)

    # Data

    def sign_ins(self) -> list[SignIn]:
        """Return the demo team's accounts."""
        lines = (self.data_dir / "sign-ins.txt").read_text(encoding="utf-8").splitlines()
        return [SignIn(role.strip(), *rest.split()) for role, _, rest in (line.partition(":") for line in lines)]

    def emails_of(self, answers: Iterable[Answer]) -> list[Email]:
        """Return the outbox rows of the inquiries that were answered so."""
        keys = {self.rows.inquiry(answer.receipt_digest) for answer in answers}
        return [email for email in self.rows.emails() if email.inquiry in keys]

    def sweep_once(self) -> None:
        """Run `manage.py sweep_outbox` once, as a timer of the operating system does."""
        sweep = self.sweeper("sweep-once")
        sweep.start()
        assert sweep.wait(REQUEST_SECONDS) == 0, self.explain("the sweep failed")

    def sweeper(self, name: str, *options: str) -> Program:
        """Return `manage.py sweep_outbox`, not yet started."""
        command = [sys.executable, "manage.py", "sweep_outbox", *options]
        return Program(name, command, self.environment, self.data_dir / f"{name}.log")

    def explain(self, what: str) -> str:
        """Return `what` with everything that helps to understand it: processes, outbox, logs."""
        running = "\n".join(f"{pid} {text}" for pid, text in processes_with("DATA_DIR", str(self.data_dir)).items())
        logs = "\n".join(last_lines(log) for log in sorted(self.data_dir.glob("*.log")))
        return f"{what}\n--- processes\n{running}\n--- outbox\n{self._outbox()}\n{logs}"

    def _outbox(self) -> str:
        try:
            return "\n".join(str(email) for email in self.rows.emails())
        except Exception as error:  # noqa: BLE001  # must not hide what it should explain
            return repr(error)


class EmbeddedSite(Site):
    """One process tree on SQLite, with a broker of files."""

    def __init__(self, data_dir: Path, sink: SmtpSink, **settings: str) -> None:
        super().__init__(data_dir, sink, **settings)
        command = [sys.executable, "-m", "clinic_site.embedded", "--port", str(self.port)]
        self.server = Program("server", command, self.environment, data_dir / "server.log")

    @property
    def rows(self) -> Rows:
        """The database."""
        return Rows(self.data_dir / "clinic.sqlite3")

    @property
    def programs(self) -> Iterable[Program]:
        """The one that starts all others."""
        return [self.server]

    def revive(self, part: str) -> None:
        """Wait until the supervisor has restarted the part."""
        eventually(lambda: self.pids(part), 20, lambda: self.explain(f"the {part} was not restarted"))


class Template:
    """A data folder as the first start leaves it, made by a real one, and copied for every site of the tests."""

    def __init__(self, folder: Path, sink: SmtpSink) -> None:
        with EmbeddedSite(folder, sink, EMAIL_URL="") as site:
            self.said = site.server.log.read_text(encoding="utf-8")
            self.front_page = site.get("/en/")
        site.server.log.unlink()
        self.site = site

    def copy_to(self, folder: Path) -> None:
        """Make `folder` such a data folder; file times stay, so that nothing looks changed."""
        shutil.copytree(self.site.data_dir, folder)


class GrownSite(Site):
    """Separate processes on PostgreSQL and, through `network`, Redis; the worker has two processes of its own."""

    def __init__(self, data_dir: Path, sink: SmtpSink, database_url: str, network: TcpProxy, **settings: str) -> None:
        broker_url = f"redis://{LOOPBACK}:{network.port}/0"
        super().__init__(data_dir, sink, DATABASE_URL=database_url, CELERY_BROKER_URL=broker_url, **settings)
        self.network = network
        self._database_url = database_url
        python = [sys.executable, "-m"]
        bind = ["--bind", f"{LOOPBACK}:{self.port}"]
        self.web = self._program("web", [*python, "gunicorn", "--config", "python:clinic_site.web_server", *bind])
        self.worker = self.another_worker("worker")
        beat = [*python, "celery", "--quiet", "-A", "clinic_site", "beat", "--loglevel", "warning", "--pidfile="]
        self.beat = self._program("beat", beat)

    @property
    def rows(self) -> Rows:
        """The database."""
        return Rows(self._database_url)

    @property
    def programs(self) -> Iterable[Program]:
        """Everything but the children of gunicorn and of the worker."""
        return [self.web, self.worker, self.beat]

    def recover(self) -> None:
        """Make everything good again, the network too, and forget what earlier tests sent."""
        self.network.forward()
        super().recover()

    def another_worker(self, name: str) -> Program:
        """Return a Celery worker as compose.yaml starts it, not yet started."""
        options = ["--loglevel", "warning", "--pool", "prefork", "--concurrency", "2"]
        alone = ["--without-gossip", "--without-mingle", "--hostname", f"{name}@%h"]
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "clinic_site", "worker"]
        return self._program(name, [*celery, *options, *alone])

    def revive(self, part: str) -> None:
        """Start a killed part again."""
        program = {"web": self.web, "worker": self.worker, "beat": self.beat}[part]
        program.stop()
        program.start()

    def _program(self, name: str, command: list[str]) -> Program:
        return Program(name, command, self.environment, self.data_dir / f"{name}.log")


def together(works: list[Callable[[], Any]], at_once: int = CLIENTS) -> list[Any]:
    """Do several things at the same time and return what each returned."""
    with ThreadPoolExecutor(at_once) as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]
