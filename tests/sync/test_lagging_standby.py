"""P8 on a real hot standby: a server that reads from one which lags moves no phone backwards, begins no epoch and loses nothing."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, make_url, select

from server.app import create_app
from server.cli import migrate_database
from server.clock import Clock
from server.domain.acts import CLOCK
from server.settings import read_settings
from server.store.change_log import Epoch
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.leases import Lease
from server.store.rooms import Room
from server.ticker import take_turn
from tests.conftest import EVENING
from tests.postgres import Postgres, Standby
from tests.sync.phone import Phone, read
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged, numbers_of, what_may_be_seen
from tests.world import World

NAMES = ("driver1", "driver2", "escort1", "receiver1", "head1")


@pytest.fixture(scope="module")
def clusters() -> Iterator[tuple[Postgres, Standby]]:
    with Postgres() as primary, Standby(primary) as standby:
        yield primary, standby


@dataclass
class Pair:
    """The town, whose server writes to the primary; a second server beside it, on the standby."""

    world: World
    second: Flask
    standby: Standby

    def phone(self, username: str, **more) -> "RoamingPhone":
        return RoamingPhone(self.world, username, second=self.second, **more)


@pytest.fixture
def pair(clusters, tmp_path) -> Iterator[Pair]:
    primary, standby = clusters
    url, data, clock = primary.new_database(), str(tmp_path / "data"), Clock(EVENING)
    app = create_app(read_settings({"DATA": data, "DATABASE_URL": url}), clock)
    migrate_database(app)
    with app.app_context():
        world = World(app)
        standby.catch_up()
        second = create_app(read_settings({"DATA": data, "DATABASE_URL": standby.url_of(make_url(url).database)}), clock)
        migrate_database(second)  # as at every start: there is nothing left to do, so a standby lets it
        yield Pair(world, second, standby)
        standby.catch_up()
        for one in (second, app):
            with one.app_context():
                db.engine.dispose()
        db.session.remove()


@dataclass
class RoamingPhone(Phone):
    """A phone that is answered by the primary's server or, while it is `far`, by the standby's. One that is sent away keeps everything."""

    second: Flask | None = None
    far: bool = False
    answered_by: Counter = field(default_factory=Counter)

    def post(self, message: dict, **headers):
        if not self.far:
            return super().post(message, **headers)
        client = self.second.test_client()
        client.set_cookie("bihuan", self.client.get_cookie("bihuan").value)
        return client.post("/api/v1/sync", **self.packed(message, **headers))

    def round(self) -> bool:
        response = self.post(self.message())
        assert response.status_code in (200, 503), response.json
        self.answered_by[self.far, response.status_code] += 1
        if response.status_code == 503:
            assert (response.json["code"], response.headers["Retry-After"]) == ("server.busy", "2")
            return True
        answer = read(response)
        self.take(answer)
        assert answer["reset"] is None
        return bool(answer["more"] or self.outbox)

    def is_sent_away(self) -> bool:
        """Whether the standby's server tells it to come again."""
        self.far, before = True, self.answered_by[True, 503]
        self.round()
        self.far = False
        return self.answered_by[True, 503] > before

    def revisions(self) -> dict[tuple[str, str], int]:
        return {key: record["rev"] for key, record in self.records.items()}


def assert_at_rest(phone: Phone) -> None:
    assert {key: record["body"] for key, record in phone.records.items()} == what_may_be_seen(phone.username, phone.world)


def assert_one_history() -> None:
    db.session.rollback()
    assert db.session.query(Epoch).count() == 1
    assert not db.session.query(Conflict).filter_by(code="server.restored").count()


def test_a_phone_that_has_seen_more_than_a_lagging_standby_holds_comes_again_and_keeps_all_it_has(pair):
    transfer = a_transfer(pair.world)
    phones = [pair.phone(name) for name in NAMES]
    for phone in phones:
        phone.sync()
    pair.standby.lag()
    driver = phones[0]
    driver.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    driver.sync()
    given_away = a_transfer(pair.world)
    driver.sync()
    pair.world.do("reassign_transfer", given_away, by="dispatcher", driver=pair.world.users["driver2"])
    for phone in phones:
        phone.sync()
        before = (phone.cursor, phone.pages[-1]["epoch"], phone.revisions())
        assert phone.is_sent_away()
        assert (phone.cursor, phone.pages[-1]["epoch"], phone.revisions()) == before
        assert_at_rest(phone)
    assert driver.shows("transfer") == {transfer}
    assert_one_history()
    pair.standby.catch_up()
    assert not any(phone.is_sent_away() for phone in phones)
    for phone in phones:
        assert_at_rest(phone)


def test_a_phone_that_has_seen_no_more_is_served_by_a_lagging_standby_and_goes_on_from_there(pair):
    transfer, other = (a_transfer(pair.world, driver=name) for name in ("driver1", "driver2"))
    driver, receiver, ahead = pair.phone("driver1"), pair.phone("receiver1"), pair.phone("driver2")
    for phone in (driver, receiver, ahead):
        phone.sync()
    driver.record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)
    driver.sync()
    pair.standby.lag()
    pair.world.do("reassign_transfer", other, by="dispatcher", driver=pair.world.users["driver1"])
    ahead.sync()
    before = receiver.revisions()
    assert not receiver.is_sent_away() and not driver.is_sent_away()
    assert receiver.body("transfer", transfer)["lines"][0]["state"] == "aboard"
    assert receiver.revisions()["transfer", transfer] > before["transfer", transfer]
    assert driver.shows("transfer") == {transfer}
    assert ahead.shows("transfer") == set()
    for phone in (driver, receiver):
        phone.sync()
        assert_at_rest(phone)
    assert_one_history()


@pytest.mark.parametrize("lags", [True, False])
def test_what_is_brought_to_a_standby_stays_on_the_phone_until_the_primary_takes_it_once(pair, lags):
    transfer = a_transfer(pair.world)
    phone = pair.phone("driver1")
    phone.sync()
    pair.standby.lag() if lags else pair.standby.catch_up()
    wires = [phone.record("board_person", transfer, line=line, identity=IDENTITY) for line in lines_of(transfer)]
    assert phone.is_sent_away() and phone.is_sent_away()
    assert phone.outbox == wires and not logged()
    phone.sync()
    assert [phone.verdict(wire)["verdict"] for wire in wires] == ["applied"] * len(wires)
    pair.standby.catch_up()
    assert not phone.is_sent_away()
    assert Counter(row.id for row in logged()) == Counter(wire.id for wire in wires)
    assert numbers_of(phone.device) == [1, 2]
    assert_at_rest(phone)


def test_a_transfer_that_no_phone_holds_yet_is_first_given_by_the_primary(pair):
    """That it is on a phone must be written down before: no room of it is released without a name from there on."""
    phone = pair.phone("driver1")
    phone.sync()
    transfer = a_transfer(pair.world)
    pair.standby.catch_up()
    assert phone.is_sent_away() and phone.shows("transfer") == set()
    phone.sync()
    assert phone.shows("transfer") == {transfer}


def test_a_phone_unheard_of_for_a_minute_is_noted_by_the_primary_before_a_standby_serves_it(pair):
    """When it was last heard of is written at most once a minute: a standby cannot, even one that does not lag."""
    phone = pair.phone("driver1")
    phone.sync()
    pair.standby.catch_up()
    assert not phone.is_sent_away()
    pair.world.pass_time(minutes=2)
    assert phone.is_sent_away()
    phone.sync()
    pair.standby.catch_up()
    assert not phone.is_sent_away()


def test_a_phone_in_the_middle_of_a_first_round_goes_on_at_no_standby_that_holds_less_than_it_was_given(pair):
    """A round counts from where it began, but each scope comes as of its own moment: nothing of that falls or stays behind."""
    world = pair.world
    stays, leaves = (a_transfer(world, people=1, verified=False) for _ in range(2))
    pair.phone("driver1").sync()
    phone = pair.phone("driver1", page=1)
    phone.round()
    pair.standby.lag()
    driver = pair.phone("driver1")
    driver.sync()
    driver.record("board_person", stays, line=lines_of(stays)[0], identity=IDENTITY)
    driver.sync()
    late = a_transfer(world, people=1, verified=False)
    driver.sync()
    while late not in {change["id"] for answer in phone.pages for change in answer["changes"]}:
        assert phone.round()
    sent_away = phone.is_sent_away()
    world.do("reassign_transfer", late, by="dispatcher", driver=world.users["driver2"])
    world.do("reassign_transfer", leaves, by="dispatcher", driver=world.users["driver2"])
    phone.sync()
    assert_at_rest(phone)
    assert sent_away


def test_on_a_standby_nobody_does_what_is_due_until_it_is_done_on_the_primary(pair):
    transfer = a_transfer(pair.world, people=1)
    pair.standby.catch_up()
    rooms_held = select(func.count()).where(Room.transfer_id == transfer)
    later = pair.world.clock.now() + timedelta(days=1)
    with pair.second.app_context():
        take_turn("the standby's", later)
        assert db.session.scalar(rooms_held) == 1 and not db.session.query(Lease).count()
    take_turn("the primary's", later)
    pair.standby.catch_up()
    with pair.second.app_context():
        assert db.session.scalar(rooms_held) == 0 and db.session.query(Lease).one().holder == "the primary's"


def test_whoever_has_signed_in_since_is_not_asked_to_sign_in_again_by_a_standby_that_has_not_heard_of_it(pair):
    pair.standby.lag()
    phone = pair.phone("driver1")
    assert phone.is_sent_away()
    phone.sync()
    pair.standby.catch_up()
    assert not phone.is_sent_away()


def test_a_phone_of_a_new_epoch_is_not_led_back_into_the_last_one_by_a_standby_that_has_not_heard_of_it(pair):
    phone = pair.phone("driver1")
    phone.sync()
    pair.standby.lag()
    earlier = phone.pages[-1]["epoch"]
    pair.world.do("begin_epoch", by=CLOCK, restored_to=EVENING.isoformat(), instead_of=earlier)
    answer = phone.ask()
    phone.take(answer)
    assert answer["reset"] == "epoch" and answer["epoch"] != earlier
    assert phone.is_sent_away()
    pair.standby.catch_up()
    assert not phone.is_sent_away()
    assert phone.pages[-1]["epoch"] == answer["epoch"]


@pytest.mark.parametrize("seed", range(2))
def test_phones_that_are_answered_by_primary_and_standby_by_chance_come_to_rest_with_exactly_what_each_may_see(pair, seed):
    """No revision falls on the way (`Phone.put`), no answer begins anew, and what each recorded is taken once."""
    chance, world = random.Random(seed), pair.world
    transfers = [a_transfer(world, people=2, driver=name, escort="escort1") for name in ("driver1", "driver2", "driver1")]
    phones = [pair.phone(name, page=chance.choice((2, 5, 500))) for name in NAMES]
    pair.standby.lag()
    for turn in range(30):
        chance.choice((pair.standby.lag, pair.standby.catch_up, lambda: None, lambda: None))()
        if chance.random() < 0.4:
            driver = world.users[chance.choice(("driver1", "driver2"))]
            world.say("reassign_transfer", chance.choice(transfers), by="dispatcher", driver=driver, escort=world.users["escort1"])
        for phone in chance.sample(phones, 3):
            if phone.shows("transfer") and chance.random() < 0.4:
                transfer = chance.choice(sorted(phone.shows("transfer")))
                phone.record("report_problem", transfer, step="move", reason="other", line=lines_of(transfer)[0], note=f"{turn}")
            phone.far = chance.random() < 0.6
            phone.round()
    for phone in phones:
        phone.far = False
        phone.sync()
        phone.sync()
        assert_at_rest(phone)
        assert numbers_of(phone.device) == list(range(1, phone.seq + 1))
    assert Counter(row.id for row in logged()) == Counter(id for phone in phones for id in phone.kept)
    answers = sum((phone.answered_by for phone in phones), Counter())
    assert answers[True, 200] > 5 and answers[True, 503] > 5 and answers[False, 503] == 0
    assert_one_history()
