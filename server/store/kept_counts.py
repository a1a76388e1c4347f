"""Counts that the database keeps by itself, so that no page counts a province anew.

Triggers add one and take one away in the transaction that changes a row, whoever changes it. A count is a row for as long as there is
something to count: at any moment these tables equal a recount (`count_anew`). On PostgreSQL the triggers run when the transaction commits
and holds the counter (change_log.py) anyway, so nobody waits for anybody at a count.

A migration lays the triggers on. Whoever changes what is counted writes a migration that takes them off, lays them on and counts anew, and
leaves in migration 0020 what stands here today. SQLite drops the triggers of a table that a migration makes again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Date, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.database import Base, UtcTime


class SiteRooms(Base):
    """How many rooms of a kind a site has in a state."""

    __tablename__ = "site_rooms"
    site_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    state: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    rooms: Mapped[int] = mapped_column(Integer)


class SiteLeaving(Base):
    """How many rooms of a site are left when the isolation of those who stay there ends, by that day: one room each, shared or not."""

    __tablename__ = "site_leaving"
    site_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    rooms: Mapped[int] = mapped_column(Integer)


class StayHour(Base):
    """How many people came into rooms, and left them, in each hour (UTC); a stay that was a wrong tap never was."""

    __tablename__ = "stay_hour"
    hour: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    side: Mapped[str] = mapped_column(String(4), primary_key=True)  # came, left
    people: Mapped[int] = mapped_column(Integer)


class TurnoverMinutes(Base):
    """How many rooms that were made ready on a day (UTC) took so many minutes, whole ones by the clock's seconds, for a stage."""

    __tablename__ = "turnover_minutes"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    stage: Mapped[str] = mapped_column(String(20), primary_key=True)  # the column that says when it began; `whole` from vacated to ready
    minutes: Mapped[int] = mapped_column(Integer, primary_key=True)
    rooms: Mapped[int] = mapped_column(Integer)


STAGES = ("vacated_at", "disinfecting_at", "contact_at", "aerating_at", "inspecting_at", "provisioning_at")
WHOLE = "whole"

Part = tuple[tuple[str, ...], str]  # the keys under which a row is counted, and the condition on which it is


@dataclass(frozen=True)
class Words:
    """How an engine says what both can."""

    hour: Callable[[str], str]
    day: Callable[[str], str]
    seconds: Callable[[str], str]

    def minutes(self, since: str, until: str) -> str:
        return f"({self.seconds(until)} - {self.seconds(since)} + 30) / 60"


WORDS = {
    "sqlite": Words(
        hour=lambda at: f"substr({at}, 1, 13) || ':00:00.000000'",
        day=lambda at: f"substr({at}, 1, 10)",
        seconds=lambda at: f"CAST(strftime('%s', {at}) AS INTEGER)",
    ),
    "postgresql": Words(
        hour=lambda at: f"date_trunc('hour', {at})",
        day=lambda at: f"CAST({at} AS date)",
        seconds=lambda at: f"CAST(date_part('epoch', date_trunc('second', {at})) AS integer)",
    ),
}


def _rooms(row: str, _words: Words) -> list[Part]:
    return [((f"{row}.site_id", f"{row}.state", f"{row}.kind"), "1 = 1")]


def _leaving(row: str, _words: Words) -> list[Part]:
    stays = f"{row}.ended_at IS NULL AND {row}.place = 1 AND {row}.due_on IS NOT NULL AND {row}.site_id IS NOT NULL"
    return [((f"{row}.site_id", f"{row}.due_on"), stays)]


def _hours(row: str, words: Words) -> list[Part]:
    stood = f"{row}.site_id IS NOT NULL AND ({row}.ended_how IS NULL OR {row}.ended_how <> 'withdrawn')"
    came, left = words.hour(f"{row}.checked_in_at"), words.hour(f"{row}.ended_at")
    return [((came, "'came'"), stood), ((left, "'left'"), f"{stood} AND {row}.ended_at IS NOT NULL")]


def _minutes(row: str, words: Words) -> list[Part]:
    ends = zip(STAGES, (*STAGES[1:], "ready_at"), strict=True)
    known = f"{row}.ready_at IS NOT NULL AND {row}.vacated_at IS NOT NULL"
    return [
        (
            (words.day(f"{row}.ready_at"), f"'{name}'", words.minutes(f"{row}.{since}", f"{row}.{until}")),
            f"{known} AND {row}.{since} IS NOT NULL AND {row}.{until} IS NOT NULL",
        )
        for name, since, until in [*((since, since, until) for since, until in ends), (WHOLE, "vacated_at", "ready_at")]
    ]


@dataclass(frozen=True)
class Kept:
    """One table of counts: of which rows, by which of their columns, and which of them count where."""

    table: type[Base]
    of: str
    by: tuple[str, ...]
    parts: Callable[[str, Words], list[Part]]

    @property
    def name(self) -> str:
        return self.table.__tablename__

    @property
    def keys(self) -> list[str]:
        return [column.name for column in self.table.__table__.primary_key]

    @property
    def count(self) -> str:
        [name] = (column.name for column in self.table.__table__.columns if not column.primary_key)
        return name


KEPT = (
    Kept(SiteRooms, "room", ("site_id", "state", "kind"), _rooms),
    Kept(SiteLeaving, "stay", ("site_id", "due_on", "place", "ended_at"), _leaving),
    Kept(StayHour, "stay", ("site_id", "checked_in_at", "ended_at", "ended_how"), _hours),
    Kept(TurnoverMinutes, "turnover", (*STAGES, "ready_at"), _minutes),
)


def count_anew(connection: Connection) -> None:
    """Throw every count away and count the rows."""
    words = WORDS[connection.dialect.name]
    for kept in KEPT:
        connection.execute(text(f"DELETE FROM {kept.name}"))
        for keys, where in kept.parts("one", words):
            numbers = ", ".join(str(number + 1) for number in range(len(keys)))
            counted = f"SELECT {', '.join(keys)}, count(*) FROM {kept.of} AS one WHERE {where} GROUP BY {numbers}"
            connection.exec_driver_sql(f"INSERT INTO {kept.name} ({', '.join(kept.keys)}, {kept.count}) {counted}")


def lay_on(connection: Connection) -> None:
    """From now on the database keeps the counts."""
    for kept in KEPT:
        for statement in _triggers(kept, connection.dialect.name):
            connection.exec_driver_sql(statement)


def take_off(connection: Connection) -> None:
    """From now on nobody keeps them."""
    for kept in KEPT:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP TRIGGER keep_{kept.name} ON {kept.of}")
            connection.exec_driver_sql(f"DROP FUNCTION keep_{kept.name}()")
        else:
            for when in ("added", "changed", "gone"):
                connection.exec_driver_sql(f"DROP TRIGGER keep_{kept.name}_{when}")


@contextmanager
def not_counting(connection: Connection) -> Iterator[None]:
    """What is loaded meanwhile is not counted: whole tables come with their counts, or are counted anew afterwards."""
    kept = connection.exec_driver_sql(TRIGGERS[connection.dialect.name]).all()
    off, on = {
        "sqlite": ([f"DROP TRIGGER {name}" for name, _of, _sql in kept], [sql for _name, _of, sql in kept]),
        "postgresql": tuple([f"ALTER TABLE {of} {word} TRIGGER {name}" for name, of, _sql in kept] for word in ("DISABLE", "ENABLE")),
    }[connection.dialect.name]
    for statement in off:
        connection.exec_driver_sql(statement)
    yield
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of it are still to come
    for statement in on:
        connection.exec_driver_sql(statement)


TRIGGERS = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'keep_%'",
    "postgresql": "SELECT tgname, CAST(CAST(tgrelid AS regclass) AS text), '' FROM pg_trigger WHERE starts_with(tgname, 'keep_')"
    " AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = CAST(current_schema() AS regnamespace))",
}


def _triggers(kept: Kept, engine: str) -> list[str]:
    """The statements that make an engine keep these counts."""
    words, by = WORDS[engine], ", ".join(kept.by)
    add, take = _add(kept, kept.parts("NEW", words)), _take(kept, kept.parts("OLD", words))
    if engine == "sqlite":
        return [
            f"CREATE TRIGGER keep_{kept.name}_added AFTER INSERT ON {kept.of} BEGIN {add} END",
            f"CREATE TRIGGER keep_{kept.name}_changed AFTER UPDATE OF {by} ON {kept.of} BEGIN {take} {add} END",
            f"CREATE TRIGGER keep_{kept.name}_gone AFTER DELETE ON {kept.of} BEGIN {take} END",
        ]
    body = f"IF TG_OP <> 'INSERT' THEN {take} END IF; IF TG_OP <> 'DELETE' THEN {add} END IF; RETURN NULL;"
    return [
        f"CREATE FUNCTION keep_{kept.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"CREATE CONSTRAINT TRIGGER keep_{kept.name} AFTER INSERT OR DELETE OR UPDATE OF {by} ON {kept.of}"
        f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_{kept.name}()",
    ]


def _add(kept: Kept, parts: list[Part]) -> str:
    columns = ", ".join(kept.keys)
    more = f"ON CONFLICT ({columns}) DO UPDATE SET {kept.count} = {kept.name}.{kept.count} + 1"
    return " ".join(
        f"INSERT INTO {kept.name} ({columns}, {kept.count}) SELECT {', '.join(keys)}, 1 WHERE {where} {more};" for keys, where in parts
    )


def _take(kept: Kept, parts: list[Part]) -> str:
    said = []
    for keys, where in parts:
        here = " AND ".join(f"{name} = {key}" for name, key in zip(kept.keys, keys, strict=True)) + f" AND {where}"
        said.append(f"UPDATE {kept.name} SET {kept.count} = {kept.count} - 1 WHERE {here};")
        said.append(f"DELETE FROM {kept.name} WHERE {here} AND {kept.count} = 0;")
    return " ".join(said)
