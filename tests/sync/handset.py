"""The real phone engine (TypeScript, on Node) against the real server: as many phones as a test wants, each a few words to drive."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from werkzeug.serving import make_server

from tests.structure.source import ROOT
from tests.world import PASSWORD

STATIC = ROOT / "static"


class Line:
    """A server that can be stopped and begun again under one address, and a Node process with phones that know it."""

    def __init__(self, app):
        self._serve(app, 0)
        self.port = self._server.port
        self._node = subprocess.Popen(
            [node(), str(compiled()), f"http://127.0.0.1:{self.port}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _serve(self, app, port: int) -> None:
        self.app = app
        self._server = make_server("127.0.0.1", port, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop_server(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def start_server(self, app) -> None:
        self._serve(app, self.port)

    def tell(self, phone: str, what: str, *rest):
        """One order to one phone, and what came of it."""
        self._node.stdin.write(json.dumps({"phone": phone, "do": what, "with": rest}) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def close(self) -> None:
        self._node.stdin.close()
        self._node.wait(20)
        self.stop_server()


class Handset:
    """One phone with the real engine, in the hand of one user."""

    def __init__(self, line: Line, name: str, username: str | None = None):
        self.line, self.name = line, name
        if username:
            self.sign_in(username)

    def sign_in(self, username: str) -> None:
        self.user = self.line.tell(self.name, "signIn", username, PASSWORD)

    def does(self, verb: str, *args) -> str:
        """Record an act, by the name of its intent; the operation's id."""
        return self.line.tell(self.name, "acts", verb, *args)

    def boards(self, transfer: str, line: str) -> str:
        told = {"line": line, "identity": ["id_card", "face"], "temperature": None, "mask": True, "seat": None, "allowed_by": None}
        return self.does("boardPerson", transfer, told)

    def syncs(self) -> dict:
        return self.line.tell(self.name, "syncs")

    def tells(self, what: str, *rest):
        return self.line.tell(self.name, what, *rest)

    def stored(self, store: str) -> list[dict]:
        return self.line.tell(self.name, "stored", self.user, store)

    def records(self) -> dict[tuple[str, str], dict]:
        """{(type, id): body} of what it holds."""
        return {tuple(row["key"].split("/", 1)): row["box"] for row in self.stored("records")}

    def copied(self, name: str) -> "Handset":
        """A second phone that was set up from a backup of this one."""
        self.line.tell(self.name, "copyTo", name)
        copy = Handset(self.line, name)
        copy.user = self.user
        return copy


@contextmanager
def a_line(app):
    line = Line(app)
    try:
        yield line
    finally:
        line.close()


@cache
def compiled() -> Path:
    """tests/phone/remote.ts as Node reads it."""
    out = STATIC / "node_modules" / ".remote"
    words = [node(), "build-tests.mjs", str(out), str(ROOT / "tests" / "phone" / "remote.ts")]
    subprocess.run(words, cwd=STATIC, check=True)
    return out / "tests" / "phone" / "remote.js"


@cache
def node() -> str:
    sys.path.insert(0, str(STATIC))
    try:
        import build  # the front end's own way to a Node: the system's, else the one from the Python index
    finally:
        sys.path.pop(0)
    return (build.system_node() or build.node_from_the_index())[0]
