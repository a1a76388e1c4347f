"""The power goes while the real server writes: `python -m tests.crashes power --cuts 1000`, and the control that must lose.

Phones send a whole trip in small batches. At a random write or sync of the disk everything stops; what was not synced is gone, torn or
there (disk.py). Then the server starts on what is left: nothing that was answered may be missing, and what the phones send again
must count once, so that the town ends as if nothing had happened.
"""

import copy
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from unittest import mock

from sqlalchemy import event, text

from server.app import create_app
from server.cli import migrate_database
from server.clock import Clock
from server.settings import read_settings
from server.store import database
from server.store.database import db
from tests.crashes import apsw_driver
from tests.crashes.disk import Disk
from tests.sync.phone import Phone, read
from tests.sync.town import IDENTITY, VERIFIED, a_transfer, lines_of
from tests.world import World

EVENING = datetime.fromisoformat("2022-04-03T20:00:00+08:00")
PAGES_BEFORE_CHECKPOINT = 60  # not the 1,000 of every day, so that cuts fall into checkpoints too
DARKNESS = {"seconds": 20}  # until the next one: the server, which goes on living, counts how often a phone comes
DISK = Disk()  # a VFS is known to SQLite for the life of the process


@dataclass
class Told:
    """What came of the cuts."""

    what: str = "power cuts"
    cuts: int = 0
    answered: int = 0
    lost: list[str] = field(default_factory=list)  # answered, and not there afterwards
    doubled: list[str] = field(default_factory=list)  # the town ended in another state than without a cut
    damaged: list[str] = field(default_factory=list)  # SQLite says that the file is not whole

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.damaged)

    def __str__(self) -> str:
        return (
            f"{self.cuts:,} {self.what}, {self.answered:,} operations answered: {len(self.lost)} lost, "
            f"{len(self.doubled)} ended otherwise, {len(self.damaged)} files damaged"
        )


def cut_power(folder: Path, *, cuts: int, synchronous: str | None = None, seed: int = 1) -> Told:
    """So many cuts, each in a town of its own, copied into the folder, as the product sets its database up; NORMAL is the control."""
    told = Told()
    with a_town(folder, synchronous) as town:
        expected = town.undisturbed()
        for n in range(cuts):
            town.cut_once(random.Random(f"{seed} {n}"), told, expected)
    return told


def fill_disk(folder: Path, *, times: int, seed: int = 1) -> Told:
    """So many times a disk that is full for a while, and has room again without anybody's hand."""
    told = Told(what="full disks")
    with a_town(folder) as town:
        expected = town.undisturbed()
        for n in range(times):
            town.fill_disk_once(random.Random(f"full {seed} {n}"), told, expected)
    return told


@contextmanager
def a_town(folder: Path, synchronous: str | None = None) -> Iterator["Town"]:
    with mock.patch.object(database, "sqlite_driver", lambda: apsw_driver):
        DISK.plug_in(folder / "bihuan.sqlite3", None)
        app = create_app(read_settings({"DATA": str(folder)}), Clock(EVENING))
        migrate_database(app)
        with app.app_context():
            ours = [f"synchronous={synchronous}"] if synchronous else []  # else what the product says is what is tried
            for pragma in (*ours, f"wal_autocheckpoint={PAGES_BEFORE_CHECKPOINT}"):
                event.listen(db.engine, "connect", lambda link, _record, pragma=pragma: link.execute(f"PRAGMA {pragma}"))
            yield Town(app, folder)
            close_all()


class Town:
    """A small town with a trip recorded on two phones and not sent yet; its database, kept to be copied back before each cut."""

    def __init__(self, app, folder: Path):
        self.file, self.kept = folder / "bihuan.sqlite3", folder / "before.sqlite3"
        self.events = 0  # how many writes and syncs the whole trip makes
        self.world = world = World(app)
        transfer = a_transfer(world, people=4, verified=False)
        self.phones = [Phone(world, "driver1", batch=3), Phone(world, "receiver1", batch=2)]
        for phone in self.phones:
            phone.sync()
        record_a_trip(*self.phones, transfer, lines_of(transfer), world.rooms)
        close_all()
        DISK.dead = False
        shutil.copyfile(self.file, self.kept)

    def undisturbed(self) -> list:
        self.plug_in(None)
        phones = copied(self.phones)
        while any(phone.outbox for phone in phones):
            send_a_little(phones, random.Random(0), {})
        state, self.events = state_of_the_town(), DISK.events
        close_all()
        return state

    def cut_once(self, chance: random.Random, told: Told, expected: list) -> None:
        self.plug_in(chance.randrange(1, self.events))
        phones, answered = copied(self.phones), {}
        while not DISK.dead and any(phone.outbox for phone in phones):
            send_a_little(phones, chance, answered)
        DISK.dead = True
        close_all()
        DISK.cut(chance)
        DISK.plug_in(self.file, None)
        told.cuts, told.answered = told.cuts + 1, told.answered + len(answered)
        if db.session.scalar(text("PRAGMA integrity_check")) != "ok":
            told.damaged.append(f"cut {told.cuts}")
            return close_all()
        there = dict(db.session.execute(text("SELECT id, verdict FROM operation")).all())
        told.lost += [id for id, verdict in answered.items() if there.get(id) != verdict]
        again = copied(self.phones)  # phones that never heard an answer: everything goes up once more
        while any(phone.outbox for phone in again):
            send_a_little(again, chance, {})
        if state_of_the_town() != expected:
            told.doubled.append(f"cut {told.cuts}")
        return close_all()

    def fill_disk_once(self, chance: random.Random, told: Told, expected: list) -> None:
        """The disk is full from some event on, and has room again a few requests later; nobody does anything about it."""
        self.plug_in(None)
        self.world.pass_time(minutes=6)  # so that the server wants to note, too, who has come again
        phones, answered, refused = copied(self.phones), {}, 0
        full_from = chance.randrange(1, self.events // 2)
        while any(phone.outbox for phone in phones):
            DISK.full = DISK.events >= full_from and refused < 3
            before = len(answered)
            send_a_little(phones, chance, answered)
            refused += DISK.full and len(answered) == before
        told.cuts, told.answered = told.cuts + 1, told.answered + len(answered)
        there = dict(db.session.execute(text("SELECT id, verdict FROM operation")).all())
        told.lost += [id for id, verdict in answered.items() if there.get(id) != verdict]
        if db.session.scalar(text("PRAGMA integrity_check")) != "ok":
            told.damaged.append(f"time {told.cuts}")
        if state_of_the_town() != expected or refused < 3:
            told.doubled.append(f"time {told.cuts}")
        close_all()

    def plug_in(self, events: int | None) -> None:
        """The database as it was before the trip; the power goes after so many events of the disk."""
        self.world.pass_time(**DARKNESS)
        for end in ("-wal", "-shm"):
            Path(f"{self.file}{end}").unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)
        DISK.plug_in(self.file, events)


def record_a_trip(driver: Phone, receiver: Phone, transfer: str, lines: list[str], rooms: list[str]) -> None:
    """All that a crew and a site record of one trip, about forty operations."""
    for line in lines:
        driver.record("verify_person", transfer, line=line, **{**VERIFIED, "address": None})
    for moment in ("en_route", "at_pickup", "people_called"):
        driver.record("record_moment", transfer, moment=moment, stop=None, allowed_by="韩雪")
    for line in lines:
        driver.record("board_person", transfer, line=line, identity=IDENTITY)
    for moment in ("left_pickup", "at_site"):
        driver.record("record_moment", transfer, moment=moment, stop=None, allowed_by=None)
    for room in rooms[4:]:
        for state in ("vacated_dirty", "disinfecting", "aerating"):
            receiver.record("set_room_state", room, state=state, reason=None, note=None)
    for line, room in zip(lines, rooms, strict=False):
        receiver.record("receive_person", transfer, line=line, outcome="received", room=room, reason=None, temperature=None, note=None)


def copied(phones: list[Phone]) -> list[Phone]:
    """The same phones with the same work, before they sent any of it."""
    found = []
    for phone in phones:
        twin = copy.copy(phone)
        twin.outbox, twin.kept, twin.records = list(phone.outbox), {}, {}
        found.append(twin)
    return found


def send_a_little(phones: list[Phone], chance: random.Random, answered: dict[str, str]) -> None:
    """One request of the driver, or of the receiver when the driver is done, so that the town always ends the same."""
    phone = next(phone for phone in phones if phone.outbox)
    wires = phone.outbox[: chance.randint(1, 6)]
    response = phone.post(phone.message(wires))
    if response.status_code == 200:
        for result in read(response)["results"]:
            phone.settle(result)
            answered[result["id"]] = result["verdict"]
    elif not DISK.dead and not (DISK.full and response.status_code == 503):
        raise AssertionError(f"{response.status_code}: {response.text[:300]}")


def state_of_the_town() -> list:
    """What the trip did, without the moments at which it was heard."""
    questions = (
        "SELECT id, verdict, code FROM operation WHERE door = 'phone' ORDER BY id",
        "SELECT id, state, outcome, room_id FROM line ORDER BY id",
        "SELECT person_id, holder FROM custody ORDER BY person_id",
        "SELECT person_id, holder, count(*) FROM custody_event GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT id, state FROM room ORDER BY id",
        "SELECT room_id, position, state, operation_id FROM room_spell ORDER BY 1, 2",
        "SELECT code, count(*) FROM conflict GROUP BY 1 ORDER BY 1",
    )
    return [db.session.execute(text(question)).all() for question in questions]


def close_all() -> None:
    db.session.remove()
    db.engine.dispose()
