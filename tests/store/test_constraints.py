"""What must never be false is held by the database itself, whatever the code does."""

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from server.domain.acts import new_id
from server.store.database import db, transaction
from server.store.imports import ImportFile, ImportRow
from server.store.people import Custody, Person
from server.store.rooms import Room, Stay
from server.store.transfers import Line


def write(statement) -> None:
    """Straight to the database, past every rule of ours."""
    with transaction() as session:
        session.connection().execute(statement)


def stay(world, person: str, **values):
    now = world.clock.now()
    return insert(Stay.__table__).values(
        **{"id": new_id(), "person_id": person, "site_id": world.site, "room_id": world.rooms[0], "place": 1, "kind": "quarantine",
           "category": "close_contact", "needs": [], "checked_in_at": now, "on_phones": True, **values}
    )  # fmt: skip


@pytest.fixture
def world(each_world):
    return each_world


def test_a_room_holds_one_stay(world):
    write(stay(world, world.person()))
    with pytest.raises(IntegrityError):
        write(stay(world, world.person("李秀英", phone="14200001001")))


def test_a_room_holds_two_only_for_a_reason(world):
    write(stay(world, world.person()))
    child = world.person("王小小", phone="14200001001")
    with pytest.raises(IntegrityError):
        write(stay(world, child, place=2))
    write(stay(world, child, place=2, group_reason="child with parent"))


def test_a_person_stays_in_one_place(world):
    person = world.person()
    write(stay(world, person))
    with pytest.raises(IntegrityError):
        write(stay(world, person, room_id=world.rooms[1]))


def test_a_person_is_on_one_open_transfer(world):
    person = world.person()
    world.do(
        "make_transfer", kind="outbound", people=[person], destination={"kind": "site", "id": world.site}, vehicle=world.vehicle,
        driver=world.users["driver1"],
    )  # fmt: skip
    line = dict(db.session.execute(select(Line.__table__)).mappings().one())
    with pytest.raises(IntegrityError):
        write(insert(Line.__table__).values(**{**line, "id": new_id()}))


def test_custody_of_a_person_is_one_row_with_a_known_holder(world):
    person = world.person()
    with pytest.raises(IntegrityError):
        write(insert(Custody.__table__).values(person_id=person, holder="site", since=world.clock.now()))
    with pytest.raises(IntegrityError):
        write(update(Custody.__table__).where(Custody.person_id == person).values(holder="nowhere"))


def test_one_id_number_is_one_person(world):
    one, other = world.person(id_number="22019919800101003X"), world.person("李秀英", phone="14200001001")
    key = db.session.scalar(select(Person.id_key).where(Person.id == one))
    with pytest.raises(IntegrityError):
        write(update(Person.__table__).where(Person.id == other).values(id_key=key))
    write(update(Person.__table__).where(Person.id == other).values(id_key=key, merged_into=one))


def test_a_reserved_room_names_its_transfer(world):
    with pytest.raises(IntegrityError):
        write(update(Room.__table__).where(Room.id == world.rooms[0]).values(state="reserved"))


def test_a_line_of_a_file_is_there_once(world):
    file = {"id": "f", "sha256": "x", "name": "n", "kind": "list", "state": "judging", "arrived_at": world.clock.now()}
    row = {"file_id": "f", "position": 0, "row": 2, "verdict": "held", "state": "judged"}
    with transaction() as session:
        session.execute(insert(ImportFile), [file])
        session.execute(insert(ImportRow), [{"id": "a", **row}])
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(ImportRow), [{"id": "b", **row}])


def test_nothing_points_at_a_person_who_is_not_there(world):
    with pytest.raises(IntegrityError):
        write(stay(world, "nobody"))
