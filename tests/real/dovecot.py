"""A real Dovecot for one mailbox, as a user who is not root, in a folder that vanishes."""

import contextlib
import grp
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import MailBoxUnencrypted

from tests.real.databases import other_user
from tests.real.loop_thread import LOOPBACK, free_port
from tests.real.processes import Program, clean_environment, need_program
from tests.real.waiting import eventually

START_SECONDS = 30
USER, PASSWORD = "replies@clinic.example", "open / sesame"
DONE = "Collected"


@dataclass(frozen=True)
class Dovecot:
    """An IMAP server that can be stopped and started again."""

    program: Program
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """What IMAP_URL is for it."""
        return f"imap://replies%40clinic.example:open%20%2F%20sesame@{LOOPBACK}:{self.port}/INBOX"

    def start(self) -> None:
        """Start it and wait until it lets us in."""
        # Left behind by a killed one
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)
        self.program.start()
        eventually(self._answers, START_SECONDS, self.program.last_lines)

    def stop(self) -> None:
        """Stop it."""
        self.program.stop()

    @contextlib.contextmanager
    def mailbox(self, folder: str = "INBOX") -> Iterator[MailBoxUnencrypted]:
        """Open a folder, as a mail program does."""
        with MailBoxUnencrypted(LOOPBACK, self.port, timeout=10).login(USER, PASSWORD, folder) as box:
            yield box

    def deliver(self, *mails: bytes, at: datetime | None = None) -> None:
        """Put e-mails into the inbox."""
        with self.mailbox() as box:
            for mail in mails:
                box.append(mail, "INBOX", dt=at)

    def uids(self, folder: str = "INBOX", criteria: str = "ALL") -> list[str]:
        """Return which e-mails lie in a folder; none where there is no such folder."""
        with self.mailbox() as box:
            if not box.folder.exists(folder):
                return []
            box.folder.set(folder)
            return box.uids(criteria)

    def empty(self) -> None:
        """Throw everything away."""
        for folder in ("INBOX", DONE):
            if self.uids(folder):
                with self.mailbox(folder) as box:
                    box.delete(box.uids())

    def _answers(self) -> bool:
        """Return whether one can sign in."""
        assert self.program.is_running(), self.program.last_lines()
        try:
            with self.mailbox():
                return True
        except (OSError, ImapToolsError):
            return False


@contextlib.contextmanager
def start_dovecot() -> Iterator[Dovecot]:
    """Run a Dovecot in a folder that vanishes."""
    program = need_program("dovecot", "/usr/sbin/dovecot")
    # A short path: sockets lie below it.
    folder = Path(tempfile.mkdtemp(prefix="clinic-imap-", dir="/tmp"))
    port = free_port()
    user = other_user() if os.geteuid() == 0 else None
    _configure(folder, port, user or pwd.getpwuid(os.geteuid()).pw_name)
    if user:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, user)
    command = [program, "-F", "-c", str(folder / "dovecot.conf")]
    dovecot = Dovecot(Program("dovecot", command, clean_environment(), folder / "dovecot.out", user), folder, port)
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, port: int, user: str) -> None:
    """Write the configuration: one person, one maildir, no privileges to drop."""
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    (folder / "mail").mkdir()
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    (folder / "dovecot.conf").write_text(
        f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = {LOOPBACK}
protocols = imap
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
mail_max_userip_connections = 50
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
""",
        encoding="utf-8",
    )
