"""The three works, done against one running server: the same for ours and for each peer.

W1 an evening's reconnect, W2 a steady day, W3 a phone's first sync. Requests are packed before the clock starts, answers are read
after it has stopped, but for what the next request of the same phone needs.
"""

import os
from collections import deque
from collections.abc import Iterator
from statistics import median, quantiles
from time import perf_counter

from tests.bench.peers.line import Line, Tally, at_once
from tests.bench.peers.processes import cpu_seconds

AT_ONCE_EVENING, AT_ONCE_STEADY = 64, 32
STEADY_SECONDS = 8.0
FIRST_SYNCS = 5
OPERATIONS_OF_FOUR = 21  # what a driver tells on a trip with four people

Measured = dict[str, float]


def evening(served, phones: int, *, pull: bool) -> Measured:
    """W1: every phone brings its outbox, 64 at once; with `pull` each is given what has changed, too."""
    requests = [served.reconnect(n) if pull else served.delivery(n) for n in range(phones)]
    replies: dict[int, list] = {}
    exchanges: list[float] = []  # of one phone, whether it takes one request or two

    def jobs() -> Iterator:
        for n, packed in enumerate(requests):

            async def job(line: Line, n=n, packed=packed) -> None:
                began = perf_counter()
                replies[n] = [await line.ask(one) for one in packed]
                exchanges.append(perf_counter() - began)

            yield job

    before = begin(served)
    tally = at_once(served.port, jobs(), AT_ONCE_EVENING)
    cpu = cpu_seconds(*served.pids) - before
    accepted = sum(served.accepted(replies[n]) for n in replies)
    received = sum(served.received(replies[n]) for n in replies) if pull else 0
    return {"rate": accepted / tally.lasted_s, "accepted": accepted, "received": received, **told(tally, exchanges, accepted, cpu)}


def steady(served, phones: int, turns: int, seconds: float = STEADY_SECONDS) -> Measured:
    """W2: 32 phones at once, each in its turn brings one operation and is given what it changed."""
    ring, cycles, failed = deque((n, 0) for n in range(phones)), [], 0

    def jobs() -> Iterator:
        while ring:
            n, turn = ring.popleft()

            async def job(line: Line, n=n, turn=turn) -> None:
                nonlocal failed
                began = perf_counter()
                failed += not await served.cycle(line, n, turn)
                cycles.append(perf_counter() - began)
                if turn + 1 < turns:
                    ring.append((n, turn + 1))

            yield job

    before = begin(served)
    tally = at_once(served.port, jobs(), min(AT_ONCE_STEADY, phones), within_s=seconds)
    cpu = cpu_seconds(*served.pids) - before
    return {"rate": (len(cycles) - failed) / tally.lasted_s, "failed": failed, **told(tally, cycles, len(cycles), cpu)}


def first_sync(served, records: int) -> Measured:
    """W3: one new phone after another is given everything. The first, before which this server has kept nothing, is told apart."""
    took, came = [], []

    async def job(line: Line) -> None:
        began = perf_counter()
        came.append(await served.first_sync(line))
        took.append(perf_counter() - began)

    at_once(served.port, [job], 1)
    before = begin(served)
    tally = at_once(served.port, [job] * FIRST_SYNCS, 1)
    cpu = cpu_seconds(*served.pids) - before
    assert min(came) >= records, (came, records)
    return {"ms": median(took[1:]) * 1000, "cold_ms": took[0] * 1000, **told(tally, took[1:], FIRST_SYNCS * records, cpu)}


def begin(served) -> float:
    """The server's CPU until now. What it was filled with is on the disk first: else its first commits wait for all of that."""
    os.sync()
    return cpu_seconds(*served.pids)


def told(tally: Tally, seconds: list[float], done: int, cpu: float) -> Measured:
    """What is reported of every work: waits in ms, bytes and server CPU a thing done, and the driver's share of a core."""
    cut = quantiles(seconds, n=100) if len(seconds) > 1 else seconds * 99
    return {
        "p50": cut[49] * 1000,
        "p99": cut[98] * 1000,
        "up": tally.up / max(done, 1),
        "down": tally.down / max(done, 1),
        "cpu": cpu / max(done, 1) * 1000,
        "busy": cpu / tally.lasted_s,
        "driver": tally.driver_cpu_s / tally.lasted_s,
    }
