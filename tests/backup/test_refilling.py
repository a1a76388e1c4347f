"""P13: the server burns down and comes back from a backup of an hour ago; the phones bring back all that they have kept.

The phones are the real engine (tests/sync/handset.py), the server is the real one, restored by the real command's function.
The figure of the issue: `REFILL_PHONES=100 pytest tests/backup/test_refilling.py`.
"""

import os
import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from server.app import create_app
from server.backup.keys import read_private
from server.backup.restoring import Application, restore
from server.cli import bring_tables_to
from server.clock import Clock
from server.store.change_log import Delivery, Epoch, Operation
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.users import Device
from tests.backup.test_backup import back_up, closed
from tests.console.browser import Browser
from tests.sync.handset import Handset, a_line
from tests.sync.town import a_transfer, lines_of, numbers_of, what_may_be_seen

PHONES = int(os.environ.get("REFILL_PHONES", "15"))


@pytest.fixture
def line(each_world):
    with a_line(each_world.app) as line:
        line.world = each_world
        yield line


def a_crew_each(world, phones: int) -> dict[str, str]:
    """{driver: transfer}."""
    drivers = [f"d{n}" for n in range(phones)]
    for n in range(2 * phones):
        world.do("save_room", site="S1", building="附楼", floor="1", number=f"{n}", kind="single")
    for name in drivers:
        world.user("driver", name)
    return {name: a_transfer(world, people=2, driver=name, verified=False) for name in drivers}


def restored(line, file, key):
    """The server is gone; another one comes up from the backup, half an hour later."""
    line.stop_server()
    settings, clock = closed(line.world), Clock(line.world.clock.now() + timedelta(minutes=30))
    with line.world.app.app_context():
        operations = db.session.query(Operation).count()
        db.session.remove()
        db.engine.dispose()
    application = Application(lambda settings: create_app(settings, clock), bring_tables_to)
    restore(file, read_private(key), settings, application, in_place_of=operations)
    app = create_app(settings, clock)
    with app.app_context():
        epoch = db.session.scalar(select(Epoch).where(Epoch.ended_at.is_(None)))
        db.session.remove()
    line.start_server(app)
    return app, epoch


def moment(name: str) -> dict:
    return {"moment": name, "stop": None, "allowed_by": "韩雪"}


@pytest.mark.timeout(600)
def test_p13_phones_bring_back_every_kept_operation(line, tmp_path):
    world, key, roll = line.world, tmp_path / "private.key", random.Random(13)
    crews = a_crew_each(world, PHONES)
    people = {name: lines_of(transfer) for name, transfer in crews.items()}
    phones = {name: Handset(line, name, name) for name in crews}
    made: dict[str, str] = {}  # operation: whose

    def does(name: str, act) -> str:
        id = act()
        made[id] = name
        return id

    for name, phone in phones.items():
        phone.syncs()
        does(name, lambda name=name, phone=phone: phone.does("recordMoment", crews[name], moment("en_route")))
        phone.syncs()
    file = back_up(world, tmp_path / "now.backup", key)
    world.pass_time(minutes=60)
    for name, phone in phones.items():
        first = does(name, lambda name=name, phone=phone: phone.boards(crews[name], people[name][0]))
        does(name, lambda name=name, phone=phone: phone.does("recordMoment", crews[name], moment("at_pickup")))
        phone.syncs() if roll.random() < 0.9 else None
        if roll.random() < 0.2:
            does(name, lambda phone=phone, first=first: phone.tells("undoes", first))
        if roll.random() < 0.8:
            phone.syncs()
        else:
            phone.tells("network", "loses_answers")
            phone.tells("syncsOnce")
            phone.tells("network", "good")
    known_before = set(db.session.scalars(select(Operation.id).where(Operation.door == "phone")))
    assert len(known_before) > 2.5 * PHONES
    world.do("save_area", name="双阳区", short="双阳", kind="district")

    app, epoch = restored(line, file, key)
    order = list(phones)
    roll.shuffle(order)
    for name in order + order:
        state = phones[name].syncs()
        assert (state["unsent"], state["trouble"]) == (0, None), name
    with app.app_context():
        world.app, world.clock = app, app.clock
        rows = {row.id: row for row in db.session.scalars(select(Operation).where(Operation.door == "phone"))}
        assert set(rows) == set(made), "exactly once, by its id"
        refused = {row.code for row in rows.values() if row.verdict == "refused"}
        assert refused == set() and {row.verdict for row in rows.values()} <= {"applied", "flagged"}
        for device in db.session.scalars(select(Device.id)):
            assert numbers_of(device) == list(range(1, len(numbers_of(device)) + 1))
        assert db.session.scalar(select(func.count()).select_from(Delivery)) == len(made)
        for name in order[:10]:
            held = phones[name].records()
            assert held == what_may_be_seen(name, world)
            own = {id for id, of in made.items() if of == name and rows[id].verdict != "applied"}
            assert {id for kind, id in held if kind == "receipt"} == own
        assert {row["epoch"] for row in phones[order[0]].stored("kept")} == {epoch.id}
        assert_the_office_is_told(world, len([row for row in rows.values() if row.happened_at >= epoch.restored_to]))
        db.session.remove()
        db.engine.dispose()


def assert_the_office_is_told(world, brought: int) -> None:
    item = db.session.scalar(select(Conflict.id).where(Conflict.code == "server.restored"))
    page = Browser(world, "dispatcher").open("/today")
    assert f"/conflicts/{item}" in page.links()
    assert f"手机已送回 {brought} " in page.with_id("live-decisions").text
