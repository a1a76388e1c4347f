"""A TCP relay in front of the server: one origin for every browser, whose network can be broken at will."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable

PIECE = 65536


class Relay:
    """Passes bytes to and from the server. `network` says how well:

    `up` · `refuse` (no network: nobody answers) · `blackhole` (connected, and nothing comes) · `slow:SECONDS` a piece ·
    `lose:BYTES` (the server did its work, and after so many bytes of its yes the line is cut; a no comes through).
    """

    def __init__(self, server_port: int):
        self.server_port, self.port, self.network = server_port, 0, "up"
        self.sent_up = b""  # what browsers sent since `forget`
        self._lines: set[socket.socket] = set()
        self._open()

    def set(self, network: str) -> None:
        """Change the network from now on; with `refuse` what is connected is cut as well."""
        before, self.network = self.network, network
        if network == "refuse" and before != "refuse":
            self._close()
        if network != "refuse" and before == "refuse":
            self._open()

    def forget(self) -> None:
        self.sent_up = b""

    def wait_for(self, words: bytes, seconds: float = 60) -> None:
        """Until a browser has sent these bytes."""
        waits_until(lambda: words in self.sent_up, f"no browser sent {words!r}", seconds)

    def stop(self) -> None:
        self.set("refuse")

    def _open(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._door,), daemon=True).start()

    def _close(self) -> None:
        for line in (self._door, *self._lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._lines.clear()

    def _accept(self, door: socket.socket) -> None:
        while True:
            try:
                browser, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(browser,), daemon=True).start()

    def _connect(self, browser: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.server_port))
        except OSError:
            browser.close()
            return
        self._lines |= {browser, server}
        threading.Thread(target=self._pass, args=(server, browser, False), daemon=True).start()
        self._pass(browser, server, True)

    def _pass(self, source: socket.socket, target: socket.socket, is_up: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                if is_up:
                    self.sent_up += piece
                self._delay()
                if not is_up and self.network.startswith("lose:") and piece.startswith(b"HTTP/1.1 200"):
                    target.sendall(piece[: int(self.network[5:])])
                    break
                target.sendall(piece)
        for line in (source, target):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
            self._lines.discard(line)

    def _delay(self) -> None:
        if self.network.startswith("slow:"):
            time.sleep(float(self.network[5:]))
        while self.network == "blackhole":
            time.sleep(0.05)


def waits_until(so: Callable[[], object], else_says: str, seconds: float = 60) -> None:
    """Look again and again until it is so."""
    ends = time.monotonic() + seconds
    while not so():
        if time.monotonic() > ends:
            raise AssertionError(else_says)
        time.sleep(0.05)
