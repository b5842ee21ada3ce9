"""`manage.py serve`: sets up what is missing, then runs web, worker and scheduler as one process tree."""

import fcntl
import os
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError
from django.urls import reverse

from clinic_site import supervisor
from clinic_site.embedded import prepare_data_dir
from clinic_site.preparation import describe, prepare, sign_ins_file
from clinic_site.supervisor import KeepsDyingError, Process
from coordinators.demo import SignIn

CELERY = (sys.executable, "-m", "celery", "--quiet", "-A", "clinic_site")
QUIET = ("--loglevel", "warning")
SWEEP_SECONDS = "60"


class Command(BaseCommand):
    """Serve the site from this machine until Ctrl-C or SIGTERM."""

    help = "Set up whatever is missing, then run web server, worker and scheduler until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port, which otherwise comes from the environment."""
        parser.add_argument("--port", type=int, help="the port to listen on (default: PORT, or 8000)")

    def handle(self, *_args: object, port: int | None = None, **_options: object) -> None:
        """Prepare, tell where everything is, and run."""
        if port not in {None, settings.PORT}:
            _start_anew(port)
        prepare_data_dir()
        with _lock(Path(settings.DATA_DIR) / "serve.lock"), _listen() as listener:
            try:
                sign_ins = prepare()
                if settings.IS_PUBLIC:
                    call_command("check", deploy=True, databases=["default"])
                self._announce(sign_ins)
                supervisor.run(_processes(listener), on_stop=lambda: self._stop(listener))
            except OperationalError as error:
                reason = str(error).partition("\n")[0]
                sys.exit(f"The database cannot be used: {reason}")
            except KeepsDyingError as fault:
                sys.exit(str(fault))

    def _announce(self, sign_ins: list[SignIn]) -> None:
        """Say the address, who may sign in, and where mail lands."""
        site = settings.SITE_URL
        lines = [f"The site is at {site}/ and its desk at {site}{reverse('admin:index')}"]
        kept = sign_ins_file()
        if sign_ins:
            lines += [f"Sign-ins, shown this once and kept in {kept}:", describe(sign_ins)]
        elif kept.is_file():
            lines += [f"Sign-ins were shown at the first start; {kept} still holds them."]
        lines += [_where_mail_lands(), "Ctrl-C stops everything."]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _stop(self, listener: socket.socket) -> None:
        """Turn new visitors away while the others, and the worker's last task, come to their end."""
        listener.close()
        self.stdout.write("Stopping ...")
        self.stdout.flush()


def _start_anew(port: int) -> None:
    """Run again with `port` in the environment, where the settings read it."""
    os.execv(sys.executable, [sys.executable, "-m", "clinic_site.embedded", "--port", str(port)])  # noqa: S606  # our own module


def _lock(file: Path) -> IO[str]:
    """Return the open lock file of the data folder, or end where another server holds it."""
    stream = file.open("a+", encoding="utf-8")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.seek(0)
        sys.exit(
            f"The site is running already on {settings.DATA_DIR} ({stream.read().strip()}): "
            "stop that one, or set DATA_DIR to another folder."
        )
    stream.truncate(0)
    stream.write(f"process {os.getpid()}, {settings.SITE_URL}/")
    stream.flush()
    return stream


def _listen() -> socket.socket:
    """Return the listening socket, or end where its port is taken.

    The socket belongs to the supervisor: visitors wait in its queue while the web server starts or restarts.
    """
    place = urlsplit("//" + (os.environ.get("BIND") or "127.0.0.1"))
    host, port = place.hostname or "", place.port or settings.PORT
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(socket.SOMAXCONN)
    except OSError as error:
        sys.exit(f"Port {port} on {host} cannot be used ({error.strerror}): choose another one with --port.")
    return listener


def _processes(listener: socket.socket) -> list[Process]:
    """Return the programs of the site."""
    web = (sys.executable, "-m", "gunicorn", "--config", "python:clinic_site.web_server")
    alone = ("--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")
    processes = [
        Process("web server", (*web, "--bind", f"fd://{listener.fileno()}"), pass_fds=[listener.fileno()]),
        Process("worker", (*CELERY, "worker", *QUIET, *alone)),
        # No pid file and no schedule file: a SIGKILL could leave either in a state that stops the next start.
        Process("scheduler", (*CELERY, "beat", *QUIET, "--pidfile=", "--scheduler", "celery.beat:Scheduler")),
    ]
    if not settings.CELERY_BROKER_URL.startswith("filesystem://"):
        # A broker of its own can be away: mail then flows from the database alone.
        manage = (sys.executable, str(settings.BASE_DIR / "manage.py"))
        processes.append(Process("sweeper", (*manage, "sweep_outbox", "--every", SWEEP_SECONDS)))
    return processes


def _where_mail_lands() -> str:
    """Say what becomes of outgoing mail, without a password."""
    if settings.MAIL_IS_KEPT:
        page = settings.SITE_URL + reverse("kept-mail")
        return f"Mail is kept under {settings.DATA_DIR / 'mail'}; a signed-in manager reads it at {page}"
    return f"Mail goes to {settings.EMAIL_HOST}, port {settings.EMAIL_PORT}."
