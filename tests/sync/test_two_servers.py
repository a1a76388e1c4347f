"""Two servers on one PostgreSQL, as two processes: a phone may be answered by either, and by both at once."""

import http.client
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from server.app import create_app
from server.cli import migrate_database
from server.settings import read_settings
from server.store.database import db
from tests.bench.peers.ours import served
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, a_transfer, lines_of, logged, numbers_of, what_may_be_seen
from tests.world import World

ROUNDS = 6


@pytest.fixture
def two_servers(cluster, tmp_path) -> Iterator[tuple[World, list[int]]]:
    """The town on the real clock, and the ports of two servers of one worker each."""
    url, data = cluster.new_database(), tmp_path / "data"
    app = create_app(read_settings({"DATA": str(data), "DATABASE_URL": url}))
    migrate_database(app)
    with app.app_context(), ExitStack() as running:
        world = World(app)
        ports = [running.enter_context(served(data, DATABASE_URL=url, WORKERS="1"))[1] for _ in range(2)]
        yield world, ports
        db.session.remove()
        db.engine.dispose()


@dataclass
class FarPhone(Phone):
    """A phone whose requests reach one of these servers, by chance; sometimes the same request reaches both at once."""

    ports: list[int] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    twice: int = 0

    def post(self, message: dict, **headers):
        if self.chance.random() < 0.3:
            self.twice += 1
            threads = [threading.Thread(target=self.post_to, args=(port, message)) for port in self.ports]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return self.post_to(self.chance.choice(self.ports), message)

    def post_to(self, port: int, message: dict) -> SimpleNamespace:
        request = self.packed(message, Cookie=f"bihuan={self.client.get_cookie('bihuan').value}")
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("POST", "/api/v1/sync", body=request["data"], headers=request["headers"])
        answer = line.getresponse()
        content = SimpleNamespace(status_code=answer.status, headers=answer.headers, data=answer.read(), json=None)
        line.close()
        return content


def test_phones_that_are_answered_by_two_servers_in_turn_lose_and_double_nothing_and_come_to_rest_alike(two_servers):
    world, ports = two_servers
    transfers = [a_transfer(world, people=3, driver=name) for name in ("driver1", "driver2")]
    lines = [(transfer, line) for transfer in transfers for line in lines_of(transfer)]
    names = ("driver1", "driver1", "driver2", "receiver1", "head1")
    phones = [FarPhone(world, name, page=20, ports=ports, chance=random.Random(n)) for n, name in enumerate(names)]
    for phone in phones:
        phone.sync()
    threads = [threading.Thread(target=works, args=(phone, lines)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [id for phone in phones for id in phone.kept]
    assert len(made) == len(names) * ROUNDS * 2 and not any(phone.outbox for phone in phones)
    assert Counter(row.id for row in logged()) == Counter(made)
    assert sum(phone.twice for phone in phones) > 5
    for phone in phones:
        phone.sync()
        assert numbers_of(phone.device) == list(range(1, phone.seq + 1))
        assert {key: record["body"] for key, record in phone.records.items()} == what_may_be_seen(phone.username, world)


def works(phone: FarPhone, lines: list[tuple[str, str]]) -> None:
    with phone.world.app.app_context():
        for turn in range(ROUNDS):
            known = [(transfer, line) for transfer, line in lines if ("transfer", transfer) in phone.records]
            transfer, line = phone.chance.choice(known)
            phone.record("report_problem", transfer, step="move", reason="other", line=line, note=f"{phone.username} {turn}")
            phone.record("board_person", transfer, line=line, identity=IDENTITY)
            phone.sync()
