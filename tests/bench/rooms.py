"""The rooms of a province: the pages that tell of them, and one change of a room, with two years of history behind."""

import os
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

from sqlalchemy import func, select

from server.store.change_log import Operation
from server.store.database import db
from server.store.people import Person
from server.store.rooms import Room, Stay
from server.store.sites import Site
from server.store.turnovers import RoomSpell
from server.store.users import User
from tests.bench.console import WARM_UP, one_request
from tests.bench.figures import AT_MOST, Aim, Effort, Figure, milliseconds
from tests.bench.house import house
from tests.bench.province import Province, Size
from tests.conftest import EVENING
from tests.postgres import DURABLE, Postgres
from tests.sync.phone import Phone
from tests.world import World

ROOMS, PEOPLE, DAYS = 200_000, 1_000_000, 730
THERE_NOW = 0.63  # people whom a province without a history has, for each room
PAGES = {"One site": "/sites/{site}", "Idle rooms": "/idle-rooms", "Balance": "/balance", "Forecast, 72 h": "/forecast",
         "Ledger": "/ledger", "Overstays": "/overstays"}  # fmt: skip
AIMED = ("One site", "Idle rooms", "Balance", "Forecast, 72 h")
PAGE_AIM, CHANGE_AIM = Aim("p95", AT_MOST, 150), Aim("p95", AT_MOST, 50)


def rooms_on_sqlite(effort: Effort) -> list[Figure]:
    """SQLite, with 200,000 rooms, a million people and two years; and with a tenth of that history behind the same rooms."""
    return with_both_histories(effort, house_on_sqlite)


def rooms_on_postgres(effort: Effort) -> list[Figure]:
    """The same on PostgreSQL as a city would run it."""
    return with_both_histories(effort, house_on_postgres)


def rooms_with_long_history(effort: Effort) -> list[Figure]:
    """SQLite, with a tenth of the rooms, so that ten times the history has room on a disk: twenty years, beside two."""
    rooms, people = effort.times(ROOMS // 10, 60), effort.times(PEOPLE // 10, 300)
    usual = measured(house_on_sqlite, Size(rooms, people, DAYS), effort)
    return beside(measured(house_on_sqlite, Size(rooms, people * 10, DAYS * 10), effort), "with a tenth of this history", usual)


def with_both_histories(effort: Effort, a_house) -> list[Figure]:
    """The whole history, each figure beside that of a tenth of it: how many times as long the whole takes."""
    rooms, people = effort.times(ROOMS, 60), effort.times(PEOPLE, 300)
    short = measured(a_house, Size(rooms, round(people / 10 + rooms * THERE_NOW), DAYS // 10), effort)
    return beside(measured(a_house, Size(rooms, people, DAYS), effort), "with a tenth of the history", short)


def beside(figures: list[Figure], what: str, others: list[Figure]) -> list[Figure]:
    return [
        Figure(one.what, "ms", one.samples, one.aim, (what, other.samples), one.note) for one, other in zip(figures, others, strict=True)
    ]


def measured(a_house, size: Size, effort: Effort) -> list[Figure]:
    with a_house(size) as app:
        world = province_in(app, size)
        tables = {"rooms": Room, "people": Person, "stays": Stay, "spells": RoomSpell, "operations": Operation}
        note = ", ".join(f"{count(table):,} {name}" for name, table in tables.items())
        site = db.session.scalar(select(Site.id).where(Site.code.startswith("P")).order_by(Site.code).limit(1))
        browser = world.signed_in("dispatcher")
        figures = []
        for what, address in PAGES.items():
            address = address.format(site=site)
            times = [one_request(browser, address) for _ in range(WARM_UP + effort.times(60))][WARM_UP:]
            figures.append(Figure(what, "ms", times, PAGE_AIM if what in AIMED else None, note=note))
        return [
            *figures,
            Figure("One change of a room, request to answer", "ms", changes(world, site, effort.times(200)), CHANGE_AIM, note=note),
        ]


def changes(world: World, site: str, times: int) -> list[float]:
    """A receiver's phone sends one change of one room a request: judged, committed, and answered with what changed."""
    if "receiver-of-the-province" not in world.users:
        world.user("receiver", "receiver-of-the-province", site_id=site)
    phone = Phone(world, "receiver-of-the-province")
    phone.sync()
    free = db.session.scalars(select(Room.id).where(Room.site_id == site, Room.state.in_(("ready", "blocked")))).all()
    samples = []
    for room, state in islice(zip(cycle(free), cycle(("vacated_dirty", "hold", "blocked")), strict=False), times + WARM_UP):
        phone.record("set_room_state", room, state=state, reason="看到的", note=None)
        samples.append(milliseconds(phone.round))
        assert not phone.outbox
    return samples[WARM_UP:]


def province_in(app, size: Size) -> World:
    """The province that stands here from an earlier run, or a new one."""
    users = dict(db.session.execute(select(User.username, User.id)).all())
    if not users:
        world = World(app)
        Province(world, size)
        return world
    world = World.__new__(World)
    world.app, world.clock, world.users = app, app.clock, users
    return world


def count(table) -> int:
    return db.session.scalar(select(func.count()).select_from(table))


@contextmanager
def house_on_sqlite(size: Size):
    """In a folder that goes afterwards; with ROOMS_KEPT=folder in one that stays there: filled once, measured as often as one likes."""
    kept = os.environ.get("ROOMS_KEPT")
    with house(EVENING, data=Path(kept) / f"{size.rooms}-{size.people}" if kept else None) as app:
        yield app


@contextmanager
def house_on_postgres(_size: Size):
    with Postgres(DURABLE) as server, house(EVENING, database_url=server.new_database()) as app:
        yield app
