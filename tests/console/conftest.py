"""A town with some life in it, and people at their desks."""

from datetime import date
from functools import cached_property
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from server.store.database import db
from server.store.rooms import Stay
from tests.console.browser import Browser


@pytest.fixture
def desk(world):
    """Sign somebody in at the console: `desk("dispatcher")`."""
    return lambda username, language="zh": Browser(world, username, language)


@pytest.fixture
def life(world):
    """Two transfers (one to a site in 宽城, one return), people who wait, a conflict, a refused operation, a phone, a file."""
    return Life(world)


class Life(SimpleNamespace):
    """What the town holds, by name."""

    def __init__(self, world):
        mother = world.person("王明", phone="14200000101", birth_year=1980, door="天茂|1|1|101", building="1", unit="1", room="101")
        child = world.person("王小明", phone="14200000101", birth_year=2012, door="天茂|1|1|101", building="1", unit="1", room="101")
        positive = world.person("李强", phone="14200000102", category="screen_positive", needs=[{"code": "wheelchair", "detail": None}])
        other_area = world.area("绿园")
        elsewhere = {"home_area_id": other_area, "pickup_area_id": other_area, "responsible_area_id": other_area}
        stranger = world.person("赵远", phone="14200000103", **elsewhere)
        transfer = world.do(
            "make_transfer", kind="outbound", people=[mother, child], destination={"kind": "site", "id": world.site},
            vehicle=world.vehicle, driver=world.users["driver1"], escort=world.users["escort1"],
        )  # fmt: skip
        foreign = world.do("make_transfer", kind="outbound", people=[stranger], destination={"kind": "elsewhere", "name": "省医院"})
        numbers = [
            world.do("save_contact", name="专班值班", what="转运", phone="0431-8000", area=area)
            for area in (world.area("宽城"), other_area)
        ]
        foreign_site = world.do("save_site", code="L1", name="绿园酒店", kind="hotel", area="绿园", accepts=["close_contact"])
        super().__init__(
            world=world,
            site=world.site,
            foreign_site=foreign_site,
            area=world.area("宽城"),
            foreign_area=other_area,
            contact=numbers[0],
            foreign_contact=numbers[1],
            mother=mother,
            child=child,
            positive=positive,
            stranger=stranger,
            transfer=transfer,
            foreign=foreign,
        )

    @property
    def room(self) -> str:
        """A room of the site of 宽城."""
        return self.world.rooms[6]

    @cached_property
    def stay(self) -> str:
        """Somebody who stays at the site of 宽城; made when a test asks for them."""
        return self._stay("S1", "主楼", "0208", "在住一", self.area)

    @cached_property
    def foreign_room(self) -> str:
        return self.world.do("save_room", site="L1", building="一号楼", floor="1", number="0101", kind="single")

    @cached_property
    def foreign_stay(self) -> str:
        assert self.foreign_room
        return self._stay("L1", "一号楼", "0101", "在住二", self.foreign_area)

    def _stay(self, site: str, building: str, number: str, name: str, area: str) -> str:
        person = self.world.do(
            "save_occupant", site=site, building=building, floor=number[1], number=number, name=name, category="close_contact",
            last_exposed_on=date(2022, 3, 20), responsible_area_id=area,
        )  # fmt: skip
        return db.session.scalar(select(Stay.id).where(Stay.person_id == person))
