"""The database: one `db`, how a connection is set up, and the two ways to use it (read, or one write transaction)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from time import monotonic

import structlog
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, MetaData, event, text
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from server.store.json_text import as_text, parse

log = structlog.get_logger()

# What a thread enters while it waits for a lock: a door at which others stand (sync/admission.py) lets them work meanwhile. With True it
# is the next to go on, because it holds then what others wait for.
aside: ContextVar[Callable[[bool], AbstractContextManager]] = ContextVar("aside", default=nullcontext)

# SQLite before 3.51.3 can lose a committed transaction when the WAL is reset (fixed too in 3.50.7 and 3.44.6).
WAL_IS_SAFE_FROM = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


class Base(DeclarativeBase):
    """Parent of every table. A table whose rows reach phones has `record_keys()`: the records that a change of it changes."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcTime(TypeDecorator):
    """A moment: aware and in UTC in Python, UTC without a zone in the store."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect) -> datetime | None:
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


db = SQLAlchemy(model_class=Base, session_options={"autoflush": False, "expire_on_commit": False})


COMMON = {
    "hide_parameters": True,  # a failing statement is logged; the people in it are not
    "json_serializer": as_text,
    "json_deserializer": parse,
    "pool_use_lifo": True,  # the connection that was used last: what it has read is still in its memory
}


def engine_options(url: str) -> dict:
    """What Flask-SQLAlchemy hands to `create_engine` for this address."""
    if url.startswith("sqlite"):
        return {**COMMON, "module": sqlite_driver(), "connect_args": {"timeout": 5, "check_same_thread": False}}
    return {
        **COMMON,
        "pool_pre_ping": True,
        "pool_size": 10,
        # A page at random costs about as much as the next one (no disk that turns): else PostgreSQL reads all people of all time for a few.
        "connect_args": {"options": "-c lock_timeout=10s -c statement_timeout=60s -c random_page_cost=1.1"},
    }


def sqlite_driver():
    """The SQLite that comes with the product; where there is no wheel of it (not x86-64), the one of Python."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        from sqlite3 import dbapi2
    return dbapi2


def is_standby() -> bool:
    """Whether this database follows another one, and cannot be written; SQLite has none to follow."""
    return db.engine.dialect.name == "postgresql" and db.session.scalar(text("SELECT pg_is_in_recovery()"))


def secret() -> str:
    """The secret kept beside the data: it seals ID numbers and signs cursors."""
    return current_app.config["SECRET_KEY"]


def settings():
    """The settings of the running application, for rules whose numbers are settings."""
    return current_app.config["BIHUAN"]


def prepare_engine(engine: Engine) -> None:
    """Give each SQLite connection its pragmas and an explicit begin: the driver's own deferred begin loses races."""
    if engine.dialect.name != "sqlite":
        return
    mode = journal_mode(engine.dialect.dbapi.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def set_up(connection, _record):
        connection.isolation_level = None
        for pragma in (
            f"journal_mode={mode}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection):
        if connection.get_execution_options().get("writes"):
            _begin_writing(connection)
        else:
            connection.connection.dbapi_connection.execute("BEGIN")  # past SQLAlchemy: it is asked three times a request


def _begin_writing(connection: Connection) -> None:
    """Become the one writer of SQLite, and let others of this process work as long as another one writes. SQLite's own wait sleeps up
    to 100 ms while the lock may be free, so that of two busy processes one waits for seconds: here it is asked every other millisecond."""
    cursor = connection.connection.cursor()
    [waits_ms] = cursor.execute("PRAGMA busy_timeout").fetchone()
    cursor.execute("PRAGMA busy_timeout=2")
    if _is_locked(connection):
        with aside.get()(True):
            until = monotonic() + waits_ms / 1000
            while monotonic() < until and _is_locked(connection):
                pass
    cursor.execute(f"PRAGMA busy_timeout={waits_ms}")
    cursor.close()
    if not connection.connection.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_locked(connection: Connection) -> bool:
    """Try to become the writer: whether another one is. A broken disk is no lock, and does not get better by asking."""
    try:
        connection.connection.execute("BEGIN IMMEDIATE")
    except connection.dialect.dbapi.OperationalError as fault:
        return "locked" in str(fault)
    return False


def journal_mode(version: tuple[int, int, int]) -> str:
    """WAL where this SQLite is free of the WAL-reset defect, else TRUNCATE with a warning that names the loss."""
    newest, *mended_lines = WAL_IS_SAFE_FROM
    if version >= newest or any(version[:2] == line[:2] and version >= line for line in mended_lines):
        return "WAL"
    log.warning("sqlite.wal_unsafe", version=".".join(map(str, version)), effect="readers wait while somebody writes")
    return "TRUNCATE"


def end_reading() -> None:
    """End a read that came before, so that what follows sees the newest state; what was loaded in it is read again."""
    session = db.session()
    if session.in_transaction():
        session.commit()
    session.expire_all()


@contextmanager
def transaction() -> Iterator[Session]:
    """One write transaction: the write lock is taken first, everything commits at the end, or nothing does."""
    end_reading()
    session = db.session
    session.connection(execution_options={"writes": True})
    try:
        yield session()
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def snapshot() -> Iterator[Session]:
    """One consistent read: everything in it is seen as of one moment, whatever is written meanwhile.

    PostgreSQL is not told that it is READ ONLY: the next one on that connection would begin READ WRITE, which a standby refuses.
    """
    end_reading()
    session = db.session
    if db.engine.dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield session()
    finally:
        session.rollback()
