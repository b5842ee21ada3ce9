"""A real mail server that keeps what it accepts, and fails on request in the ways that mail servers fail."""

import asyncio
import contextlib
import logging
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal, Self, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.real.loop_thread import LOOPBACK, LoopThread, free_port

Stage = Literal["RCPT", "DATA"]
ACCEPTED = "250 OK"
# It tells every command of every client.
logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Letter:
    """One accepted e-mail."""

    recipient: str
    message: EmailMessage
    arrived_at: float

    @property
    def message_id(self) -> str:
        """The header by which copies of one e-mail are recognised."""
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The decoded plain text."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body else ""

    @property
    def links(self) -> list[str]:
        """The addresses in the text, in their order."""
        return re.findall(r"https?://[^\s<>]+", self.text)


@dataclass(frozen=True)
class _Behaviour:
    """How the server answers at present."""

    banner: Literal["normal", "421", "hang"] = "normal"
    refusal: int | None = None
    refused: str = ""
    hold: Stage | None = None
    hold_seconds: float = 0
    seconds_per_letter: float = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class SmtpSink:
    """An SMTP server on a free port of the loopback; a context manager.

    Letters stay through `stop()` and `start()`; `clear()` forgets them.
    """

    port: int = field(default_factory=free_port)
    letters: list[Letter] = field(default_factory=list)
    connections: int = 0
    attempts: Counter[str] = field(default_factory=Counter)
    held: int = 0

    def __post_init__(self) -> None:
        self._behaviour = _Behaviour()
        self._thread = LoopThread("smtp-sink")
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.BaseTransport] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """What EMAIL_URL must be for mail to land here."""
        return f"smtp://{LOOPBACK}:{self.port}"

    # Running

    def start(self) -> None:
        """Listen, on the same port as ever."""
        if self._server is None:
            self._server = self._thread.call(self._listen())

    def stop(self) -> None:
        """Refuse connections and cut those that are open, as a server does that is switched off."""
        if self._server is not None:
            self._thread.call(self._hang_up(self._server))
            self._server = None

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._thread.close()

    # Failing

    def behave(self) -> None:
        """Accept everything at once; whoever is held goes on."""
        self._change(_Behaviour())

    def refuse(self, code: int, recipient: str = "") -> None:
        """Answer RCPT with `code` for addresses that contain `recipient`."""
        self._change(_Behaviour(refusal=code, refused=recipient))

    def turn_away(self) -> None:
        """Greet everybody with 421 and close."""
        self._change(_Behaviour(banner="421"))

    def hang(self) -> None:
        """Greet, then never answer anything."""
        self._change(_Behaviour(banner="hang"))

    def hold(self, stage: Stage, seconds: float) -> None:
        """Make clients wait for the answer to RCPT, or to the text after DATA (which is kept before the wait).

        `held` says how many wait at the moment; the window in which to kill a sender.
        """
        self._change(_Behaviour(hold=stage, hold_seconds=seconds))

    def be_slow(self, seconds: float) -> None:
        """Take `seconds` for every e-mail."""
        self._change(_Behaviour(seconds_per_letter=seconds))

    def _change(self, behaviour: _Behaviour) -> None:
        """Behave otherwise from now on; whoever is held is let go."""
        before, self._behaviour = self._behaviour, behaviour
        self._thread.call(_end(before))

    # Looking

    def clear(self) -> None:
        """Forget all letters and counts, and behave."""
        self.behave()
        with self._lock:
            self.letters.clear()
            self.attempts.clear()
            self.connections = 0

    def is_idle(self) -> bool:
        """Return whether nobody is connected."""
        return not self._transports

    def to(self, recipient: str) -> list[Letter]:
        """Return the letters to one address, in their order of arrival."""
        with self._lock:
            return [letter for letter in self.letters if letter.recipient == recipient]

    def copies(self) -> Counter[str]:
        """Return how many copies of each Message-ID arrived."""
        with self._lock:
            return Counter(letter.message_id for letter in self.letters)

    # Serving, in the loop's thread

    async def _listen(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._protocol, LOOPBACK, self.port)

    def _protocol(self) -> asyncio.Protocol:
        """Return who talks to a new client."""
        if self._behaviour.banner == "normal":
            return _Conversation(self)
        return _Brusque(self, self._behaviour.banner)

    async def _hang_up(self, server: asyncio.Server) -> None:
        """Close the door, and every conversation."""
        server.close()
        for transport in list(self._transports):
            cast("asyncio.Transport", transport).abort()
        await server.wait_closed()
        await asyncio.sleep(0)

    def opened(self, transport: asyncio.BaseTransport) -> None:
        """Note a connection."""
        self.connections += 1
        self._transports.add(transport)

    def closed(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection."""
        self._transports.discard(transport)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        self.attempts[address] += 1
        await self._wait("RCPT")
        behaviour = self._behaviour
        if behaviour.refusal and behaviour.refused in address:
            return f"{behaviour.refusal} refused by the test"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return ACCEPTED

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Keep the letter, then answer: a client that dies in between never learns that it was kept."""
        content = envelope.content
        raw = content.encode() if isinstance(content, str) else content or b""
        await asyncio.sleep(self._behaviour.seconds_per_letter)
        with self._lock:
            for recipient in envelope.rcpt_tos:
                message = message_from_bytes(raw, EmailMessage, policy=policy.default)
                self.letters.append(Letter(recipient, message, time.monotonic()))
        await self._wait("DATA")
        return ACCEPTED

    async def _wait(self, stage: Stage) -> None:
        """Hold the client, while that is what tests want."""
        behaviour = self._behaviour
        if behaviour.hold != stage:
            return
        self.held += 1
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(behaviour.over.wait(), behaviour.hold_seconds)
        finally:
            self.held -= 1


async def _end(behaviour: _Behaviour) -> None:
    """Let go whoever is held by a behaviour."""
    behaviour.over.set()


class _Conversation(SMTP):
    """A client of the sink, taken note of."""

    def __init__(self, sink: SmtpSink) -> None:
        super().__init__(sink, hostname="sink.example", loop=asyncio.get_running_loop())
        self._sink = sink

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._sink.opened(transport)
        super().connection_made(transport)
        self._own = transport

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._sink.closed(self._own)


class _Brusque(asyncio.Protocol):
    """A server that greets and then does nothing for its client."""

    def __init__(self, sink: SmtpSink, banner: Literal["421", "hang"]) -> None:
        self._sink = sink
        self._banner = banner

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._own = cast("asyncio.Transport", transport)
        self._sink.opened(transport)
        if self._banner == "421":
            self._own.write(b"421 sink.example not today\r\n")
            self._own.close()
        else:
            self._own.write(b"220 sink.example ESMTP\r\n")

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self._sink.closed(self._own)
