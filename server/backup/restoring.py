"""The way back: refuse what would harm, build beside what is there, put in place at once, begin a new history."""

import json
import shutil
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from pyrage import x25519
from sqlalchemy import Engine, create_engine, event, inspect, make_url, text

from server.backup.in_use import InUse, alone_with
from server.backup.loading import check_sound, load_tables
from server.backup.reading import Contents, check_backup, opened_backup
from server.domain.acts import Actor
from server.domain.write_path import perform_one
from server.settings import Settings
from server.store.database import db, engine_options
from server.store.kept_counts import count_anew

BUILT, READY, PLAN = "restoring", "restored", "moves.json"
SCHEMA = "bihuan_restored"
OPERATOR = Actor(None, "administrator", "命令行")


class NotEmpty(Exception):
    """The database holds operations, and nobody said that they may be set aside."""

    def __init__(self, operations: int, newest: str | None):
        super().__init__(operations)
        self.operations, self.newest = operations, newest


@dataclass(frozen=True)
class Application:
    """What a restore needs of the application: to open it with settings, and to bring its tables to a version (None: the newest)."""

    open: Callable[[Settings], Flask]
    migrate: Callable[[str | None], None]


@dataclass(frozen=True)
class Restored:
    """What was put in place, and where that lies which was there before."""

    contents: Contents
    set_aside: Path


def restore(
    file: Path, identity: x25519.Identity, settings: Settings, application: Application, in_place_of: int | None = None
) -> Restored:
    """Put a backup in the place of what is there. Until the last step nothing has changed; after it everything has.

    `in_place_of` is how many operations the database holds that are to be set aside: said in words, so that nobody does it unaware.
    Raises InUse, NotEmpty, Unreadable.
    """
    with alone_with(settings.data):
        put_in_place(settings)
        refuse_in_use(settings)
        refuse_not_empty(settings, in_place_of)
        contents = check_backup(file, identity)
        aside = settings.data / f"before-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        try:
            build(file, identity, settings, application)
            make_ready(settings, contents, aside)
        except BaseException:
            clear(settings)
            raise
        put_in_place(settings)
        return Restored(contents, aside)


def finish_restore(settings: Settings) -> None:
    """Called at each start: a restore that was cut off after its commit point is carried on. Raises InUse."""
    if (settings.data / READY / PLAN).exists():
        with alone_with(settings.data):
            put_in_place(settings)


def put_in_place(settings: Settings) -> None:
    """What a restore has made ready takes its place. Cut off anywhere, it can be called again."""
    ready = settings.data / READY
    if not (ready / PLAN).exists():
        return
    plan = json.loads((ready / PLAN).read_text())
    if settings.database_url.startswith("postgresql"):
        swap_schemas(settings, "before_" + plan["aside"].rpartition("before-")[2].lower().replace(".", "_"))
    aside = Path(plan["aside"])
    aside.mkdir(exist_ok=True)
    for new, place in plan["moves"]:
        move_in(Path(new), Path(place), aside)
    shutil.rmtree(ready)


# ---- refusing ----


def refuse_in_use(settings: Settings) -> None:
    """Raises InUse while another machine or program is connected to the PostgreSQL database."""
    if not settings.database_url.startswith("postgresql"):
        return
    with looking_at(settings) as engine, engine.connect() as connection:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        if count := connection.execute(text(others + " AND backend_type = 'client backend'")).scalar_one():
            raise InUse(f"{count} others are connected to the database. Stop them first.")


def refuse_not_empty(settings: Settings, in_place_of: int | None) -> None:
    """Raises NotEmpty where operations are, unless it was said in place of how many."""
    path = sqlite_file(settings)
    if path is not None and not path.exists():
        return
    with looking_at(settings) as engine, engine.connect() as connection:
        if not inspect(connection).has_table("operation"):
            return
        count, newest = connection.execute(text("SELECT count(*), max(received_at) FROM operation")).one()
    if count and count != in_place_of:
        raise NotEmpty(count, newest and str(newest))


# ---- building beside ----


def build(file: Path, identity: x25519.Identity, settings: Settings, application: Application) -> None:
    """A whole data folder, or schema, of its own: the tables of the version that wrote the backup, its rows, then today's tables."""
    clear(settings)
    building = settings.data / BUILT
    building.mkdir()
    with opened_backup(file, identity) as (contents, tables):
        for name, content in contents.files.items():
            (building / name).parent.mkdir(parents=True, exist_ok=True)
            (building / name).write_bytes(content)
            (building / name).chmod(0o600)
        app = application.open(beside(settings))
        with app.app_context():
            if db.engine.dialect.name == "postgresql":
                enter_schema(db.engine, settings)
            application.migrate(contents.revision)
            with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
                load_tables(connection, tables)
            with db.engine.connect() as connection:
                check_sound(connection)
            application.migrate(None)
            with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
                count_anew(connection)  # a backup may come from the other engine, which writes a moment otherwise
            at = app.clock.now()
            perform_one("begin_epoch", author=OPERATOR, at=at, restored_to=contents.taken_at.isoformat())
            db.session.remove()
            db.engine.dispose()


def beside(settings: Settings) -> Settings:
    """The settings of the data that is built beside what is there."""
    building, path = settings.data / BUILT, sqlite_file(settings)
    url = settings.database_url if path is None else f"sqlite:///{path.with_name(path.name + '.restored')}"
    return replace(settings, data=building, database_url=url)


def enter_schema(engine: Engine, settings: Settings) -> None:
    """PostgreSQL: everything that this application does happens in a schema of its own."""
    with looking_at(settings) as other, other.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))

    @event.listens_for(engine, "connect", insert=True)
    def enter(connection, _record):
        was, connection.autocommit = connection.autocommit, True
        connection.execute(f"SET search_path TO {SCHEMA}")
        connection.autocommit = was


# ---- putting in place ----


def make_ready(settings: Settings, contents: Contents, aside: Path) -> None:
    """The commit point: when the folder has its new name, the restore will happen; before, it has not."""
    building, ready = settings.data / BUILT, settings.data / READY
    names = {*contents.files, *(["clock"] if (building / "clock").exists() else [])}
    moves = [[str(ready / name), str(settings.data / name)] for name in sorted(names)]
    path = sqlite_file(settings)
    if path is not None:
        moves.append([str(path.with_name(path.name + ".restored")), str(path)])
    (building / PLAN).write_text(json.dumps({"aside": str(aside), "moves": moves}))
    building.rename(ready)


def move_in(new: Path, place: Path, aside: Path) -> None:
    """One file into its place, what was there set aside first. Done already, it does nothing."""
    if not new.exists():
        return
    for was in (place, *(place.with_name(place.name + end) for end in ("-wal", "-shm"))):
        if was.exists():
            was.rename(aside / was.name)
    place.parent.mkdir(parents=True, exist_ok=True)
    new.rename(place)


def swap_schemas(settings: Settings, name: str) -> None:
    """PostgreSQL: the old schema steps aside and the new one takes its name, in one transaction."""
    with looking_at(settings) as engine, engine.begin() as connection:
        if SCHEMA in inspect(connection).get_schema_names():
            connection.execute(text(f"ALTER SCHEMA public RENAME TO {name}"))
            connection.execute(text(f"ALTER SCHEMA {SCHEMA} RENAME TO public"))


def clear(settings: Settings) -> None:
    """Take away what an unfinished restore has built."""
    shutil.rmtree(settings.data / BUILT, ignore_errors=True)
    path = sqlite_file(settings)
    if path is None:
        with looking_at(settings) as engine, engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        return
    for end in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}.restored{end}").unlink()


@contextmanager
def looking_at(settings: Settings):
    """The database as it stands, without the application."""
    engine = create_engine(settings.database_url, **engine_options(settings.database_url))
    try:
        yield engine
    finally:
        engine.dispose()


def sqlite_file(settings: Settings) -> Path | None:
    """Where the database lies; None on PostgreSQL."""
    url = make_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" else None
