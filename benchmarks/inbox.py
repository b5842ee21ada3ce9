"""Measures the desk with 1,000 and with 1,000,000 inquiries, the two in turn, and prints a table in Markdown.

    python benchmarks/inbox.py sqlite             # both sizes on SQLite
    python benchmarks/inbox.py postgresql         # both sizes on a PostgreSQL started for it
    python benchmarks/inbox.py sqlite --large 100000 --repeats 20

Each size has a process of its own, in which Django's test client asks for the pages; this program asks the two of
them by turns, so that whatever else the machine does falls on both. No page may ask the database to count.
"""

import argparse
import contextlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
WORKER = ROOT / "benchmarks" / "inbox_worker.py"
GOAL = 1.5
WARM_UPS = 2


class Worker:
    """One site with so many inquiries, in its own process."""

    def __init__(self, url: str, count: int, folder: Path, keys: dict[str, str]) -> None:
        environment = {**os.environ, **keys, "DATABASE_URL": url, "DATA_DIR": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER), str(count)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, page: str) -> dict[str, Any]:
        """Have one page made, and return what it cost."""
        stdin, stdout = self._pipes()
        stdin.write(f"{page}\n")
        stdin.flush()
        return self.answer(stdout)

    def answer(self, stdout: IO[str] | None = None) -> dict[str, Any]:
        """Return the next line that the process says."""
        line = (stdout or self._pipes()[1]).readline()
        if not line:
            message = "The worker ended."
            raise RuntimeError(message)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError
        return self.process.stdin, self.process.stdout


@contextlib.contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Give the addresses of two empty databases."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/small.sqlite3", f"sqlite:///{folder}/large.sqlite3"
        return
    sys.path.insert(0, str(ROOT))
    from tests.real.databases import start_postgres  # noqa: PLC0415  # only where PostgreSQL is asked for

    with start_postgres() as server:
        yield server.create("small"), server.create("large")


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


def measure(small: Worker, large: Worker, repeats: int) -> list[str]:
    """Return the table's lines: both sizes' median and 95th percentile, their ratio, and the queries of both."""
    pages = [page for page in small.ask("pages")["pages"] if page in large.ask("pages")["pages"]]
    for page in pages * WARM_UPS:
        small.ask(page)
        large.ask(page)
    times: dict[tuple[str, str], list[float]] = {}
    queries: dict[tuple[str, str], set[int]] = {}
    for turn in range(repeats):
        for page in pages:
            pair = [("1k", small), ("1M", large)]
            for size, worker in pair if turn % 2 else reversed(pair):
                answer = worker.ask(page)
                times.setdefault((page, size), []).append(answer["milliseconds"])
                queries.setdefault((page, size), set()).add(answer["queries"])
    lines = []
    for page in pages:
        few, many = times[page, "1k"], times[page, "1M"]
        ratio, middle = p95(many) / p95(few), statistics.median(many) / statistics.median(few)
        asked = " / ".join(",".join(map(str, sorted(queries[page, size]))) for size in ("1k", "1M"))
        mark = "" if ratio <= GOAL else " (over)"
        lines.append(
            f"| {page} | {statistics.median(few):.1f} | {statistics.median(many):.1f} | {middle:.2f} "
            f"| {p95(few):.1f} | {p95(many):.1f} | {ratio:.2f}{mark} | {asked} |"
        )
    return lines


def main() -> None:
    """Build both sizes, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("kind", choices=["sqlite", "postgresql"])
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=30)
    options = parser.parse_args()
    keys = {"SECRET_KEY": secrets.token_hex(32), "FIELD_ENCRYPTION_KEYS": secrets.token_hex(32)}
    with tempfile.TemporaryDirectory(prefix="clinic-inbox-") as name, databases(options.kind, Path(name)) as urls:
        started = time.monotonic()
        workers = [
            Worker(url, count, Path(name), keys)
            for url, count in zip(urls, (options.small, options.large), strict=True)
        ]
        for worker in workers:
            print(f"{worker.answer()['built']}", file=sys.stderr)
        print(f"Built in {time.monotonic() - started:.0f} s.", file=sys.stderr)
        lines = measure(workers[0], workers[1], options.repeats)
        for worker in workers:
            worker.process.kill()
            worker.process.wait()
    sizes = f"{options.small:,} and {options.large:,} inquiries"
    print(f"{options.kind}, {sizes}, {options.repeats} times, milliseconds of work\n")
    print("| page | median 1k | median 1M | ratio | p95 1k | p95 1M | ratio | queries |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
