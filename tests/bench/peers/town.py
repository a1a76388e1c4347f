"""The town that the works are done in: made through the doors, once an engine, copied for each run.

Every phone in it has been used: it has its first records and a cursor, and then 200 lines of the hospital directory changed.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy

from server.app import create_app
from server.cli import migrate_database
from server.domain.acts import Incoming
from server.domain.write_path import perform
from server.settings import read_settings
from server.store.database import db
from tests.bench.peers.fill import a_room, fill_up
from tests.bench.sync import a_day
from tests.sync.phone import Phone
from tests.sync.town import lines_of
from tests.world import ADMINISTRATOR, OPERATOR, World

AT_ONCE = 500
A_SITE_HAS = 400


@dataclass(frozen=True)
class Sizes:
    """How many phones and records the works are about."""

    evening_phones: int = 500
    people_a_coach: int = 17  # whose whole day makes 60 operations
    changed: int = 200
    steady_phones: int = 200
    trips_a_steady_phone: int = 4  # of four people: 84 operations
    site_records: int = 5_000


A_TASTE = Sizes(evening_phones=6, people_a_coach=2, changed=10, steady_phones=4, trips_a_steady_phone=1, site_records=30)


@dataclass
class Handset:
    """A phone as the driver plays it: who it is, where it stands in the feed, what it has recorded and not sent."""

    device: str
    session: str
    upload_token: str
    cursor: str | None
    outbox: list[dict] = field(default_factory=list)  # {id, seq, body}
    held: dict[str, int] = field(default_factory=dict)  # its transfers and their revisions


@dataclass
class Town:
    """What the works need to know of a town."""

    evening: list[Handset]
    steady: list[Handset]
    newcomer: Handset
    changed: list[dict]  # the changes that each evening phone is to be given, as they came to one of them
    site_records: list[dict]  # what the newcomer is to be given, as it came to another


@contextmanager
def application(data: Path, database_url: str = "") -> Iterator:
    """The application on this folder's database or on that URL, on the real clock."""
    app = create_app(read_settings({"DATA": str(data), "DATABASE_URL": database_url}))
    migrate_database(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def build_town(data: Path, sizes: Sizes, fill: int = 0) -> Town:
    """Make the town in this folder; everything by the doors that people use, but what only fills the register (`fill` records)."""
    with application(data) as app:
        world = Builder(app)
        fill_up(world, fill)
        world.hospitals(sizes.changed, "第一版")
        evening = world.crews("evening", sizes.evening_phones, 1, sizes.people_a_coach)
        steady = world.crews("steady", sizes.steady_phones, sizes.trips_a_steady_phone, 4)
        world.large_site(sizes.site_records)
        evening_phones = [world.synced(name) for name in evening]
        world.hospitals(sizes.changed, "今晚改过")
        steady_phones = [world.synced(name) for name in steady]
        newcomer, reader = Phone(world, "newcomer"), Phone(world, "newcomer", page=1_000)
        return Town(
            evening=[handset(phone, world.day_of(name)) for name, phone in zip(evening, evening_phones, strict=True)],
            steady=[handset(phone, world.day_of(name)) for name, phone in zip(steady, steady_phones, strict=True)],
            newcomer=handset(newcomer, []),
            changed=read_changes(evening_phones[0]),
            site_records=read_changes(reader),
        )


def copy_rows(data: Path, to_data: Path, database_url: str) -> str:
    """Copy every row of this folder's database to an empty one; gives that one's URL."""
    with application(data), application(to_data, database_url):
        pass
    source = sqlalchemy.create_engine(f"sqlite:///{data / 'bihuan.sqlite3'}")
    goal = sqlalchemy.create_engine(database_url)
    with source.connect() as reads, goal.begin() as writes:
        for table in db.metadata.sorted_tables:
            writes.execute(table.delete())
        for table in db.metadata.sorted_tables:
            for rows in reads.execution_options(yield_per=AT_ONCE).execute(table.select()).mappings().partitions():
                writes.execute(table.insert(), [dict(row) for row in rows])
    goal.dispose()
    source.dispose()
    return database_url


class Builder(World):
    """The small town of the tests, made large."""

    def __init__(self, app):
        super().__init__(app)
        self.trips: dict[str, list[str]] = {}
        self.evening_began = last_evening()

    def all(self, type: str, many: list[dict], by=OPERATOR, at_once: int = AT_ONCE) -> list:
        """One operation of a type for each of these arguments; what they made."""
        made = []
        for start in range(0, len(many), at_once):
            operations = [Incoming(type=type, author=by, args=args) for args in many[start : start + at_once]]
            verdicts = perform(operations, at=self.clock.now())
            assert all(verdict.took_effect for verdict in verdicts), {verdict.code for verdict in verdicts}
            made += [verdict.made for verdict in verdicts]
        return made

    def crews(self, group: str, phones: int, trips: int, people: int) -> list[str]:
        """So many drivers, each with trips of so many people ahead of them. Their user names."""
        names = [f"{group}{n}" for n in range(phones)]
        users = self.all("add_user", [{"username": name, "name": f"司机{name}", "role": "driver"} for name in names], by=ADMINISTRATOR)
        self.users.update(zip(names, users, strict=True))
        drivers = [name for name in names for _ in range(trips)]
        sites = self.sites(group, len(drivers) * people)
        listed = self.listed(len(drivers) * people)
        plans = [
            {"kind": "outbound", "people": listed[n * people : (n + 1) * people], "driver": self.users[name],
             "destination": {"kind": "site", "id": sites[n * people // A_SITE_HAS]}}
            for n, name in enumerate(drivers)
        ]  # fmt: skip
        for name, transfer in zip(drivers, self.all("make_transfer", plans, at_once=50), strict=True):
            self.trips.setdefault(name, []).append(transfer)
        return names

    def sites(self, group: str, people: int) -> list[str]:
        """Sites with more rooms than people who go there: a coach is never parted between two."""
        codes = [f"{group}{n}" for n in range(people // A_SITE_HAS + 1)]
        known = {"kind": "hotel", "area": "宽城", "state": "open", "accepts": ["close_contact"]}
        sites = self.all("save_site", [{"code": code, "name": f"酒店{code}", **known} for code in codes])
        rooms = [{"site": code, **a_room(n)} for code in codes for n in range(A_SITE_HAS + 50)]
        self.all("save_room", rooms)
        return sites

    def listed(self, people: int) -> list[str]:
        area = self.area("宽城")
        known = {"category": "close_contact", "sex": "male", "birth_year": 1980, "phone": "14200001000", "compound": "天茂名苑",
                 "home_area_id": area, "pickup_area_id": area, "responsible_area_id": area}  # fmt: skip
        return self.all("list_person", [{**known, "name": f"住户{n}"} for n in range(people)])

    def large_site(self, records: int) -> None:
        """A site with so many rooms, and a receiver whose phone is new."""
        site = self.do("save_site", code="LARGE", name="方舱", kind="hotel", area="宽城", state="open", accepts=["close_contact"])
        self.all("save_room", [{"site": "LARGE", **a_room(n)} for n in range(records)])
        self.user("receiver", "newcomer", site_id=site)

    def hospitals(self, count: int, told: str) -> None:
        """Lines of the directory, which every phone has; told again, they are changed records."""
        told = {
            "colour": "yellow",
            "area": "宽城",
            "services": ["急诊", "透析"],
            "how_to_get_there": f"从东门进，{told}",
            "phone": "14200000003",
        }
        self.all("save_hospital", [{"name": f"第{n}医院", "address": f"人民大街{n}号", **told} for n in range(count)])

    def synced(self, username: str) -> Phone:
        phone = Phone(self, username)
        phone.sync()
        return phone

    def day_of(self, username: str) -> list[dict]:
        """All that this driver tells on their trips, numbered through."""
        wires = [wire for transfer in self.trips[username] for wire in a_day(self, username, transfer, self.evening_began)]
        return [{"id": wire.id, "seq": n, "body": wire.body} for n, wire in enumerate(wires, 1)]

    def lines(self, transfer: str) -> list[str]:
        return lines_of(transfer)


def last_evening() -> datetime:
    """20:00 in Changchun, three hours ago or more: no drive of the day falls into the night's hours."""
    latest = datetime.now(UTC) - timedelta(hours=3)
    evening = latest.replace(hour=12, minute=0, second=0, microsecond=0)
    return evening if evening <= latest else evening - timedelta(days=1)


def handset(phone: Phone, outbox: list[dict]) -> Handset:
    held = {id: record["rev"] for (kind, id), record in phone.records.items() if kind == "transfer"}
    return Handset(phone.device, phone.client.get_cookie("bihuan").value, phone.token, phone.cursor, outbox, held)


def read_changes(phone: Phone) -> list[dict]:
    """What a phone is given until nothing is left; the handset made of it stands where it stood before."""
    cursor, changes = phone.cursor, []
    while True:
        answer = phone.ask()
        changes += answer["changes"]
        phone.cursor = answer["cursor"]
        if not answer["more"]:
            phone.cursor = cursor
            return json.loads(json.dumps(changes))
