"""P7 with eight writers at once: a phone at H has seen every change up to H. And the obvious way, shown to miss changes."""

import random
import threading
import time

import pytest
from sqlalchemy import select, text

from server.domain.acts import Incoming
from server.domain.write_path import in_one_transaction
from server.store.change_log import Delivery, ScopeEntry
from server.store.database import db, transaction
from server.store.rooms import Room
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged
from tests.world import OPERATOR, World

WRITERS, ROOMS_EACH = 8, 15


@pytest.fixture
def town_on_postgres(cluster, migrated_postgres, tmp_path):
    from server.settings import read_settings
    from tests.conftest import running

    url = cluster.new_database(like=migrated_postgres)
    for app in running(read_settings({"DATA": str(tmp_path / "data"), "DATABASE_URL": url})):
        with transaction() as session:
            session.execute(text("CREATE TABLE naive_change (number bigserial PRIMARY KEY, room varchar)"))
        yield World(app)


def test_p7_eight_writers_at_once_and_the_feed_misses_nothing_where_a_number_taken_at_the_beginning_does(town_on_postgres):
    world = town_on_postgres
    writers = [threading.Thread(target=saves_rooms, args=(world, name)) for name in range(WRITERS)]
    naive = NaiveReader(world)
    phone = Phone(world, "receiver1", page=7)
    for thread in (naive, *writers):
        thread.start()
    while any(thread.is_alive() for thread in writers):
        phone.round()
    naive.finish()
    phone.sync()

    written = set(db.session.scalars(select(Room.id).where(Room.building == "新楼")))
    assert len(written) == WRITERS * ROOMS_EACH
    assert written <= phone.shows("room")
    assert naive.seen < written, "the control no longer shows the mistake: make the writers slower"
    print(f"of {len(written)} rooms the naive cursor missed {len(written) - len(naive.seen)}")


def saves_rooms(world, floor: int) -> None:
    """One writer: rooms one after another, each in a transaction that takes its time between first write and commit."""
    chance = random.Random(floor)
    for n in range(ROOMS_EACH):
        with world.app.app_context():
            args = {"site": "S1", "building": "新楼", "floor": str(floor), "number": f"{n}", "kind": "single"}
            save = Incoming(type="save_room", author=OPERATOR, args=args)

            def run(work, save=save):
                number = work.session.execute(text("INSERT INTO naive_change DEFAULT VALUES RETURNING number")).scalar_one()
                time.sleep(chance.random() / 50)
                room = work.judge(save).made
                work.session.execute(text("UPDATE naive_change SET room = :room WHERE number = :number"), {"room": room, "number": number})
                return work.finish()

            in_one_transaction(world.clock.now(), run)


class NaiveReader(threading.Thread):
    """Reads what has a higher number than the last it saw: what most first versions of a feed do."""

    def __init__(self, world):
        super().__init__()
        self.world, self.seen, self._last, self._done = world, set(), 0, threading.Event()

    def run(self) -> None:
        with self.world.app.app_context():
            while not self._done.is_set():
                self._read()
            self._read()

    def finish(self) -> None:
        self._done.set()
        self.join()

    def _read(self) -> None:
        found = db.session.execute(text("SELECT number, room FROM naive_change WHERE number > :last"), {"last": self._last}).all()
        db.session.rollback()
        self.seen |= {room for _number, room in found}
        self._last = max([self._last, *(number for number, _room in found)])


def test_p8_revisions_are_unique_and_in_the_order_of_commits(town_on_postgres):
    world = town_on_postgres
    writers = [threading.Thread(target=saves_rooms, args=(world, name)) for name in range(4)]
    for thread in writers:
        thread.start()
    heads = []
    while any(thread.is_alive() for thread in writers):
        newest = db.session.scalars(select(ScopeEntry.rev).order_by(ScopeEntry.rev)).all()
        db.session.rollback()
        heads.append(newest)
    for earlier, later in zip(heads, heads[1:], strict=False):
        assert earlier == later[: len(earlier)], "a stamp below the highest one was committed after it"


def test_p2_the_same_request_eight_times_at_once_is_judged_once(town_on_postgres):
    """Impatient phones and proxies repeat: the device's row lets one through after the other."""
    world = town_on_postgres
    transfer = a_transfer(world)
    phone = Phone(world, "driver1")
    phone.sync()
    for line in lines_of(transfer):
        phone.record("board_person", transfer, line=line, identity=IDENTITY)
    message, answers = phone.message(), []

    def send():
        answers.append(phone.world.app.test_client().post("/api/v1/sync", json=message, headers=headers))

    headers = {"X-Bihuan": "1", "Authorization": f"Bearer {phone.token}"}
    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    results = [answer.json["results"] for answer in answers]
    assert all(one == results[0] for one in results)
    assert len(logged()) == len(db.session.scalars(select(Delivery.seq)).all()) == 2


def test_crews_of_one_transfer_and_the_office_at_once_come_to_rest_without_a_lost_word(town_on_postgres):
    """Four phones and a desk write on one transfer: locks are taken in one order, and who loses a race is judged again."""
    world = town_on_postgres
    transfer = a_transfer(world, people=4, escort="escort1")
    phones = [Phone(world, name) for name in ("driver1", "driver1", "escort1", "receiver1")]

    def works(phone: Phone) -> None:
        for n, line in enumerate(lines_in(world, transfer) * 3):
            phone.record("report_problem", transfer, step="move", reason="other", line=line, note=str(n))
            with world.app.app_context():
                phone.sync()

    threads = [threading.Thread(target=works, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for _ in range(6):
        world.do("reassign_transfer", transfer, by="dispatcher", driver=world.users["driver1"], escort=world.users["escort1"])
    for thread in threads:
        thread.join()
    assert len(logged()) == 4 * 12
    assert {row.verdict for row in logged()} == {"applied"}
    for phone in phones:
        phone.sync()
        assert len(phone.body("transfer", transfer)["problems"]) == 4 * 12


def lines_in(world, transfer: str) -> list[str]:
    with world.app.app_context():
        return lines_of(transfer)
