"""Held rows are waiting people: they are counted, can be moved by hand, and are mended in place."""

from datetime import date

import pytest
from sqlalchemy import func, select

from server.domain.acts import Actor
from server.domain.backlog import waiting_by_area
from server.intake.accepting import take_in
from server.intake.mending import form_of, mend, take_by_hand
from server.intake.receiving import Arrived
from server.problems import Refused
from server.store.change_log import Operation
from server.store.database import db, secret
from server.store.imports import ColumnMapping, ImportRow
from server.store.lists.within import Within
from server.store.people import Person
from server.store.rooms import Room
from server.store.sealing import id_key
from tests.intake.lists import id_number

CLERK = Actor(None, "dispatcher", "值班员")
HEADER = "姓名,身份证号,电话,地址,类别\n"
UNCLEAR = "王建国,220199198001010031,14200004444,天茂名苑3号楼2单元501,待定\n"
NAMELESS = ",220199198001010058,14200003333,天茂名苑5号楼1单元101,密接\n"
TWICE = "李秀英,220199198001010074,14200005555,天茂名苑1号楼1单元101,密接\n"


@pytest.fixture
def held(world):
    """Takes a list in, and gives its rows."""

    def bring(*lines: str, name="2022-04-03-宽城区.csv") -> list[ImportRow]:
        id = take_in(Arrived((HEADER + "".join(lines)).encode(), name, CLERK, world.clock.now()))
        return list(db.session.scalars(select(ImportRow).where(ImportRow.file_id == id).order_by(ImportRow.position)))

    return bring


def row(id: str) -> ImportRow:
    return db.session.get(ImportRow, id, populate_existing=True)


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person).where(Person.merged_into.is_(None)))


def waiting(world):
    return waiting_by_area(db.session, Within(everything=True)).get(world.area("宽城"))


def test_a_held_row_is_a_waiting_person_from_its_files_arrival(world, held):
    arrived = world.clock.now()
    held(UNCLEAR, NAMELESS)
    backlog = waiting(world)
    assert (backlog.people, backlog.held_rows, backlog.by_group()) == (2, 2, {"unknown": 1, "contact": 1})
    assert abs((backlog.oldest - arrived).total_seconds()) < 60


def test_a_duplicate_is_nobody_new(world, held):
    held(TWICE, TWICE)
    assert waiting(world).people == 1


def test_a_mended_row_becomes_a_person_with_what_it_said(world, held):
    [one] = held(UNCLEAR)
    mended = mend(one.id, {"category": "密接"}, by=CLERK, at=world.clock.now())
    person = db.session.get(Person, mended.person)
    said = (person.name, person.category, person.phone, person.id_tail, person.room)
    assert said == ("王建国", "close_contact", "14200004444", "0031", "501")
    assert (row(one.id).state, row(one.id).waits, row(one.id).verdict) == ("mended", False, "held") and not mended.matched
    assert (waiting(world).people, waiting(world).held_rows) == (1, 0)


def test_the_form_shows_the_number_by_its_tail(world, held):
    [one] = held(NAMELESS)
    assert form_of(one)["id_number"] == "…0058" and form_of(one)["phone"] == "14200003333"
    mended = mend(one.id, {"name": "苏玉清"}, by=CLERK, at=world.clock.now())
    assert db.session.get(Person, mended.person).id_tail == "0058"


def test_a_row_that_still_lacks_something_says_what(world, held):
    [one] = held(UNCLEAR)
    with pytest.raises(Refused, match="row.still_held") as refusal:
        mend(one.id, {"phone": "14200004445"}, by=CLERK, at=world.clock.now())
    assert refusal.value.values["codes"] == ["category_unknown"]
    assert row(one.id).state == "waiting"


def test_a_mended_row_of_somebody_known_is_matched(world, held):
    known = world.do("enter_person", name="苏玉清", phone="14200003333", category="close_contact")
    [one] = held(",,14200003333,天茂名苑5号楼1单元101,无症状\n")
    mended = mend(one.id, {"name": "苏玉清"}, by=CLERK, at=world.clock.now())
    assert (mended.person, mended.matched, people()) == (known, True, 1)
    assert db.session.get(Person, known, populate_existing=True).category == "asymptomatic"


def test_mending_one_row_offers_the_other_held_beside_it(world, held):
    [first] = held(UNCLEAR)
    [second] = held(UNCLEAR.replace("501", "501室"), name="2022-04-04-宽城区.csv")
    mended = mend(first.id, {"category": "密接"}, by=CLERK, at=world.clock.now())
    assert mended.offers == [second.id]
    again = mend(second.id, {"category": "密接"}, by=CLERK, at=world.clock.now())
    assert (again.person, again.matched, people()) == (mended.person, True, 1)


def test_whoever_cannot_wait_is_moved_before_the_row_is_mended(world, held):
    [one] = held(UNCLEAR)
    person = take_by_hand(one.id, by=CLERK, at=world.clock.now())
    assert db.session.get(Person, person).category is None
    assert (waiting(world).people, waiting(world).held_rows) == (1, 0)
    transfer = world.do(
        "make_transfer", kind="outbound", people=[person], destination={"kind": "site", "id": world.site}, vehicle=world.vehicle,
        driver=world.users["driver1"],
    )  # fmt: skip
    assert transfer
    mended = mend(one.id, {"category": "密接"}, by=CLERK, at=world.clock.now())
    assert (mended.person, people()) == (person, 1)
    assert db.session.get(Person, person, populate_existing=True).category == "close_contact"


def test_one_without_a_name_gets_it_when_the_row_is_mended(world, held):
    [one] = held(NAMELESS)
    person = take_by_hand(one.id, by=CLERK, at=world.clock.now())
    assert take_by_hand(one.id, by=CLERK, at=world.clock.now()) == person
    mend(one.id, {"name": "苏玉清"}, by=CLERK, at=world.clock.now())
    assert db.session.get(Person, person, populate_existing=True).name == "苏玉清"


def test_a_dropped_row_waits_no_more_and_whoever_was_beside_it_does(world, held):
    [first] = held(UNCLEAR)
    [second] = held(UNCLEAR.replace("501", "501室"), name="2022-04-04-宽城区.csv")
    with pytest.raises(Refused, match="reason.missing"):
        world.do("drop_row", row=first.id, reason="")
    world.do("drop_row", row=first.id, reason="误报")
    assert [(row(id).state, row(id).waits) for id in (first.id, second.id)] == [("dropped", False), ("waiting", True)]
    with pytest.raises(Refused, match="row.already_mended"):
        mend(first.id, {"category": "密接"}, by=CLERK, at=world.clock.now())


def test_another_districts_row_is_refused_like_one_that_does_not_exist(world, held):
    [one] = held(UNCLEAR, name="2022-04-03-绿园区.csv")
    for id in (one.id, "nothing"):
        with pytest.raises(Refused, match="row.unknown"):
            mend(id, {"category": "密接"}, by=world.actor("desk1"), at=world.clock.now())
        with pytest.raises(Refused, match="row.unknown"):
            world.do("drop_row", by="desk1", row=id, reason="误报")


def test_a_units_own_words_are_kept_for_its_next_list(world):
    world.do("save_mapping", area=world.area("宽城"), headers={"谁": "name", "打给": "phone", "算哪种": "category"})
    assert db.session.scalar(select(func.count()).select_from(ColumnMapping)) == 3
    content = "谁,打给,算哪种\n李秀英,14200005555,密接\n"
    take_in(Arrived(content.encode(), "2022-04-03-宽城区.csv", CLERK, world.clock.now()))
    person = db.session.scalar(select(Person))
    assert (person.name, person.phone, person.category) == ("李秀英", "14200005555", "close_contact")


def test_an_id_number_in_a_remark_is_kept_nowhere_in_clear(world):
    header, line = HEADER.strip() + ",备注\n", TWICE.strip() + ",监护人证件220199198001010031，行动不便\n"
    id = take_in(Arrived((header + line).encode(), "2022-04-03-宽城区.csv", CLERK, world.clock.now()))
    [kept] = db.session.scalars(select(ImportRow).where(ImportRow.file_id == id))
    person = db.session.get(Person, kept.person_id)
    said = db.session.scalars(select(Operation.body)).all()
    assert not any("220199198001010031" in text for text in (str(kept.cells), str(kept.read), str(person.words), *said))
    assert not any("220199198001010074" in text for text in (str(kept.cells), str(kept.read), *said))


def test_a_row_is_not_put_upon_a_person_of_another_area(world, held):
    area = world.area("绿园")
    stranger = world.person("赵远", home_area_id=area, pickup_area_id=area, responsible_area_id=area)
    [unclear] = held(UNCLEAR)
    with pytest.raises(Refused, match="person.unknown"):
        mend(unclear.id, {"category": "密接"}, by=world.actor("desk1"), at=world.clock.now(), same_as=stranger)
    assert row(unclear.id).state == "waiting"


ROOMS = "场所编号,楼栋,楼层,房号,房型\nS1,主楼,3,0301,single\nS9,主楼,3,0302,single\n,主楼,3,0303,single\n"


def held_of(file: str) -> list[ImportRow]:
    query = select(ImportRow).where(ImportRow.file_id == file, ImportRow.state == "waiting").order_by(ImportRow.position)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_a_held_row_of_a_ledger_is_mended_in_place(each_world):
    world, by = each_world, each_world.actor("dispatcher")
    file = take_in(Arrived(ROOMS.encode(), "rooms.csv", by, world.clock.now()))
    wrong_site, no_site = held_of(file)
    assert (wrong_site.reasons, no_site.reasons) == (["site.unknown"], ["site_missing"])
    with pytest.raises(Refused, match="site.unknown"):
        mend(wrong_site.id, {"楼层": "4"}, by=by, at=world.clock.now())
    with pytest.raises(Refused, match="row.still_held"):
        mend(no_site.id, {"楼层": "4"}, by=by, at=world.clock.now())
    for row in (wrong_site, no_site):
        mend(row.id, {"场所编号": "S1"}, by=by, at=world.clock.now())
    assert held_of(file) == []
    assert set(db.session.scalars(select(Room.number).where(Room.number.like("030%")))) >= {"0301", "0302", "0303"}
    with pytest.raises(Refused, match="row.already_mended"):
        mend(no_site.id, {"场所编号": "S1"}, by=by, at=world.clock.now())


def test_an_occupant_keeps_the_id_number_that_came_although_the_form_shows_its_tail(world):
    by, number = world.actor("dispatcher"), id_number(date(1980, 1, 1), 4)
    told = f"场所编号,楼栋,楼层,房号,姓名,性别,年龄,证件号,人员类别,入住时间\nS9,主楼,2,0201,苏玉清,女,42,{number},密接,2022-04-01 10:00\n"
    file = take_in(Arrived(told.encode(), "occupants.csv", by, world.clock.now()))
    [row] = held_of(file)
    assert number not in str(form_of(row, "occupants"))
    mend(row.id, {"场所编号": "S1"}, by=by, at=world.clock.now())
    person = db.session.scalar(select(Person).where(Person.name == "苏玉清"))
    assert (person.id_key, person.id_tail) == (id_key(number, secret()), number[-4:])
