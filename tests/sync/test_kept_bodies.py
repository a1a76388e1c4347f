"""What was made for one phone is given to the next only as it would be made for that one now."""

import gzip
import json

from server.store.change_log import head
from server.store.database import db, snapshot
from server.store.json_text import as_bytes
from server.store.transfers import Transfer
from server.store.users import User
from sync import digest, feed, runs
from sync.feed import read_page
from sync.records.kept import Shelf
from sync.runs import Run
from tests.sync.phone import Phone
from tests.sync.town import a_transfer, a_whole_transfer, lines_of, what_may_be_seen
from tests.world import ADMINISTRATOR


def test_crew_and_site_are_each_shown_their_own_side_of_one_transfer(world):
    transfer = a_transfer(world)
    for username in ("driver1", "receiver1", "driver1", "receiver1"):
        phone = Phone(world, username)
        phone.sync()
        assert phone.records["transfer", transfer]["body"] == what_may_be_seen(username, world)["transfer", transfer]
    assert phone.records["transfer", transfer]["body"]["lines"][0]["address"] is None


def test_whoever_is_no_longer_in_the_crew_is_given_nothing_though_the_body_is_at_hand(world):
    transfer = a_transfer(world)
    Phone(world, "driver1").sync()
    world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users["driver2"])
    late, now = Phone(world, "driver1"), Phone(world, "driver2")
    late.sync()
    now.sync()
    assert ("transfer", transfer) not in late.records
    assert ("transfer", transfer) in now.records


def test_what_was_judged_a_moment_ago_is_shown_as_it_was_written(world):
    transfer, phone = a_transfer(world), Phone(world, "driver1")
    phone.sync()
    for line in lines_of(transfer):
        phone.record("board_person", transfer, line=line, identity=["face"])
        phone.sync()
        assert phone.records["transfer", transfer]["body"] == what_may_be_seen("driver1", world)["transfer", transfer]
    assert phone.high == head(db.session)


def test_p7_a_body_is_as_new_as_the_revision_it_is_sent_with(each_world):
    """Rows that the same request has loaded before, for judging, are read again in the page's snapshot."""
    transfer = a_transfer(each_world)
    loaded = a_whole_transfer(transfer)
    with db.engine.begin() as other:
        other.execute(Transfer.__table__.update().where(Transfer.id == transfer).values(category="confirmed"))
    with snapshot() as session:
        page = read_page(session, session.get(User, each_world.users["driver1"]), None, 500, each_world.app.config["SECRET_KEY"])
    assert loaded is not None
    assert [change["body"]["category"] for change in json.loads(as_bytes(page.changes)) if change["id"] == transfer] == ["confirmed"]


def test_a_body_of_another_revision_or_another_history_is_not_found():
    shelf = Shelf()
    shelf.keep(("e1", "room", "a"), 5, None, None, b"{}")
    assert shelf.find(("e1", "room", "a"), 5).bodies == {None: b"{}"}
    assert shelf.find(("e1", "room", "a"), 6) is None
    assert shelf.find(("e2", "room", "a"), 5) is None


def test_the_shelf_lets_go_of_what_nobody_asks_for(world):
    shelf = Shelf(bytes_most=20_000)
    for n in range(100):
        shelf.keep(("e", "room", str(n)), 1, None, None, b"x" * 1_000)
        shelf.find(("e", "room", "0"), 1)
    assert shelf.find(("e", "room", "0"), 1)
    assert shelf.find(("e", "room", "50"), 1) is None


def test_a_site_s_rooms_and_the_directory_come_packed_once_and_are_whole(world, monkeypatch):
    monkeypatch.setattr(runs, "LEAST", 2)
    for username in ("receiver1", "head1", "driver1", "receiver1"):
        phone = Phone(world, username)
        phone.sync()
        assert bodies_of(phone) == what_may_be_seen(username, world)
    world.do("save_hospital", name="吉大一院", colour="green", area="宽城", services=["透析"])
    phone.sync()
    assert bodies_of(phone) == what_may_be_seen("receiver1", world)


def test_what_was_read_of_a_site_for_one_phone_is_read_again_for_the_next_once_the_site_moved(world, monkeypatch):
    """New phones read in small pages, so that there are many stretches; between them a room changes."""
    monkeypatch.setattr(runs, "LEAST", 2)
    for told in ("清空", "封闭", "再开"):
        for _ in range(2):  # of two the second is given what was read for the first
            phone = Phone(world, "receiver1", page=3)
            phone.sync()
            assert bodies_of(phone) == what_may_be_seen("receiver1", world)
            assert phone.compared == 1
        world.do("save_room", site="S1", building="主楼", floor="2", number="0201", kind=told)
    phone.sync()
    assert bodies_of(phone) == what_may_be_seen("receiver1", world)


def test_what_stands_in_a_kept_scope_and_in_one_of_the_phones_own_counts_once_in_a_digest(world):
    """A driver with a transfer to S1 becomes its receiver: each phone holds the digest against what it has (phone.py)."""
    a_transfer(world)
    a_transfer(world, driver="driver2")
    world.do("change_user", world.users["driver1"], by=ADMINISTRATOR, role="receiver", site_id=world.site)
    for username in ("driver1", "receiver1", "driver1"):
        phone = Phone(world, username)
        phone.sync()
        assert phone.compared == 1
        assert sum(kind == "transfer" for kind, _id in phone.records) == 2


def test_a_run_is_given_to_nobody_who_may_not_see_it(world, monkeypatch):
    """The scope index is wrong on purpose: a driver's phone reads a site's rooms in it, which lie ready, packed."""
    monkeypatch.setattr(runs, "LEAST", 2)
    monkeypatch.setattr(digest, "EVERY_SECONDS", 10**12)
    receiver = Phone(world, "receiver1")
    receiver.sync()
    assert any(kind == "room" for kind, _id in receiver.records)
    mine = [f"driver:{world.users['driver1']}", f"author:{world.users['driver1']}", f"site:{world.site}", "ref"]
    monkeypatch.setattr(feed, "scopes_of_user", lambda user: mine)
    driver = Phone(world, "driver1")
    driver.sync()
    assert bodies_of(driver) == what_may_be_seen("driver1", world)
    assert not any(kind == "room" for kind, _id in driver.records)


def test_a_run_unpacks_to_its_text_and_what_follows():
    run = Run.of([as_bytes({"n": n, "text": "房间" * n}) for n in range(60)], frozenset())
    for rest in (b"]}", b',{"n":60}],"more":false}' * 500):
        assert gzip.decompress(run.gzip(rest)) == run.text + rest


def bodies_of(phone: Phone) -> dict:
    return {key: record["body"] for key, record in phone.records.items()}
