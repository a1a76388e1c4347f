"""The office of a journey: a real server in a process of its own, which can be killed, started again, and sent into the future."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pysqlite3.dbapi2 as sqlite3

from tests.journeys.relay import Relay, waits_until
from tests.served import free_port

ROOT = Path(__file__).resolve().parent.parent.parent


class Office:
    """The server on a database, and what that database says."""

    def __init__(self, data: Path):
        self.data, self.port = data, free_port()
        self.tried_outside = data / "tried-outside"
        self._relays: list[Relay] = []
        self._process: subprocess.Popen | None = None

    def relay(self) -> Relay:
        """A network of its own for one phone."""
        self._relays.append(Relay(self.port))
        return self._relays[-1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Office":
        """Start the server, and wait until it answers."""
        no_way_out = {"NO_WAY_OUT": str(self.tried_outside), "PYTHONPATH": str(Path(__file__).parent / "no_way_out")}
        environment = os.environ | no_way_out | {"DATA": str(self.data), "PORT": str(self.port), "THREADS": "16", "BIHUAN_DEMO": "yes"}
        log = (self.data / "server.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.served"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        waits_until(self._answers, "the server did not start: " + str(self.data / "server.log"), 60)
        return self

    def kill(self) -> None:
        """As if the power had gone: all its processes, at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)

    def workers(self) -> set[int]:
        """The processes that answer."""
        return {int(one) for one in Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()}

    def stop(self) -> None:
        for relay in self._relays:
            relay.stop()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(20)

    def pass_time(self, span: timedelta) -> None:
        """Start again, that much later."""
        self.stop_gently()
        clock = self.data / "clock"
        start, began = map(datetime.fromisoformat, clock.read_text().split())
        clock.write_text(f"{start.isoformat()} {(began - span).isoformat()}")
        self.start()

    def stop_gently(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(20)

    def rows(self, question: str, *values) -> list[tuple]:
        """What the database answers."""
        connection = sqlite3.connect(f"file:{self.data / 'bihuan.sqlite3'}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(question, values).fetchall()
        finally:
            connection.close()

    @property
    def transfer(self) -> str:
        """The one transfer of a journey: its id."""
        return self.rows("SELECT id FROM transfer")[0][0]

    @property
    def first_stop(self) -> str:
        return json.loads(self.rows("SELECT stops FROM transfer")[0][0])[0]["id"]

    def operations_of(self, username: str) -> list[dict]:
        """The log's rows of what a user's phone sent, in the order of its numbers."""
        found = self.rows(
            "SELECT d.seq, o.id, o.type, o.verdict, o.code, o.body FROM operation o JOIN delivery d ON d.operation_id = o.id"
            " JOIN user u ON u.id = o.author_id WHERE u.username = ? AND o.door = 'phone' ORDER BY d.seq",
            username,
        )
        return [dict(zip(("seq", "id", "type", "verdict", "code", "body"), row, strict=True)) for row in found]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/api/v1/hello", timeout=2) as answer:
                return json.load(answer)["demo"]
        except OSError:
            return False


def copy_of(filled: Path, to: Path) -> Path:
    """A folder of data to work on."""
    shutil.copytree(filled, to)
    return to
