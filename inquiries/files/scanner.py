"""The virus scanner: ClamAV's clamd, asked over its socket; without one, files are kept and marked as not scanned."""

import logging
import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 15
CHUNK_BYTES = 64 * 1024
DEFAULT_PORT = 3310
_LENGTH = struct.Struct("!L")
_LONGEST_REPLY = 4096


class ScannerAwayError(Exception):
    """There is no scanner, or it gave no verdict."""


def has_virus(data: bytes) -> bool:
    """Return the scanner's verdict. Raises ScannerAwayError without one."""
    if not settings.CLAMD_ADDRESS:
        raise ScannerAwayError
    try:
        reply = _ask(settings.CLAMD_ADDRESS, data)
    except OSError as error:
        logger.warning("virus scanner did not answer", extra={"error": type(error).__name__})
        raise ScannerAwayError from error
    if reply.endswith(b" FOUND"):
        return True
    if reply != b"stream: OK":
        logger.warning("virus scanner gave no verdict", extra={"problem": "no_verdict"})
        raise ScannerAwayError
    return False


def _ask(address: str, data: bytes) -> bytes:
    """Send `data` in clamd's own way: each chunk after its length, then a length of nothing; return the answer."""
    with _connect(address) as connection:
        connection.sendall(b"zINSTREAM\0")
        view = memoryview(data)
        for start in range(0, len(data), CHUNK_BYTES):
            chunk = view[start : start + CHUNK_BYTES]
            connection.sendall(_LENGTH.pack(len(chunk)))
            connection.sendall(chunk)
        connection.sendall(_LENGTH.pack(0))
        reply = b""
        while not reply.endswith(b"\0") and len(reply) < _LONGEST_REPLY:
            part = connection.recv(_LONGEST_REPLY)
            if not part:
                break
            reply += part
    return reply.rstrip(b"\0")


def _connect(address: str) -> socket.socket:
    """Open a connection to `/path/of/a.socket` or `tcp://host:port`."""
    if address.startswith("tcp://"):
        parts = urlsplit(address)
        return socket.create_connection((parts.hostname or "", parts.port or DEFAULT_PORT), timeout=TIMEOUT_SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(TIMEOUT_SECONDS)
        connection.connect(address.removeprefix("unix:"))
    except OSError:
        connection.close()
        raise
    return connection
