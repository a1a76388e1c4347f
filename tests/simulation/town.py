"""The town that every seed begins in: two sites, three crews, receivers at both, people who wait, two transfers planned."""

from pathlib import Path

import server.access
import tests.world
from server.app import create_app
from server.cli import migrate_database
from server.settings import read_settings
from server.store import compaction
from server.store.database import db
from sync import messages, runs
from tests.simulation.chance import Chance, SetClock
from tests.world import PASSWORD, World

PHONES = ("driver1", "driver2", "escort1", "receiver1", "receiver2", "receiver3")
PEOPLE = 24
# What a city has many of, in the words of the product, and how few it takes for the same in this town.
SIZES = ((messages, "PAGE", 7), (runs, "LEAST", 3), (compaction, "EVERY_STAMPS", 50))
THE_PRODUCTS = [getattr(module, name, None) for module, name, _few in SIZES]  # an earlier server may not know one yet


class House:
    """The application on a database of its own, its clock and its chance in our hands."""

    def __init__(self, folder: Path, url: str = ""):
        self.clock = SetClock()
        self.chance = Chance(self.clock)
        self.chance.begin("town")
        self.app = create_app(read_settings({"DATA": str(folder), "DATABASE_URL": url}), self.clock)
        self.app.config["SECRET_KEY"] = "the same in each run"
        self.folder = folder

    def begin(self, life: tuple) -> None:
        """Begin a life of a seed: with its own chance, and in two of three seeds with answers of several pages, runs and floors."""
        self.chance.begin(life)
        for (module, name, few), product in zip(SIZES, THE_PRODUCTS, strict=True):
            setattr(module, name, few if life[0] % 3 else product)

    def forget_all(self) -> None:
        """Know what a server knows that starts: nothing, and with no connection open."""
        self.app.extensions["shelf"].clear()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


class Town(House):
    """The same, filled; and what the plan needs to know of the people and places in it."""

    def __init__(self, folder: Path, url: str = ""):
        super().__init__(folder, url)
        tests.world._hashes[:] = [server.access.hasher.hash(PASSWORD)]
        migrate_database(self.app)
        with self.app.app_context():
            world = self._fill(World(self.app))
        self.forget_all()
        self.users, self.sites, self.vehicles, self.people = world.users, world.sites, world.vehicles, world.people
        self.area, self.community = world.areas, world.community

    def _fill(self, world: World) -> World:
        place = {
            "kind": "hotel",
            "area": "绿园",
            "address": "青年路 2 号",
            "state": "open",
            "accepts": ["close_contact"],
            "lat": 43.9,
            "lng": 125.2,
        }
        other = world.do("save_site", code="S2", name="青年宾馆", duty_phone="14200000003", **place)
        for n in range(1, 7):
            world.do("save_room", site="S2", building="主楼", floor="3", number=f"03{n:02}", kind="single")
        world.sites, world.areas = [world.site, other], [world.area("宽城"), world.area("绿园")]
        world.vehicles = [
            world.vehicle,
            world.do("save_vehicle", plate="吉A·T0002", kind="coach", seats=20, area="宽城", state="clean_ready"),
        ]
        world.do("save_hospital", name="市一院", colour="green", phone="0431100")
        world.user("receiver", "receiver2", site_id=world.site)
        world.user("receiver", "receiver3", site_id=other)
        world.user("driver", "driver3")
        world.people = [world.person(f"住户{n:02}", building=str(n % 5 + 1)) for n in range(PEOPLE)]
        for n, driver in enumerate(("driver1", "driver2")):
            crew = {"driver": world.users[driver], "escort": world.users["escort1"], "vehicle": world.vehicles[n]}
            people, goal = world.people[n * 3 : n * 3 + 3], {"kind": "site", "id": world.sites[0]}
            world.do("make_transfer", by="dispatcher", kind="outbound", people=people, destination=goal, **crew)
        return world


__all__ = ["PASSWORD", "PHONES", "House", "Town"]
