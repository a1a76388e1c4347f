"""Servers as processes: started, waited for, ended by their id, and asked how much CPU they have taken."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_WITHIN_S = 60
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def running(command: list, port: int, folder: Path, **environment: str) -> Iterator[int]:
    """The id of a server that listens on this port; what it says goes to `server.log` in the folder."""
    with open(folder / "server.log", "ab") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=log, stderr=log)
        try:
            wait_for(port, process, folder / "server.log")
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not start: {log.read_text()[-2000:]}")


def cpu_seconds(*roots: int) -> float:
    """CPU that these processes and all below them have taken, also those below that have ended."""
    parents, used = {}, {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(place.name)] = int(fields[1])
        used[int(place.name)] = sum(map(int, fields[11:15])) / TICKS
    return sum(seconds for pid, seconds in used.items() if is_below(pid, roots, parents))


def is_below(pid: int, roots: tuple[int, ...], parents: dict[int, int]) -> bool:
    while pid:
        if pid in roots:
            return True
        pid = parents.get(pid, 0)
    return False
