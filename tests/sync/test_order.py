"""P2, P3, P4, P5, P16, P23 over invented orders: two phones of one person, acts that follow one another in any way (in circles too, or
what never comes), delivered in any order. In the end everything is judged once, and no fact was refused."""

import json
import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from server.domain.acts import new_id
from server.store.change_log import Delivery
from server.store.database import db
from server.store.waiting import Waiting
from server.ticker import pass_time
from tests.sync.phone import Phone
from tests.sync.town import a_transfer, a_whole_transfer, logged, numbers_of, what_may_be_seen

ORDERS = int(os.environ.get("ORDERS", "6"))  # how many invented orders; up to 6 they are the same each time
ACTS_MAX = 7
FINAL = ("applied", "flagged", "refused")
ACTS = st.lists(
    st.tuples(
        st.integers(0, 1),  # on which phone
        st.sampled_from(["fact", "fact", "fact", "decision", "unreadable", "newer"]),
        st.frozensets(st.integers(0, ACTS_MAX), max_size=2),  # what it follows; beyond the last: what never comes
        st.integers(-2_000, 2_000),  # how wrong the phone's clock is, s
    ),
    min_size=1,
    max_size=ACTS_MAX,
)
TURNS = st.lists(st.tuples(st.integers(0, 1), st.integers(1, 3)), max_size=8)  # which phone sends, and how many at once


def test_whatever_follows_whatever_in_whatever_order_all_is_judged_once(each_world):
    transfer = a_transfer(each_world)

    @settings(
        max_examples=ORDERS,
        deadline=None,
        derandomize=ORDERS <= 6,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(acts=ACTS, turns=TURNS)
    def lives(acts, turns):
        Story(each_world, transfer, acts).is_told(turns)

    lives()


class Story:
    """Two phones of the receiver, and what they recorded."""

    def __init__(self, world, transfer: str, acts: list):
        self.world, self.transfer, self.acts = world, transfer, acts
        self.phones = [Phone(world, "receiver1"), Phone(world, "receiver1")]
        self.ids = [new_id() for _ in acts]
        self.seen: dict[str, str] = {}
        for phone in self.phones:
            phone.sync()
        for id, act in zip(self.ids, acts, strict=True):
            self.record(id, *act)

    def record(self, id: str, which: int, kind: str, follows: frozenset[int], wrong_by_s: int) -> None:
        phone = self.phones[which]
        after = [self.ids[one] if one < len(self.ids) else new_id() for one in follows]
        types = {"fact": "report_problem", "decision": "answer_docking", "newer": "fly_person", "unreadable": "report_problem"}
        args = {"step": "dock", "reason": "other"}
        if kind == "decision":
            args = {"answer": "accepted", "beds_ready": True, "rooms_ready": True, "staff_ready": True}
        if kind == "unreadable":
            args = {"step": "lunch", "reason": "other"}
        wire = phone.record(types[kind], self.transfer, ago_s=-wrong_by_s, after=after, **args)
        wire.id = id

    def is_told(self, turns: list[tuple[int, int]]) -> None:
        for which, many in turns:
            self.send(self.phones[which], many)
            self.nothing_moves_twice()
        for phone in self.phones:
            phone.sync()
            self.nothing_moves_twice()
        self.world.pass_time(hours=25)
        for _ in range(2):
            pass_time(self.world.clock.now())
            self.nothing_moves_twice()
        for phone in self.phones:
            phone.sync()
        self.all_is_judged()
        self.phones_are_right()

    def send(self, phone: Phone, many: int) -> None:
        """P16: whatever is sent has a verdict in the same answer, held or not."""
        wires = phone.outbox[:many]
        answer = phone.ask(wires)
        assert [one["id"] for one in answer["results"]] == [wire.id for wire in wires]
        phone.take(answer)

    def rows(self) -> dict:
        db.session.expire_all()
        return {row.id: row for row in logged(*self.ids)}

    def nothing_moves_twice(self) -> None:
        """P2."""
        for id, row in self.rows().items():
            before = self.seen.get(id, "held")
            assert before in ("held", row.verdict)
            self.seen[id] = row.verdict

    def all_is_judged(self) -> None:
        """P3, P23, and each effect once."""
        rows = self.rows()
        kinds = dict(zip(self.ids, (act[1] for act in self.acts), strict=True))
        assert set(rows) == set(self.ids)
        for id, row in rows.items():
            allowed = {"fact": ("applied", "flagged"), "decision": FINAL, "unreadable": ("refused",), "newer": ("held",)}
            assert row.verdict in allowed[kinds[id]], (kinds[id], row.verdict, row.code)
        told = [problem["id"] for problem in a_whole_transfer(self.transfer).problems if problem["id"] in rows]
        assert sorted(told) == sorted(id for id in self.ids if kinds[id] == "fact")
        assert db.session.scalar(select(func.count()).select_from(Waiting)) == 0
        assert db.session.scalar(select(func.count()).where(Delivery.operation_id.in_(self.ids))) == len(self.ids)
        for id, row in rows.items():
            for before in json.loads(row.body).get("after", []):
                if before in rows and id not in self.leads_to(before) and "fact" == kinds[id] == kinds[before]:
                    assert row.happened_at >= rows[before].happened_at

    def leads_to(self, id: str) -> set[str]:
        """Everything that an act follows, over however many others."""
        found, ahead = set(), [id]
        while ahead:
            act = self.acts[self.ids.index(ahead.pop())]
            more = {self.ids[one] for one in act[2] if one < len(self.ids)} - found
            found |= more
            ahead += more
        return found

    def phones_are_right(self) -> None:
        """P3, P4, P5: the person sees each that was not simply applied, on both phones."""
        rows, seen = self.rows(), what_may_be_seen("receiver1", self.world)
        for phone in self.phones:
            assert numbers_of(phone.device) == list(range(1, phone.seq + 1))
            assert {key: record["body"] for key, record in phone.records.items()} == seen
            assert {id for id, row in rows.items() if row.verdict != "applied"} <= phone.shows("receipt")
