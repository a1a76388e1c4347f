"""P5, P6, P7, P8, P20, P24: what comes down, in whatever pages, is what the user may see: no more, no less, never backwards."""

import pytest
from sqlalchemy import select

from server.domain.acts import CLOCK, new_id
from server.store import compaction
from server.store.change_log import Epoch, ScopeEntry, head
from server.store.conflicts import Conflict
from server.store.database import db, transaction
from server.store.users import User
from server.ticker import pass_time
from sync import digest
from sync.cursor import Cursor, read_cursor, write_cursor
from tests.sync.phone import Phone, read
from tests.sync.town import IDENTITY, a_transfer, lines_of, what_may_be_seen


def assert_at_rest(phone: Phone) -> None:
    """P5: what the phone holds is what its user may see, found without the feed; each at its newest revision."""
    assert {key: record["body"] for key, record in phone.records.items()} == what_may_be_seen(phone.username, phone.world)
    newest = dict(db.session.execute(select(ScopeEntry.id, ScopeEntry.rev).order_by(ScopeEntry.rev)).all())
    assert {id: record["rev"] for (_kind, id), record in phone.records.items()} == {id: newest[id] for _kind, id in phone.records}


@pytest.mark.parametrize("page", [1, 2, 3, 5, 7, 500])
def test_p5_pages_of_any_size_come_to_the_same_records(each_town, page):
    transfer, first = each_town
    world = first.world
    a_transfer(world, driver="driver2", escort="escort1")
    phones = [Phone(world, name, page=page) for name in ("driver1", "driver2", "receiver1", "escort1")]
    for phone in phones:
        phone.sync()
        assert_at_rest(phone)
    world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users["escort1"])
    first.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    first.sync()
    for phone in phones:
        phone.sync()
        assert_at_rest(phone)


def test_a_first_sync_opens_the_screen_after_the_first_scope_and_drains_the_rest_in_order(world):
    transfer = a_transfer(world)
    phone = Phone(world, "receiver1")
    phone.sync()
    order = [change["type"] for page in phone.pages for change in page["changes"]]
    assert order.index("transfer") < order.index("site_card")
    driver = Phone(world, "driver1")
    driver.sync()
    first, *_others, last = driver.pages
    assert ([change["id"] for change in first["changes"]], first["promote"], first["more"]) == ([transfer], True, True)
    assert (last["promote"], last["more"], last["high"]) == (True, False, head(db.session))


@pytest.mark.parametrize("page", [1, 2, 3])
def test_p5_what_came_with_the_draining_of_a_scope_and_left_before_the_round_was_over_is_dropped(each_world, page):
    """A first sync takes several pages. A transfer given after it began comes with its scope; taken away again, it must go."""
    world = each_world
    for _ in range(3):
        a_transfer(world, people=1, verified=False)
    phone = Phone(world, "driver1", page=page)
    phone.round()
    late = a_transfer(world, people=1, verified=False)
    while late not in {change["id"] for answer in phone.pages for change in answer["changes"]}:
        assert phone.round()
    world.do("reassign_transfer", late, by="dispatcher", driver=world.users["driver2"])
    phone.sync()
    assert late not in phone.shows("transfer")
    assert_at_rest(phone)


def test_a_round_is_promoted_only_when_it_has_come_whole(world):
    phone = Phone(world, "driver1")
    phone.sync()
    transfers = {a_transfer(world, people=1, verified=False) for _ in range(3)}
    phone.page, phone.pages = 1, []
    while phone.round():
        assert phone.shows("transfer") == set()
    assert phone.shows("transfer") == transfers
    assert [page["promote"] for page in phone.pages] == [*[False] * (len(phone.pages) - 1), True]


def test_changes_come_only_with_the_last_of_the_outbox(town):
    """Nobody loses the list of a coach while "boarded" is still in the next request."""
    transfer, phone = town
    phone.batch, cursor = 1, phone.cursor
    for line in lines_of(transfer):
        phone.record("board_person", transfer, line=line, identity=IDENTITY)
    answer = phone.ask()
    assert (answer["changes"], answer["cursor"], answer["promote"]) == ([], cursor, False)
    phone.sync()
    assert_at_rest(phone)


def test_a_driver_who_is_replaced_loses_the_transfer_and_the_new_one_gets_it(town):
    transfer, phone = town
    world = phone.world
    other = Phone(world, "driver2")
    other.sync()
    world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users["driver2"])
    phone.sync()
    other.sync()
    assert (phone.shows("transfer"), other.shows("transfer")) == (set(), {transfer})
    assert ("drop", transfer) in [(change["op"], change["id"]) for change in phone.pages[-1]["changes"]]
    assert_at_rest(phone)
    assert_at_rest(other)


def test_a_transfer_that_came_and_went_between_two_rounds_is_never_named(world):
    phone = Phone(world, "driver2")
    phone.sync()
    transfer = a_transfer(world)
    world.do("reassign_transfer", transfer, by="dispatcher", driver=phone.user)
    world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users["driver1"])
    phone.sync()
    assert transfer not in [change["id"] for page in phone.pages for change in page["changes"]]


def test_a_transfer_that_comes_back_is_put_again(town):
    transfer, phone = town
    world = phone.world
    for driver in ("driver2", "driver1"):
        world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users[driver])
        phone.sync()
    assert phone.shows("transfer") == {transfer}
    assert_at_rest(phone)


def test_p24_nobody_leaves_a_phones_list_while_its_user_holds_them(town):
    """A driver whose transfer was given away boards somebody in the stairwell: the person stays on his list until handed on."""
    transfer, phone = town
    world = phone.world
    world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users["driver2"])
    phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    phone.sync()
    held = phone.body("transfer", transfer)["lines"][0]
    assert held["state"] == "aboard"
    assert_at_rest(phone)
    world.do("relieve_crew", transfer, by="dispatcher", driver=world.users["driver2"], place="北湖路口", people=1)
    phone.sync()
    assert phone.shows("transfer") == set()
    assert_at_rest(phone)


@pytest.mark.parametrize("page", [1, 500])
def test_a_receiver_who_moves_to_another_site_takes_nothing_along(world, page):
    a_transfer(world)
    second = world.do("save_site", code="S2", name="南湖酒店", kind="hotel", area="宽城", address="南湖路 2 号", state="open",
                      accepts=["close_contact"], duty_phone="14200000009")  # fmt: skip
    world.do("save_room", site="S2", building="主楼", floor="1", number="0101", kind="single")
    phone = Phone(world, "receiver1", page=page)
    phone.sync()
    assert phone.shows("transfer") and phone.shows("room")
    for site in (second, world.site, second):
        with transaction() as session:
            session.get(User, phone.user).site_id = site
        world.do("save_room", site="S2", building="主楼", floor="1", number="0101", kind="single", own_bathroom=site == second)
        phone.sync()
        assert_at_rest(phone)
    assert {record["body"]["site"] for (kind, _), record in phone.records.items() if kind == "room"} == {second}


def test_p8_a_scope_that_is_lost_does_not_turn_a_record_back(world):
    """A receiver who also drives sees a transfer twice; when the site is taken from him the transfer keeps its newest revision."""
    receiver = world.users["receiver1"]
    transfer = a_transfer(world)
    with transaction() as session:
        session.get(User, receiver).role = "driver"
    world.do("reassign_transfer", transfer, by="dispatcher", driver=receiver)
    with transaction() as session:
        session.get(User, receiver).role = "receiver"
    phone = Phone(world, "receiver1")
    phone.sync()
    before = phone.records["transfer", transfer]["rev"]
    site = db.session.scalars(select(ScopeEntry).where(ScopeEntry.id == transfer, ScopeEntry.scope == f"site:{world.site}"))
    assert site.one().rev == before
    with transaction() as session:
        row = session.scalars(select(ScopeEntry).where(ScopeEntry.id == transfer, ScopeEntry.scope == f"site:{world.site}")).one()
        row.present, row.rev = False, before - 1
        session.get(User, receiver).site_id = None
    phone.sync()
    assert phone.records["transfer", transfer]["rev"] == before
    assert phone.shows("transfer") == {transfer}


def test_p7_a_page_never_ends_inside_a_stamp(world):
    """A receiver's own item stands in two of his scopes at one stamp: a page of one entry takes both, or the second were lost."""
    transfer = a_transfer(world)
    phone = Phone(world, "receiver1", page=1)
    phone.sync()
    phone.record("receive_person", transfer, line=lines_of(transfer)[0], outcome="received")
    phone.sync()
    both = {change["id"]: change["scopes"] for page in phone.pages for change in page["changes"] if change["type"] == "conflict"}
    assert both and all(len(scopes) == 2 for scopes in both.values())
    assert_at_rest(phone)


def test_p20_a_page_applied_twice_or_late_changes_nothing(town):
    transfer, phone = town
    old = phone.ask()
    phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    answer = phone.ask()
    phone.take(answer)
    phone.take({**answer, "results": []})
    assert_at_rest(phone)
    phone.cursor = old["cursor"]
    phone.sync()
    assert_at_rest(phone)


def test_the_same_cursor_gives_the_same_page(town):
    _transfer, phone = town
    phone.cursor = None
    assert phone.ask()["changes"] == phone.ask()["changes"] != []


RESETS = {
    "garbage": (lambda token, epoch: "garbage", "cursor"),
    "a changed letter": (lambda token, epoch: token[:-1] + ("A" if token[-1] != "A" else "B"), "cursor"),
    "another server's": (lambda token, epoch: write_cursor(Cursor(epoch, "x", 1), "other secret"), "cursor"),
}


@pytest.mark.parametrize(("spoil", "reset"), RESETS.values(), ids=RESETS)
def test_a_cursor_that_is_not_ours_swaps_the_records_and_keeps_the_work(town, spoil, reset):
    transfer, phone = town
    wire = phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    phone.cursor = spoil(phone.cursor, "0" * 32)
    phone.records["transfer", new_id()] = {"rev": 1, "body": {}}
    answer = phone.ask()
    assert answer["reset"] == reset
    phone.take(answer)
    phone.sync()
    assert_at_rest(phone)
    assert phone.kept[wire.id][1]["verdict"] == "applied"


def test_another_users_cursor_shows_nothing_of_his(town):
    transfer, phone = town
    other = Phone(phone.world, "driver2")
    other.cursor = phone.cursor
    answer = other.ask()
    assert answer["reset"] == "cursor"
    assert transfer not in [change["id"] for change in answer["changes"]]


def test_p8_a_restored_database_has_a_new_epoch_and_the_phone_swaps(town):
    """Revisions may fall only then: the restored one knows less than the phone has seen."""
    _transfer, phone = town
    with transaction() as session:
        session.scalars(select(Epoch).where(Epoch.ended_at.is_(None))).one().ended_at = phone.world.clock.now()
        session.add(Epoch(id="f" * 32, began_at=phone.world.clock.now()))
    answer = phone.ask()
    assert (answer["reset"], answer["epoch"]) == ("epoch", "f" * 32)
    phone.take(answer)
    phone.sync()
    assert_at_rest(phone)


def ahead(phone: Phone) -> None:
    """As after a round with a database that was put back since."""
    secret = phone.world.app.config["SECRET_KEY"]
    cursor = read_cursor(phone.cursor, phone.user, secret)
    cursor.high += 1
    phone.cursor = write_cursor(cursor, secret)


def test_a_cursor_ahead_of_the_counter_is_of_another_history_and_that_gets_its_own_epoch(each_town):
    """Somebody put back a file by hand. Only with another epoch do phones offer again what they have kept; the office is told once."""
    _transfer, phone = each_town
    other = Phone(phone.world, "driver2")
    other.sync()
    epoch = phone.pages[-1]["epoch"]
    for one in (phone, other):
        ahead(one)
        answer = one.ask()
        assert (answer["reset"], answer["epoch"] != epoch) == ("epoch", True)
        one.take(answer)
        one.sync()
        assert_at_rest(one)
    db.session.commit()
    assert db.session.query(Epoch).count() == 2
    assert db.session.query(Conflict).filter_by(code="server.restored").count() == 1


def test_a_cursor_below_the_floor_is_answered_with_everything(town):
    """P11: what is forgotten is never missed: whoever stands lower begins anew, the records stay until the new ones are whole."""
    transfer, phone = town
    world = phone.world
    world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users["driver2"])
    world.do("forget_departed", by=CLOCK, floor=head(db.session))
    assert not db.session.query(ScopeEntry).filter_by(present=False).count()
    phone.pages = []
    phone.sync()
    assert phone.pages[0]["reset"] == "floor"
    assert_at_rest(phone)
    world.do("save_area", name="双阳区", short="双阳", kind="district")
    phone.pages = []
    phone.sync()
    assert phone.pages[0]["reset"] is None


def test_the_feed_forgets_after_a_month_when_enough_has_gathered(each_town, monkeypatch):
    transfer, phone = each_town
    world = phone.world
    world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users["driver2"])
    reached = head(db.session)
    gone = db.session.query(ScopeEntry).filter_by(present=False)
    assert gone.count() > 0
    pass_time(world.clock.now())
    world.pass_time(days=31)
    pass_time(world.clock.now())
    assert gone.count() > 0, "too little to be worth it"
    monkeypatch.setattr(compaction, "EVERY_STAMPS", reached)
    pass_time(world.clock.now())
    assert (gone.count(), compaction.floor_of(db.session)) == (0, reached)
    assert pass_time(world.clock.now()) == 0
    phone.sign_in()
    phone.sync()
    assert_at_rest(phone)


def test_p6_every_body_sent_passed_the_policy_though_the_index_said_otherwise(world, monkeypatch):
    """The scope index is for speed. Here it is wrong on purpose, and nothing comes of it (but for the digests, made of it alone)."""
    monkeypatch.setattr(digest, "EVERY_SECONDS", 10**12)
    transfer = a_transfer(world)
    with transaction() as session:
        session.add(
            ScopeEntry(scope=f"driver:{world.users['driver2']}", type="transfer", id=transfer, seq=1, rev=1, first_entered=1, present=True)
        )
    phone = Phone(world, "driver2")
    phone.sync()
    assert phone.shows("transfer") == set()


def test_addresses_are_for_the_crew_until_boarding_and_never_for_the_site(town):
    transfer, phone = town
    receiver = Phone(phone.world, "receiver1")
    phone.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    phone.sync()
    receiver.sync()
    aboard, expected = phone.body("transfer", transfer)["lines"]
    assert aboard["address"] is None and aboard["phone"] is None
    assert expected["address"] and expected["phone"]
    assert all(line["address"] is None and line["phone"] is None for line in receiver.body("transfer", transfer)["lines"])
    assert receiver.body("transfer", transfer)["stops"] == []


def test_a_phone_that_mended_itself_compares_again_in_an_hour_and_not_at_once(town):
    """Otherwise a phone that reads a record wrongly, or leaves one out, would load everything again and again."""
    _transfer, phone = town

    def digests_of_a_first_sync(**said) -> list:
        phone.cursor, told = None, []
        for _ in range(9):
            answer = read(phone.post({**phone.message(), **said}))
            phone.cursor, said = answer["cursor"], {}
            told.append(answer["digests"])
            if not answer["more"]:
                return told
        raise AssertionError("the round does not end")

    assert digests_of_a_first_sync()[-1]
    assert not any(digests_of_a_first_sync(repaired=["room"]))
