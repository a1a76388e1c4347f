"""P5, P6, P11: users change role and site, records change hands, old entries are forgotten, answers are lost, in any order: what a phone
holds at rest is what its user may see, found by asking of each record (not by the feed)."""

import os
import random

import pytest
from sqlalchemy import select

from server.domain.acts import CLOCK
from server.store.change_log import head
from server.store.database import db
from server.store.rooms import Room
from server.store.users import User
from server.ticker import pass_time
from sync import digest
from tests.sync.phone import Phone
from tests.sync.town import IDENTITY, a_transfer, lines_of, what_may_be_seen
from tests.world import ADMINISTRATOR

SEEDS = int(os.environ.get("MEMBERSHIP_SEEDS", "3"))
STEPS = 60
NAMES = ("driver1", "receiver1", "escort1")


class Shifts:
    """Three people who are driver today and receiver tomorrow, here and there."""

    def __init__(self, world, seed: int):
        self.world, self.roll = world, random.Random(seed)
        self.second = world.do("save_site", code=f"S{seed + 2}", name=f"南湖{seed}", kind="hotel", area="宽城", address="路", state="open",
                               accepts=["close_contact"])  # fmt: skip
        for n in range(6):
            for site in ("S1", f"S{seed + 2}"):
                world.do("save_room", site=site, building=f"楼{seed}", floor="1", number=f"{n}", kind="single")
        self.world.do("change_user", world.users["driver1"], by=ADMINISTRATOR, role="driver", site_id=None)
        self.transfers = [a_transfer(world, people=1, verified=False)]
        self.phones = {name: Phone(world, name, page=self.roll.choice([1, 3, 500])) for name in NAMES}
        self.resets: list[str] = []

    def changes_place(self) -> None:
        name = self.roll.choice(NAMES)
        role = self.roll.choice(["driver", "receiver", "escort", "site_head"])
        site = self.roll.choice([self.world.site, self.second]) if role in ("receiver", "site_head") else None
        self.world.do("change_user", self.world.users[name], by=ADMINISTRATOR, role=role, site_id=site)
        self.phones[name].sign_in()

    def changes_hands(self) -> None:
        crew = {"driver": self.world.users[self.roll.choice(NAMES)], "escort": None}
        self.world.say("reassign_transfer", self.roll.choice(self.transfers), by="dispatcher", **crew)

    def is_planned(self) -> None:
        crews = db.session.scalars(select(User).where(User.username.in_(NAMES), User.role.in_(("driver", "escort")))).all()
        if len(self.transfers) < 5 and crews:
            driver = self.roll.choice(sorted(crew.username for crew in crews))
            self.transfers.append(a_transfer(self.world, people=1, verified=False, driver=driver))

    def is_diverted(self) -> None:
        site = self.roll.choice([self.world.site, self.second])
        self.world.say("divert_transfer", self.roll.choice(self.transfers), by="dispatcher", site=site, reason="满了")

    def room_is_seen(self) -> None:
        room = self.roll.choice(db.session.scalars(select(Room.id)).all())
        self.world.say("set_room_state", room, by="dispatcher", state=self.roll.choice(["ready", "blocked", "hold"]), reason="x")

    def boards(self) -> None:
        name, transfer = self.roll.choice(NAMES), self.roll.choice(self.transfers)
        self.phones[name].record("board_person", transfer, line=lines_of(transfer)[0], identity=IDENTITY)

    def feed_forgets(self) -> None:
        self.world.do("forget_departed", by=CLOCK, floor=self.roll.randint(0, head(db.session)))

    def day_goes_by(self) -> None:
        self.world.pass_time(hours=self.roll.choice([1, 25, 80]))
        pass_time(self.world.clock.now())

    def syncs(self) -> None:
        phone = self.phones[self.roll.choice(NAMES)]
        for _ in range(self.roll.choice([2, 300, 300])):
            answer = phone.ask()
            self.passed_the_policy(phone, answer)
            if self.roll.random() < 0.2:
                return  # the answer is lost
            phone.take(answer)
            if answer["reset"]:
                self.resets.append(answer["reset"])
            if not (answer["more"] or phone.outbox):
                self.is_at_rest(phone)
                return

    def passed_the_policy(self, phone: Phone, answer: dict) -> None:
        sent = {(change["type"], change["id"]): change["body"] for change in answer["changes"] if change["op"] == "put"}
        assert sent == what_may_be_seen(phone.username, self.world, among=sent)

    def is_at_rest(self, phone: Phone) -> None:
        assert {key: record["body"] for key, record in phone.records.items()} == what_may_be_seen(phone.username, self.world)


STEP = [(Shifts.changes_place, 4), (Shifts.changes_hands, 3), (Shifts.is_planned, 1), (Shifts.is_diverted, 1), (Shifts.room_is_seen, 2),
        (Shifts.boards, 2), (Shifts.feed_forgets, 2), (Shifts.day_goes_by, 1), (Shifts.syncs, 20)]  # fmt: skip


@pytest.mark.timeout(max(300, SEEDS * 20))
def test_p5_p6_p11_whoever_moves_holds_what_they_may_see_and_nothing_else(each_world, monkeypatch):
    """At the end of each round the digests are compared too: `MEMBERSHIP_SEEDS=30` searches longer."""
    monkeypatch.setattr(digest, "EVERY_SECONDS", 0)
    resets, compared = [], 0
    for seed in range(SEEDS):
        shifts = Shifts(each_world, seed)
        for _ in range(STEPS):
            step = shifts.roll.choices([step for step, _ in STEP], [weight for _, weight in STEP])[0]
            step(shifts)
        for phone in shifts.phones.values():
            phone.sync(rounds_max=5000)
            shifts.is_at_rest(phone)
        resets += shifts.resets
        compared += sum(phone.compared for phone in shifts.phones.values())
    print(f"{compared} rounds compared, {len(resets)} resets")
    assert compared >= SEEDS * 8, "too few rounds came to an end: the test shows nothing"
    assert resets.count("floor") >= SEEDS / 3, "the floor was hardly ever in the way: the test shows nothing"
