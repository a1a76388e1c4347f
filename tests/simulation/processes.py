"""Servers as processes of their own: forked from this one, or from one that has loaded the server of an earlier commit."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.simulation.pipe import Pipe

Serve = Callable[[Pipe, tuple], None]  # answers what comes through the pipe, in the life of this name, until nobody asks any more


class Process:
    """A server that runs, and the pipe to it."""

    def __init__(self, pipe: Pipe, id: int | None = None):
        self.pipe, self._id = pipe, id

    def stop(self) -> None:
        """Ask nothing more, and wait until it has ended."""
        self.pipe.wait_for_its_end()
        if self._id:
            os.waitpid(self._id, 0)


def forked(serve: Serve, life: tuple, others: Iterable[Process]) -> Process:
    """Fork a server. It lets go of the pipes to `others`, who would wait for it before they end."""
    ours, its = pipes()
    sys.stdout.flush()
    id = os.fork()
    if id == 0:
        for pipe in (ours, *(other.pipe for other in others)):
            pipe.close()
        _serve_and_end(serve, its, life)
    its.close()
    return Process(ours, id)


def pipes() -> tuple[Pipe, Pipe]:
    """The two ends between a driver and a server."""
    down, up = os.pipe(), os.pipe()
    return Pipe(up[0], down[1]), Pipe(down[0], up[1])


def _serve_and_end(serve: Serve, pipe: Pipe, life: tuple) -> None:
    gc.disable()  # it does not live long
    try:
        serve(pipe, life)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


class Nursery:
    """Where servers of an earlier commit come from: a process on the tree of that commit, which forks one whenever it is told to."""

    def __init__(self, tree: Path, folder: Path):
        """`tree` holds its server and the simulation of today, `folder` the database."""
        self._door, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {**os.environ, "PYTHONPATH": str(tree)}
        command = [sys.executable, "-m", "tests.simulation", "nursery", str(folder), str(its.fileno())]
        self._process = subprocess.Popen(command, cwd=tree, env=environment, pass_fds=[its.fileno()], process_group=0)
        its.close()

    def start(self, life: tuple) -> Process:
        """A server that has just started. The first is served in the process itself: those after it have every statement compiled."""
        ours, its = pipes()
        socket.send_fds(self._door, [json.dumps(life).encode()], [its.reads, its.writes])
        its.close()
        return Process(ours)

    def stop(self) -> None:
        self._door.close()
        self._process.wait()


def keep_nursery(door: socket.socket, serve: Serve, has_warmed_up: Callable[[], None]) -> None:
    """The nursery's own end: serve the first life here, and fork the others, until the door is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    warm = False
    while True:
        message, ends, *_ = socket.recv_fds(door, 1000, 2)
        if not message:
            return
        pipe, life = Pipe(*ends), tuple(json.loads(message))
        if not warm:
            serve(pipe, life)
            has_warmed_up()
            gc.collect()
            gc.freeze()
            warm = True
        elif os.fork() == 0:
            _serve_and_end(serve, pipe, life)
        pipe.close()
