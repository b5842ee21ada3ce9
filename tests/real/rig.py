"""The rig: real servers, real processes, real failures. Everything that tests need of it is named here."""

from tests.real.databases import PostgresServer, start_postgres, start_redis
from tests.real.loop_thread import free_port
from tests.real.processes import Program, clean_environment, is_alive, kill, need_program, processes_with
from tests.real.rows import Email, Rows
from tests.real.running_site import (
    Answer,
    EmbeddedSite,
    GrownSite,
    SignIn,
    Site,
    Template,
    form_answers,
    prepare,
    together,
)
from tests.real.smtp_sink import Letter, SmtpSink
from tests.real.tcp_proxy import TcpProxy
from tests.real.waiting import eventually

__all__ = [
    "Answer",
    "Email",
    "EmbeddedSite",
    "GrownSite",
    "Letter",
    "PostgresServer",
    "Program",
    "Rows",
    "SignIn",
    "Site",
    "SmtpSink",
    "TcpProxy",
    "Template",
    "clean_environment",
    "eventually",
    "form_answers",
    "free_port",
    "is_alive",
    "kill",
    "need_program",
    "prepare",
    "processes_with",
    "start_postgres",
    "start_redis",
    "together",
]
