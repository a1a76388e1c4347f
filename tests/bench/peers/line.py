"""The load driver: keep-alive connections over which requests that were packed beforehand go out, and whose answers are read whole.

It speaks HTTP over asyncio's streams, so that of two cores as little as possible is the driver's; what it takes is reported.
"""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import perf_counter, process_time

PATIENCE_S = 120


@dataclass
class Reply:
    """One answer: status, headers (lower case), body as it came."""

    status: int
    headers: dict[str, str]
    packed: bytes

    def json(self):
        packed = self.headers.get("content-encoding") == "gzip"
        return json.loads(gzip.decompress(self.packed) if packed else self.packed)


@dataclass
class Tally:
    """What went over all lines of one run: bytes up and down with their headers, the driver's own CPU."""

    up: int = 0
    down: int = 0
    lasted_s: float = 0.0
    driver_cpu_s: float = 0.0


class Line:
    """One connection, as one phone has it. Opened when it is first used, and again when the server has closed it."""

    def __init__(self, port: int, tally: Tally):
        self._port, self.tally, self._streams = port, tally, None

    async def ask(self, request: bytes) -> Reply:
        """Send this and wait for the whole answer."""
        try:
            reply, size = await asyncio.wait_for(self._exchange(request), PATIENCE_S)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()  # the server had closed an idle connection: as a browser does, once more on a new one
            reply, size = await asyncio.wait_for(self._exchange(request), PATIENCE_S)
        self.tally.up += len(request)
        self.tally.down += size
        return reply

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _exchange(self, request: bytes) -> tuple[Reply, int]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status, headers = read_head(head)
        if headers.get("transfer-encoding") == "chunked":
            body, framing = await read_chunks(reader)
        else:
            body, framing = await reader.readexactly(int(headers.get("content-length", 0))), 0
        if headers.get("connection") == "close":
            self.close()
        return Reply(status, headers, body), len(head) + len(body) + framing


def read_head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines if line)
    return int(first.split(" ", 2)[1]), {name.lower(): value.strip().lower() for name, value in pairs}


async def read_chunks(reader: asyncio.StreamReader) -> tuple[bytes, int]:
    """(the body, how many bytes its framing took)."""
    parts, framing = [], 0
    while True:
        size_line = await reader.readuntil(b"\r\n")
        size = int(size_line, 16)
        parts.append((await reader.readexactly(size + 2))[:-2])
        framing += len(size_line) + 2
        if size == 0:
            return b"".join(parts), framing


def request(method: str, path: str, content: object = None, *, packed: bool = True, **headers: str) -> bytes:
    """A whole request, its body (JSON, or a list of lines) in gzip (or plain, for a server that cannot unpack)."""
    kind = "application/x-ndjson" if isinstance(content, list) else "application/json"
    body = b"" if content is None else "\n".join(content).encode() if isinstance(content, list) else as_json(content).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json", "Accept-Encoding: gzip"]
    if body and packed:
        body = gzip.compress(body, 6)
        lines.append("Content-Encoding: gzip")
    if body:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def at_once(port: int, jobs: Iterable[Callable[[Line], Awaitable[None]]], lines: int, within_s: float | None = None) -> Tally:
    """Do these jobs in their order over so many lines at once; with `within_s`, begin none after that time."""
    return asyncio.run(_at_once(port, iter(jobs), lines, within_s))


def ask_once(port: int, packed: bytes) -> Reply:
    """One request over a line of its own, which must be served."""
    replies = []

    async def job(line: Line) -> None:
        replies.append(await line.ask(packed))

    at_once(port, [job], 1)
    assert replies[0].status < 400, (replies[0].status, replies[0].packed[:300])
    return replies[0]


async def _at_once(port: int, jobs, lines: int, within_s: float | None) -> Tally:
    tally = Tally()
    began, cpu = perf_counter(), process_time()

    async def works() -> None:
        line = Line(port, tally)
        for job in jobs:
            if within_s and perf_counter() - began > within_s:
                break
            await job(line)
        line.close()

    await asyncio.gather(*(works() for _ in range(lines)))
    tally.lasted_s, tally.driver_cpu_s = perf_counter() - began, process_time() - cpu
    return tally
