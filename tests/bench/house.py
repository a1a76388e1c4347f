"""A house to measure in: the application on a database of its own that is gone afterwards, and the same behind gunicorn."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

from flask import Flask

from server.app import create_app
from server.cli import migrate_database
from server.clock import Clock
from server.garbage import collect_seldom
from server.settings import read_settings
from server.store.database import db
from tests.served import free_port

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN_S = 60


@contextmanager
def house(at: datetime | None = None, data: Path | None = None, database_url: str | None = None) -> Iterator[Flask]:
    """An application with all tables in a new folder (or in `data`, which stays), on the real clock or one that starts `at`.

    On SQLite in that folder, or on the database at this address.
    """
    folder = data or Path(tempfile.mkdtemp(prefix="bihuan-bench-"))
    try:
        app = create_app(read_settings({"DATA": str(folder)} | ({"DATABASE_URL": database_url} if database_url else {})), Clock(at))
        migrate_database(app)
        collect_seldom()  # as server/wsgi.py does
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()
    finally:
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(data: Path, workers: int = 1) -> Iterator[str]:
    """The address at which gunicorn serves this folder's database, as `bihuan run` starts it."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in ("CLOCK", "DATABASE_URL", "BIHUAN_DEMO")}
    environment |= {"DATA": str(data), "PORT": str(port), "WORKERS": str(workers)}
    process = subprocess.Popen([sys.executable, "-m", "tests.served"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def wait_for(address: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(f"{address}/api/v1/hello", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not start: see what it wrote above.")
