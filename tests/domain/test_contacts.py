"""The numbers that everybody may need: on every phone, kept by whoever answers them."""

import pytest

from server.problems import Refused
from sync import digest
from tests.sync.phone import Phone

DESK = {"name": "宽城专班", "what": "换点、车辆", "phone": "0431-8001"}


def test_a_number_reaches_every_phone_changes_there_and_leaves_it_again(each_world, monkeypatch):
    monkeypatch.setattr(digest, "EVERY_SECONDS", 0)  # at each round the phone hears what it should hold, and compares
    world = each_world
    phone = Phone(world, "driver1")
    number = world.do("save_contact", **DESK, area=world.area("宽城"))
    phone.sync()
    assert phone.body("contact", number) == {**DESK, "area": world.area("宽城")}
    world.do("save_contact", number, **{**DESK, "phone": "0431-8002"}, area=world.area("宽城"))
    phone.sync()
    assert phone.body("contact", number)["phone"] == "0431-8002"
    world.do("remove_contact", number)
    phone.sync()
    assert ("contact", number) not in phone.records


def test_a_district_keeps_its_own_number_and_no_other(world):
    desk = world.actor("desk1")
    own = world.do("save_contact", by=desk, **DESK)
    elsewhere = world.do("save_contact", **DESK, area=world.area("绿园"))
    world.do("save_contact", own, by=desk, **{**DESK, "phone": "0431-8003"})
    for number in (elsewhere, "01900000-0000-7000-8000-00000000dead"):
        with pytest.raises(Refused, match="contact.unknown"):
            world.do("remove_contact", number, by=desk)
    with pytest.raises(Refused, match="person.not_own_area"):
        world.do("save_contact", by=desk, **DESK, area=world.area("绿园"))
    with pytest.raises(Refused, match="request.unreadable"):
        world.do("save_contact", by=desk, **{**DESK, "phone": " "})
