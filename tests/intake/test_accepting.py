"""The import door: files become people and places, each row with a verdict, whatever is cut short, sent twice or corrected."""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from server.domain.acts import Actor
from server.intake import alone
from server.intake.accepting import accept, report, take_in
from server.intake.folders import import_files
from server.intake.receiving import Arrived, receive
from server.problems import Refused
from server.settings import read_settings
from server.store.change_log import Operation
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.imports import ImportFile, ImportRow
from server.store.leases import Lease
from server.store.people import CategoryHistory, Custody, Household, Person
from server.store.rooms import Room, Stay
from server.store.sites import Site
from tests.conftest import running
from tests.intake.conftest import DEMO

CLERK = Actor(None, "dispatcher", "值班员")
LEDGERS = ("areas.csv", "communities.csv")


def count(table, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def bring(app, content: str | bytes, name="2022-04-03-宽城区.csv", by=CLERK, **given) -> str:
    """Take a file in; the id of it."""
    data = content.encode() if isinstance(content, str) else content
    return take_in(Arrived(data, name, by, app.clock.now(), **given))


def told(id: str) -> dict:
    [file] = report([id])["files"]
    return file


def rows(id: str) -> list[ImportRow]:
    query = select(ImportRow).where(ImportRow.file_id == id).order_by(ImportRow.position)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


HEADER = "姓名,身份证号,电话,地址,类别\n"
FIRST = "马丽华,220199198001010031,14200001111,天茂名苑3号楼2单元501,密接\n"
SECOND = "白玉兰,,14200002222,天茂名苑3号楼2单元501,无症状\n"
NAMELESS = ",220199198001010058,14200003333,天茂名苑5号楼1单元101,密接\n"


# ---- the five days ----


@pytest.fixture(scope="module")
def five_days(migrated, tmp_path_factory, demo):
    """The ledgers of areas and compounds, then all 45 lists, taken in once for this file's tests."""
    data = tmp_path_factory.mktemp("five_days") / "data"
    shutil.copytree(migrated, data)
    for app in running(read_settings({"DATA": str(data)})):
        paths = [*(demo / name for name in LEDGERS), demo / "lists"]
        outcomes = list(import_files(paths, by=CLERK, at=app.clock.now()))
        yield app, outcomes


def test_the_45_lists_are_counted_as_they_were_made(five_days, expected):
    _app, outcomes = five_days
    assert [outcome.file.name for outcome in outcomes if outcome.refusal] == []
    files = {outcome.file.name: told(outcome.id) for outcome in outcomes if outcome.file.name in expected}
    assert {name: file["data_rows"] for name, file in files.items()} == {name: file["data_rows"] for name, file in expected.items()}
    assert all(file["accepted"] + file["matched"] + file["held"] == file["data_rows"] == len(file["rows"]) for file in files.values())


def test_the_report_names_each_seeded_fault_and_nobody_twice(five_days, expected):
    _app, outcomes = five_days
    for outcome in outcomes:
        if outcome.file.name not in expected:
            continue
        file = told(outcome.id)
        codes = {(row["sheet"] or "csv", row["row"], code) for row in file["rows"] for code in (*row["reasons"], *row["warnings"])}
        seeded = {(fault["sheet"], fault["row"], fault["fault"]) for fault in expected[outcome.file.name]["faults"]}
        assert seeded <= codes, outcome.file.name
        assert all(row["person"] for row in file["rows"] if row["verdict"] != "held")
    assert count(Person) == sum(told(outcome.id)["accepted"] for outcome in outcomes if outcome.file.name in expected)


def test_a_person_listed_again_has_the_new_category_in_the_history(five_days):
    twice = select(CategoryHistory.person_id).group_by(CategoryHistory.person_id).having(func.count() > 1)
    matched = db.session.scalars(select(ImportRow.person_id).where(ImportRow.verdict == "matched")).all()
    changed = set(db.session.scalars(twice))
    assert changed and changed <= set(matched)
    newest_first = select(CategoryHistory.category).order_by(CategoryHistory.from_at.desc(), CategoryHistory.id.desc())
    for id in changed:
        assert db.session.scalar(newest_first.where(CategoryHistory.person_id == id)) == db.session.get(Person, id).category


def test_people_behind_one_door_are_one_household(five_days):
    shared = select(Person.household_id).where(Person.household_id.is_not(None)).group_by(Person.household_id).having(func.count() > 1)
    assert len(db.session.scalars(shared).all()) > 100
    assert count(Household) == db.session.scalar(select(func.count(func.distinct(Household.door))))


def test_everybody_listed_is_in_somebodys_hands(five_days):
    assert count(Custody, Custody.holder == "origin") == count(Person)


def test_importing_everything_again_changes_nothing(five_days, demo):
    app, outcomes = five_days
    before = {table: count(table) for table in (Person, CategoryHistory, ImportRow, ImportFile, Operation)}
    again = list(import_files([*(demo / name for name in LEDGERS), demo / "lists"], by=CLERK, at=app.clock.now()))
    assert {table: count(table) for table in before} == before
    assert {outcome.file.name: outcome.id for outcome in again} == {outcome.file.name: outcome.id for outcome in outcomes}


def test_no_id_number_is_kept_in_the_clear(five_days, demo):
    number = "220199"
    for row in db.session.scalars(select(ImportRow).limit(400)):
        text = json.dumps([row.cells, row.read], ensure_ascii=False)
        assert number not in text, text


# ---- cut short, sent twice, corrected ----


class Killed(Exception):
    """The process ends here."""


def a_long_list(people: int) -> str:
    return HEADER + "".join(f"周小{'一二三四五六七八九十'[n % 10]},,142{n:08},天茂名苑{n}号楼1单元101,密接\n" for n in range(people))


def test_accepting_that_was_killed_is_taken_up_where_it_stood(each_world):
    app = each_world.app

    def die(what, done, of):
        if (what, done) == ("accepting", 400):
            raise Killed

    arrived = Arrived(a_long_list(900).encode(), "2022-04-03-宽城区.csv", CLERK, app.clock.now())
    with pytest.raises(Killed):
        take_in(arrived, die)
    assert count(Person) == 400
    id = bring(app, a_long_list(900))
    assert (count(Person), told(id)["accepted"], db.session.get(ImportFile, id).state) == (900, 900, "done")
    assert count(Operation, Operation.type == "list_person") == 900


def test_judging_that_was_killed_leaves_nothing_to_be_seen_and_begins_anew(world):
    def die(what, done, of):
        raise Killed

    with pytest.raises(Killed):
        receive(Arrived(a_long_list(1500).encode(), "2022-04-03-宽城区.csv", CLERK, world.clock.now()), die)
    unfinished = db.session.scalar(select(ImportFile.id))
    with pytest.raises(Refused, match="import.unknown"):
        accept(unfinished, by=CLERK, at=world.clock.now())
    bring(world.app, a_long_list(1500))
    assert (count(Person), count(ImportFile), count(ImportRow)) == (1500, 1, 1500)


def test_an_import_whose_process_is_killed_is_taken_up_by_the_next_one(tmp_path):
    """The command itself, ended with SIGKILL while it takes people in, and given again."""
    file, data = tmp_path / "2022-04-03-宽城区.csv", tmp_path / "data"
    file.write_text(a_long_list(3_000))
    command = [Path(sys.executable).with_name("bihuan"), "import", DEMO / "areas.csv", file]
    environment = {name: value for name, value in os.environ.items() if name not in ("CLOCK", "DATABASE_URL")} | {"DATA": str(data)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as first:
        for line in first.stderr:
            if line.startswith("accepting 1,000"):
                first.kill()
    for _app in running(read_settings({"DATA": str(data)})):
        assert db.session.scalar(select(ImportFile.state).where(ImportFile.kind == "list")) == "accepting"
        assert 1_000 <= count(Person) < 3_000
    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert "3000 rows = 3000 accepted + 0 matched + 0 held" in again.stdout
    for _app in running(read_settings({"DATA": str(data)})):
        assert (count(Person), count(Operation, Operation.type == "list_person")) == (3_000, 3_000)


def test_a_person_twice_in_a_large_list_is_held_beside_the_first_however_far_apart(world):
    long = a_long_list(1_200).splitlines(keepends=True)
    id = bring(world.app, "".join([*long, long[1]]))
    assert (rows(id)[-1].reasons, rows(id)[-1].other_row_id) == (["duplicate_in_file"], rows(id)[0].id)


def test_the_turn_of_a_file_is_kept_while_it_is_judged_for_long(world, monkeypatch):
    monkeypatch.setattr(alone, "KEPT", timedelta(seconds=1))
    monkeypatch.setattr(alone, "KEPT_EVERY_SECONDS", 0.2)
    taken = []

    def slowly(_what, done, of) -> None:
        time.sleep(2)
        taken.append(alone.Turn(arrived.sha256).take())

    arrived = Arrived((HEADER + FIRST).encode(), "2022-04-03-宽城区.csv", CLERK, world.clock.now())
    receive(arrived, slowly)
    assert taken == [False]
    assert count(Lease) == 0


def test_the_same_file_sent_twice_at_once_is_judged_once_and_both_get_the_same_report(each_world):
    app, at = each_world.app, each_world.clock.now()
    begun, answers = Event(), []

    def send(told) -> None:
        with app.app_context():
            answers.append(receive(Arrived(a_long_list(1500).encode(), "2022-04-03-宽城区.csv", CLERK, at), told))
            db.session.remove()

    def half_way(_what, done, of) -> None:
        if done < of:
            begun.set()
            other.start()
            other.join(timeout=1)  # it waits, and takes nothing away
            assert other.is_alive()

    other = Thread(target=send, args=(lambda *_: None,))
    first = Thread(target=send, args=(half_way,))
    first.start()
    first.join()
    assert begun.is_set()
    other.join(timeout=20)
    assert len(answers) == 2
    assert answers[0] == answers[1]
    assert (count(ImportFile), count(ImportRow)) == (1, 1500)
    assert db.session.get(ImportFile, answers[0]).state == "judged"
    assert count(Lease) == 0


def test_a_judged_file_is_a_preview_and_changes_nobody(world):
    id = receive(Arrived((HEADER + FIRST).encode(), "2022-04-03-宽城区.csv", CLERK, world.clock.now()))
    assert (db.session.get(ImportFile, id).state, count(Person)) == ("judged", 0)
    accept(id, by=CLERK, at=world.clock.now())
    assert count(Person) == 1


def test_who_was_registered_between_judging_and_accepting_is_matched(world):
    id = receive(Arrived((HEADER + FIRST).encode(), "2022-04-03-宽城区.csv", CLERK, world.clock.now()))
    entered = world.do("enter_person", name="马丽华", phone="14200001111", category="close_contact")
    accept(id, by=CLERK, at=world.clock.now())
    assert [(row["verdict"], row["person"]) for row in told(id)["rows"]] == [("matched", entered)]


def test_a_row_that_its_verb_refuses_is_held_with_that_reason(world):
    rooms = "场所编号,楼栋,楼层,房号,房型\nS1,主楼,3,0301,single\nS9,主楼,3,0301,single\n"
    file = told(bring(world.app, rooms, "rooms.csv"))
    assert [(row["verdict"], row["reasons"]) for row in file["rows"]] == [("accepted", []), ("held", ["site.unknown"])]


def test_a_file_is_taken_in_in_chunks_that_say_how_far_they_are(world, monkeypatch):
    heard = []
    take_in(Arrived(a_long_list(450).encode(), "2022-04-03-宽城区.csv", CLERK, world.clock.now()), lambda *what: heard.append(what))
    assert heard == [("judging", 450, 450), ("accepting", 200, 450), ("accepting", 400, 450), ("accepting", 450, 450)]


def test_a_corrected_list_in_the_evening_closes_the_row_that_was_held(world):
    morning = bring(world.app, HEADER + FIRST + NAMELESS)
    assert [row.waits for row in rows(morning)] == [False, True]
    world.pass_time(hours=8)
    evening = bring(world.app, HEADER + FIRST + "苏玉清" + NAMELESS)
    assert [row["verdict"] for row in told(evening)["rows"]] == ["matched", "accepted"]
    assert [(row.state, row.waits) for row in rows(morning)] == [("done", False), ("closed", False)]
    assert rows(morning)[1].person_id == rows(evening)[1].person_id
    assert [row["verdict"] for row in told(morning)["rows"]] == ["accepted", "held"]


def test_another_areas_list_changes_a_persons_category_at_once_and_their_own_desk_is_told(world):
    """A result does not wait for a border; whose person it is stays, and the desk that answers for them sees what was said."""
    own = world.area("绿园")
    world.person("马丽华", phone="14200001111", home_area_id=own, pickup_area_id=own, responsible_area_id=own)
    positive = HEADER + FIRST.replace("密接", "无症状")
    bring(world.app, positive)
    person = db.session.scalar(select(Person).where(Person.name == "马丽华").execution_options(populate_existing=True))
    assert (person.category, person.responsible_area_id) == ("asymptomatic", own)
    [item] = db.session.scalars(select(Conflict).where(Conflict.code == "person.listed_elsewhere"))
    assert (item.area_id, item.person_id, item.state) == (own, person.id, "open")
    assert [(side.get("says"), side.get("list")) for side in item.values] == [("close_contact", None), ("asymptomatic", "宽城区")]
    bring(world.app, positive + SECOND, "2022-04-04-宽城区.csv")
    assert count(Conflict, Conflict.code == "person.listed_elsewhere") == 1, "the same again is no news"


def test_a_person_held_on_another_day_is_held_beside_it(world):
    first = bring(world.app, HEADER + "王建国,,14200004444,天茂名苑3号楼2单元501,待定\n")
    second = bring(world.app, HEADER + "王建国,,14200004444,天茂名苑3号楼2单元501,密接\n", "2022-04-04-宽城区.csv")
    [beside] = rows(second)
    assert (beside.reasons, beside.other_row_id, beside.waits) == (["matches_held_row"], rows(first)[0].id, False)


# ---- what a file must say ----


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("名单.csv", HEADER + FIRST, "import.area_missing"),
        ("宽城区.csv", HEADER + FIRST, "import.day_missing"),
        ("2022-04-03-宽城区.csv", "", "file.empty"),
        ("2022-04-03-宽城区.csv", "今天天气很好\n没有名单\n", "file.no_header"),
        ("2022-04-03-宽城区.xlsx", b"PK\x03\x04 nothing", "file.broken"),
    ],
)
def test_a_file_that_is_refused_leaves_nothing_behind(world, name, content, code):
    with pytest.raises(Refused, match=code):
        bring(world.app, content, name)
    assert (count(ImportFile), count(ImportRow), count(Person)) == (0, 0, 0)


def test_what_a_file_does_not_say_can_be_said_for_it(world):
    id = bring(world.app, HEADER + FIRST, "名单.csv", area="宽城", day=date(2022, 4, 3))
    assert db.session.get(ImportFile, id).list_day == date(2022, 4, 3)


@pytest.mark.parametrize(("by", "name"), [("desk1", "2022-04-03-绿园区.csv"), ("commander", "2022-04-03-宽城区.csv")])
def test_a_desk_brings_its_own_lists_only(world, by, name):
    with pytest.raises(Refused, match=r"import.other_area|import.unknown|access.denied"):
        bring(world.app, HEADER + FIRST, name, by=world.actor(by))
    assert count(Person) == 0


def test_a_district_desk_brings_no_ledger_of_rooms(world):
    with pytest.raises(Refused, match="import.other_area"):
        bring(world.app, "场所编号,楼栋,楼层,房号,房型\nS1,主楼,3,0301,single\n", "rooms.csv", by=world.actor("desk1"))


def test_home_pickup_and_responsible_area_are_three_things(world):
    id = bring(world.app, HEADER.strip() + ",区域\n" + FIRST.strip() + ",绿园区\n")
    person = db.session.get(Person, rows(id)[0].person_id)
    areas = (person.home_area_id, person.pickup_area_id, person.responsible_area_id)
    assert areas == (world.area("绿园"), world.area("宽城"), world.area("宽城"))


# ---- the ledgers ----


@pytest.fixture(scope="module")
def register(migrated, tmp_path_factory, demo):
    """The scenario's nine ledgers, taken in once."""
    data = tmp_path_factory.mktemp("register") / "data"
    shutil.copytree(migrated, data)
    names = "areas.csv communities.csv sites.xlsx rooms.csv room-states.csv vehicles.xlsx staff.xlsx hospitals.csv occupants.csv"
    for app in running(read_settings({"DATA": str(data)})):
        outcomes = list(import_files([demo / name for name in names.split()], by=CLERK, at=app.clock.now()))
        yield app, {outcome.file.name: told(outcome.id) for outcome in outcomes}


def test_every_row_of_the_scenarios_ledgers_is_taken_in(register):
    _app, files = register
    assert {name: (file["data_rows"], file["accepted"]) for name, file in files.items()} == {
        "areas.csv": (17, 17), "communities.csv": (126, 126), "sites.xlsx": (61, 61), "rooms.csv": (6209, 6209),
        "room-states.csv": (318, 318),
        "vehicles.xlsx": (60, 60), "staff.xlsx": (219, 219), "hospitals.csv": (12, 12), "occupants.csv": (4570, 4570),
    }  # fmt: skip


def test_whoever_was_in_a_room_is_there_now(register):
    assert count(Stay) == count(Custody, Custody.holder == "site") == 4570
    assert count(Room, Room.state == "occupied") == db.session.scalar(select(func.count(func.distinct(Stay.room_id))))


def test_a_contacts_clock_runs_from_the_last_exposure_and_a_positives_by_tests(register):
    due = dict(db.session.execute(select(Stay.category, func.count(Stay.due_on)).group_by(Stay.category)).all())
    everybody = dict(db.session.execute(select(Stay.category, func.count()).group_by(Stay.category)).all())
    assert due == {**everybody, "asymptomatic": 0}
    for category, days in (("close_contact", 14), ("secondary_contact", 7)):
        stays = db.session.scalars(select(Stay).where(Stay.category == category)).all()
        assert {(stay.due_on - stay.clock_from).days for stay in stays} == {days}


def test_a_room_keeps_the_state_the_ledger_gave_it(register):
    site = db.session.scalar(select(Site).where(Site.code == "S002"))
    room = db.session.scalar(select(Room).where(Room.site_id == site.id, Room.number == "0214"))
    assert (room.state, room.since.isoformat()) == ("aerating", "2022-04-02T14:54:00+00:00")
