"""People come into the register once, keep their history, and are changed by those who may."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.domain.backlog import settled_on, waiting_by_area
from server.domain.people_search import candidates, find_people
from server.problems import Refused
from server.store.change_log import Operation
from server.store.database import db, secret
from server.store.lists.within import Within
from server.store.people import CategoryHistory, ContactAttempt, Custody, Person
from server.store.users import UserCompound

ID = "22019919800101003X"
EVERYWHERE = Within(everything=True)


def person(id: str) -> Person:
    return db.session.get(Person, id, populate_existing=True)


def enter(world, name="李秀英", by="desk1", **values) -> str:
    return world.do("enter_person", by=by, name=name, **{"category": "close_contact", "phone": "14200001111", **values})


def test_a_person_entered_by_a_district_desk_is_that_districts_own(world):
    id = enter(world)
    assert person(id).responsible_area_id == world.area("宽城")
    assert db.session.get(Custody, id).holder == "origin"


def test_a_district_desk_enters_nobody_for_another_district(world):
    with pytest.raises(Refused, match="person.not_own_area"):
        enter(world, responsible_area_id=world.area("绿园"))


def test_two_people_never_share_an_id_number(each_world):
    enter(each_world, id_number=ID)
    with pytest.raises(Refused, match="person.id_taken"):
        enter(each_world, name="另一人", id_number=ID.lower())


def test_the_log_never_holds_a_whole_id_number(world):
    enter(world, id_number=ID)
    bodies = db.session.scalars(select(Operation.body).where(Operation.type == "enter_person")).all()
    assert len(bodies) == 1 and ID not in bodies[0]
    assert ID not in db.session.scalar(select(Person.id_sealed))


def test_the_whole_number_is_shown_for_a_reason_that_stays_in_the_log(world):
    id = enter(world, id_number=ID)
    with pytest.raises(Refused, match="reason.missing"):
        world.do("reveal_id", id, by="desk1", reason=" ")
    assert world.do("reveal_id", id, by="desk1", reason="核对医保") == ID
    looks = select(Operation.author_id).where(Operation.type == "reveal_id", Operation.verdict == "applied")
    assert db.session.scalars(looks).all() == [world.users["desk1"]]


@pytest.mark.parametrize("who", ["commander", "auditor", "driver1", "receiver1", "worker1"])
def test_whoever_reads_masked_reveals_nothing(world, who):
    id = enter(world, id_number=ID)
    with pytest.raises(Refused, match=r"access.denied"):
        world.do("reveal_id", id, by=who, reason="想看")


def test_someone_elses_person_is_refused_like_one_who_does_not_exist(world):
    theirs = world.person(responsible_area_id=world.area("绿园"), pickup_area_id=world.area("绿园"), home_area_id=world.area("绿园"))
    for target in (theirs, "00000000-0000-7000-8000-00000000dead"):
        with pytest.raises(Refused, match="person.unknown"):
            world.do("edit_person", target, by="desk1", changes={})


def test_two_desks_that_change_different_fields_both_have_their_way(world):
    id = enter(world)
    world.do("edit_person", id, by="desk1", changes={"phone": {"was": "14200001111", "now": "14200002222"}})
    world.do("edit_person", id, by="dispatcher", changes={"room": {"was": None, "now": "501"}})
    assert (person(id).phone, person(id).room) == ("14200002222", "501")


def test_the_second_change_of_one_field_is_refused_and_shows_what_it_is_now(world):
    id = enter(world)
    world.do("edit_person", id, changes={"phone": {"was": "14200001111", "now": "14200002222"}})
    verdict = world.say("edit_person", id, changes={"phone": {"was": "14200001111", "now": "14200003333"}})
    assert (verdict.code, verdict.values["now"], verdict.values["was"]) == ("person.changed", "14200002222", "14200001111")
    assert person(id).phone == "14200002222"


def test_a_name_cannot_be_taken_away(world):
    with pytest.raises(Refused, match="person.name_missing"):
        world.do("edit_person", enter(world), changes={"name": {"was": "李秀英", "now": ""}})


def test_a_change_of_a_person_reaches_the_phone_of_their_crew(world):
    from server.store.change_log import ScopeEntry

    id = enter(world, birth_year=1980)
    transfer = world.do(
        "make_transfer", kind="outbound", people=[id], destination={"kind": "site", "id": world.site}, vehicle=world.vehicle,
        driver=world.users["driver1"],
    )  # fmt: skip
    seq = select(ScopeEntry.seq).where(ScopeEntry.id == transfer, ScopeEntry.scope == f"driver:{world.users['driver1']}")
    before = db.session.scalar(seq)
    world.do("edit_person", id, changes={"phone": {"was": "14200001111", "now": "14200002222"}})
    assert db.session.scalar(seq) > before


def test_each_category_stays_in_the_history(world):
    id = enter(world)
    world.pass_time(hours=1)
    world.do("set_category", id, by="desk1", category="confirmed", case_type="mild", found="under_control")
    history = db.session.scalars(select(CategoryHistory).where(CategoryHistory.person_id == id).order_by(CategoryHistory.from_at)).all()
    assert [(row.category, row.case_type, row.found) for row in history] == [
        ("close_contact", None, None),
        ("confirmed", "mild", "under_control"),
    ]


def test_only_a_confirmed_case_has_a_type(world):
    id = enter(world)
    world.do("set_category", id, category="asymptomatic", case_type="mild")
    assert person(id).case_type is None


def test_a_contact_who_turns_out_positive_waits_again_from_the_new_result(world):
    id = world.do("save_occupant", site="S1", building="主楼", floor="2", number="0201", name="赵刚", category="close_contact")
    assert person(id).state == "isolated"
    world.pass_time(days=1)
    result = world.clock.now() - timedelta(hours=1)
    world.do("set_category", id, category="asymptomatic", detected_at=result)
    assert (person(id).state, person(id).waits_from) == ("listed", result)
    zone = world.app.config["BIHUAN"].time_zone
    assert settled_on(db.session, EVERYWHERE, world.clock.now(), zone)["positive"].left == 1


def test_a_community_worker_logs_a_knock_at_their_own_compounds_only(world):
    from sqlalchemy import insert

    from server.store.areas import Community
    from server.store.database import transaction

    community = db.session.scalar(select(Community.id))
    with transaction() as session:
        session.execute(insert(UserCompound).values(user_id=world.users["worker1"], community_id=community))
    here, elsewhere = enter(world, community_id=community), enter(world, name="孙丽", phone="14200009999")
    world.do("log_door_knock", here, by="worker1", channel="door", result="nobody_answers")
    with pytest.raises(Refused, match="person.unknown"):
        world.do("log_door_knock", elsewhere, by="worker1", channel="door", result="nobody_answers")
    assert [row.person_id for row in db.session.scalars(select(ContactAttempt))] == [here]


# ---- finding ----


def test_likely_the_same_people_are_shown_before_one_is_entered(world):
    same_id = enter(world, id_number=ID)
    likely = enter(world, name="王小明", phone="14200005555", address_key="天茂名苑|3|2|501", birth_year=1990)
    enter(world, name="王小明", phone="14200007777", birth_year=1950)
    told = {"id_number": ID, "name": "王小明", "phone": "14200005555", "birth_year": 1990}
    found = candidates(db.session, told, secret(), EVERYWHERE)
    assert [(one.how, one.person.id) for one in found][:2] == [("sure", same_id), ("likely", likely)]
    assert [one.how for one in found] == ["sure", "likely", "maybe"]


def test_two_id_numbers_are_two_people(world):
    enter(world, id_number=ID, name="王小明")
    assert candidates(db.session, {"id_number": "220199198001010048", "name": "王小明"}, secret(), EVERYWHERE) == []


@pytest.mark.parametrize("text", [ID, ID[-4:], "14200001111", "1111", "李秀", "天茂"])
def test_people_are_found_by_what_somebody_remembers(world, text):
    id = enter(world, id_number=ID, compound="天茂名苑")
    enter(world, name="周平", phone="14200009998")
    assert [one.id for one in find_people(db.session, text, secret(), EVERYWHERE)] == [id]


def test_a_search_stays_within_reach(world):
    enter(world)
    assert find_people(db.session, "李秀英", secret(), Within(area=world.area("绿园"))) == []


# ---- the backlog ----


def test_the_backlog_counts_who_waits_by_category_and_since_when(world):
    early = world.clock.now() - timedelta(hours=5)
    enter(world, detected_at=early, category="asymptomatic")
    enter(world, name="周平")
    enter(world, name="吴所谓", category=None)
    waiting = waiting_by_area(db.session, EVERYWHERE)[world.area("宽城")]
    assert waiting.by_group() == {"positive": 1, "contact": 1, "unknown": 1}
    assert (waiting.people, waiting.oldest) == (3, early)


def test_who_is_placed_today_is_told_beside_who_was_found_today(world):
    enter(world, category="asymptomatic", detected_at=world.clock.now() - timedelta(hours=2))
    world.do("save_occupant", site="S1", building="主楼", floor="2", number="0202", name="赵刚", category="close_contact")
    zone = world.app.config["BIHUAN"].time_zone
    settled = settled_on(db.session, EVERYWHERE, world.clock.now(), zone)
    assert (settled["positive"].found, settled["positive"].placed) == (1, 0)
    assert (settled["contact"].found, settled["contact"].placed) == (1, 1)


def test_an_id_number_is_changed_by_its_own_word_only_and_stands_nowhere_in_the_log(world):
    person = world.person(id_number="220199198001010031")
    told = {"id_number": {"was": None, "now": "220199198001010058"}}
    assert world.say("edit_person", person, changes=told).code == "request.unreadable"
    world.do("edit_person", person, changes={}, id_number="220199198001010058")
    said = db.session.scalars(select(Operation.body)).all()
    assert not any("220199198001010058" in text or "220199198001010031" in text for text in said)
