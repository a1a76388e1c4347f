"""Each sees at a desk what is theirs: own area, own sites, own trips, and of people no more than the work needs."""

from datetime import timedelta

import pytest

from server.intake.accepting import take_in
from server.intake.receiving import Arrived
from server.problems import Refused
from server.store.database import transaction
from server.store.users import Device
from server.ticker import pass_time
from tests.console.browser import Browser

PHONE, BUILDING = "14200000101", "<b>1</b>栋"


def test_a_driver_s_pages_tell_neither_numbers_nor_doors(life, world):
    browser = Browser(world, "driver1")
    for page in (f"/people/{life.mother}", "/people", f"/transfers/{life.transfer}"):
        text = browser.client.get(page).text
        assert "王明" in text and PHONE not in text and BUILDING not in text, page


def test_a_receiver_s_pages_tell_neither_numbers_nor_doors(life, world):
    text = Browser(world, "receiver1").client.get(f"/people/{life.mother}").text
    assert "王明" in text and PHONE not in text and BUILDING not in text
    assert BUILDING in Browser(world, "desk1").client.get(f"/people/{life.mother}").text


def test_a_relieved_driver_reads_nothing_of_the_transfer_any_more(life, world):
    browser = Browser(world, "driver1")
    assert browser.status(f"/people/{life.mother}") == 200
    world.do("reassign_transfer", life.transfer, driver=world.users["driver2"])
    assert browser.status(f"/people/{life.mother}") == browser.status(f"/transfers/{life.transfer}") == 404


def test_a_driver_reads_nothing_of_last_week_s_passengers(life, world):
    browser = Browser(world, "driver1")
    world.do("cancel_transfer", life.transfer, reason="改期")
    world.pass_time(days=2)
    pass_time(world.clock.now())
    assert browser.status(f"/people/{life.mother}") == 404


def test_a_district_s_desk_reads_every_site_s_rooms_and_names_only_its_own_people(world):
    area = world.area("绿园")
    home = {"home_area_id": area, "pickup_area_id": area, "responsible_area_id": area}
    own = {f"{name}_area_id": world.area("宽城") for name in ("home", "pickup", "responsible")}
    for number, name, areas in (("0201", "赵刚", own), ("0202", "孙丽", home)):
        world.do("save_occupant", site="S1", building="主楼", floor="2", number=number, name=name, **areas)
    text = Browser(world, "desk1").client.get(f"/sites/{world.site}").text
    assert "赵刚" in text and "孙丽" not in text


def test_a_district_s_first_page_names_the_silent_phones_of_its_own_crews(life, world):
    world.do("reassign_transfer", life.foreign, driver=world.users["driver2"])
    long_ago = world.clock.now() - timedelta(hours=1)
    with transaction() as session:
        for n, driver in enumerate(("driver1", "driver2")):
            session.add(Device(id=f"phone-{n}", user_id=world.users[driver], last_seq=0, enrolled_at=long_ago, seen_at=long_ago))
    text = Browser(world, "desk1").client.get("/today").text
    assert "driver1" in text and "driver2" not in text
    assert "driver2" in Browser(world, "dispatcher").client.get("/today").text


def test_who_reads_people_masked_reads_their_lists_masked_too(world):
    lines = "姓名,电话,地址,类别\n王建国,14200004444,天茂名苑3号楼2单元501,待定\n李秀英,14200005555,天茂名苑1号楼1单元101,密接\n"
    arrived = Arrived(lines.encode(), "2022-04-03-宽城区.csv", world.actor("dispatcher"), world.clock.now())
    file = take_in(arrived)
    for page in (f"/imports/{file}", "/imports/held"):
        for reader, whole in (("dispatcher", True), ("auditor", False), ("commander", False)):
            text = Browser(world, reader).client.get(page).text
            assert "王建国" in text and ("14200004444" in text) is whole, (page, reader)


def test_an_id_number_of_another_area_tells_where_to_call_and_nothing_of_the_person(world, desk):
    """Typed whole at a hand's entry, it is found wherever it is registered; who that is, is the other desk's to tell."""
    number, other = "220199198001010031", world.area("绿园")
    elsewhere = {"home_area_id": other, "pickup_area_id": other, "responsible_area_id": other}
    stranger = world.person("赵远方", phone="14200000103", birth_year=1980, compound="春城小区", id_number=number, **elsewhere)
    form = {"name": "王一", "id_number": number, "category": "close_contact", "same_as_nobody": "y"}
    page = desk("desk1").send("/people/new", **form)
    assert "绿园" in page.text and "打电话" in page.text
    assert not [word for word in ("赵远方", "赵", "春城小区", "14200000103", stranger) if word in page.html]
    with pytest.raises(Refused) as refusal:
        world.do("enter_person", by=world.actor("desk1"), name="王一", id_number=number)
    assert (refusal.value.code, set(refusal.value.values)) == ("person.id_taken_elsewhere", {"area"})
    own = world.person("李在", id_number="220199198001010058")
    with pytest.raises(Refused, match="person.id_taken_elsewhere"):
        world.do("edit_person", own, by=world.actor("desk1"), changes={}, id_number=number)
    assert "赵远方" in desk("dispatcher").send("/people/new", **form).html
