"""An event loop in a thread of its own, for the servers that tests run beside the site."""

import asyncio
import random
import socket
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

LOOPBACK = "127.0.0.1"
# Below the range that the kernel takes for outgoing connections, so that a port which is given up for a while stays
# free until its owner takes it again.
PORTS = range(20_000, 32_000)
CALL_SECONDS = 10

Result = TypeVar("Result")


def free_port() -> int:
    """Return a port of this machine's loopback that nobody listens on."""
    for port in random.sample(PORTS, 200):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port on this machine")


class LoopThread:
    """Runs coroutines for callers that are not asynchronous."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run `work` in the loop and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(CALL_SECONDS)

    def close(self) -> None:
        """Cancel what still runs, then end the loop and its thread."""
        self.call(_cancel_everything())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_SECONDS)
        self._loop.close()


async def _cancel_everything() -> None:
    """Cancel every other task of the running loop and let their sockets close."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)
