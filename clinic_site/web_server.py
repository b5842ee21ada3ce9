"""How gunicorn serves the site, in both sizes: `gunicorn --config python:clinic_site.web_server`.

One worker process, or as many as WEB_CONCURRENCY says.
"""

from typing import Protocol

from clinic_site.supervisor import die_with_parent


class Arbiter(Protocol):
    """What the hook below needs of gunicorn's main process."""

    pid: int


wsgi_app = "clinic_site.wsgi:application"
worker_class = "gthread"
threads = 8
# Longer than SQLite's wait for a lock, so that a busy database answers 503 instead of losing its worker.
timeout = 30
# Shorter than the supervisor's patience, so that open requests end by themselves.
graceful_timeout = 8
# One socket per account would be shared by every site of this machine.
control_socket_disable = True
# The application logs its requests itself, with ids only.
accesslog = None
loglevel = "warning"


def post_fork(server: Arbiter, worker: object) -> None:  # noqa: ARG001 - gunicorn's signature
    """Let a worker end with its arbiter, however the arbiter ends."""
    die_with_parent(server.pid)
