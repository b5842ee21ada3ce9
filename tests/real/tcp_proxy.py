"""A network that fails on request: stands between the site and a server, usually Redis."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from enum import Enum
from typing import Self

from tests.real.loop_thread import LOOPBACK, LoopThread, free_port

CHUNK = 65_536


class Mode(Enum):
    """What becomes of bytes."""

    PASS = "pass"
    REFUSE = "refuse"
    SWALLOW = "swallow"


@dataclass
class TcpProxy:
    """Forwards a free port of the loopback to `target`; a context manager."""

    target: int
    port: int = field(default_factory=free_port)
    accepted: int = 0
    swallowed_bytes: int = 0

    def __post_init__(self) -> None:
        self._mode = Mode.PASS
        self._thread = LoopThread("tcp-proxy")
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Self:
        self.forward()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def forward(self) -> None:
        """Be a good network; whatever was swallowed before ends with a reset."""
        if self._mode is Mode.SWALLOW:
            self.drop()
        self._set(Mode.PASS)

    def refuse(self) -> None:
        """Refuse connections and reset open ones, as a machine does whose server is down."""
        self._set(Mode.REFUSE)

    def swallow(self) -> None:
        """Accept and read everything, answer nothing; open connections fall silent too."""
        self._set(Mode.SWALLOW)

    def drop(self) -> None:
        """Reset every open connection."""
        self._thread.call(self._reset())

    def close(self) -> None:
        """Stop for good."""
        self.refuse()
        self._thread.close()

    def _set(self, mode: Mode) -> None:
        self._mode = mode
        self._thread.call(self._open_or_close_the_door())

    async def _open_or_close_the_door(self) -> None:
        """Listen, or not, as the mode wants it."""
        if self._mode is Mode.REFUSE:
            if self._server is not None:
                self._server.close()
                await self._reset()
                await self._server.wait_closed()
            self._server = None
        elif self._server is None:
            self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port, backlog=512)

    async def _reset(self) -> None:
        """Abort both ends of everything."""
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        self.accepted += 1
        self._writers.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self.target)
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(far_writer)
        pumps = [
            asyncio.ensure_future(self._pump(reader, far_writer)),
            asyncio.ensure_future(self._pump(far_reader, writer)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            for end in (writer, far_writer):
                end.transport.abort()
                self._writers.discard(end)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes one way, or let them vanish."""
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self._mode is Mode.SWALLOW:
                    self.swallowed_bytes += len(data)
                    continue
                writer.write(data)
                await writer.drain()
