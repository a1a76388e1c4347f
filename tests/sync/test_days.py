"""Invented days, against a plain model: two drivers, an escort, a receiver and a desk, and a line that loses what it can.

Hypothesis invents the days; what must hold is checked after each step and when all have come to rest (PROTOCOL §8).
A longer search: `SYNC_DAYS=300 pytest tests/sync/test_days.py`.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from server.store.change_log import Delivery, ScopeEntry, head
from server.store.conflicts import Conflict
from server.store.database import db
from server.store.people import Custody
from tests.sync.phone import Phone, read
from tests.sync.town import IDENTITY, lines_of, logged, numbers_of, what_may_be_seen
from tests.world import ADMINISTRATOR

DAYS = int(os.environ.get("SYNC_DAYS", "8"))
PEOPLE = 3
CREW = ("qian", "sun", "li")
EVERYBODY = (*CREW, "wu")
TAKEN = ("applied", "flagged")

phones = st.sampled_from(EVERYBODY)
crew = st.sampled_from(CREW)
lines = st.integers(0, PEOPLE - 1)
ago = st.sampled_from([0, 5, 400])


class Day(RuleBasedStateMachine):
    """Qian and Sun drive, Li escorts, Wu receives. `model` is what an honest bookkeeper would have written down."""

    world = None
    count = 0

    def __init__(self):
        super().__init__()
        Day.count += 1
        self.names = {name: f"{name}{Day.count}" for name in EVERYBODY}
        self.open_a_site()
        self.transfer = self.plan("qian")
        self.lines = lines_of(self.transfer)
        self.phones = {name: Phone(self.world, self.names[name], page=3, batch=4) for name in EVERYBODY}
        self.answers = {name: [] for name in EVERYBODY}
        self.model = {"made": {}, "heard": {}, "ever_crew": {"qian"}, "shows_from": {}, "conflicts_closed": set()}

    def open_a_site(self) -> None:
        code = f"D{Day.count}"
        self.site = self.world.do(
            "save_site", code=code, name=code, kind="hotel", area="宽城", address="路", state="open", accepts=["close_contact"]
        )
        for n in range(PEOPLE):
            self.world.do("save_room", site=code, building="主楼", floor="1", number=str(n), kind="single")
        for name in EVERYBODY:
            self.hire(name)

    def hire(self, name: str) -> None:
        role = {"wu": "receiver", "li": "escort"}.get(name, "driver")
        where = {"site_id": self.site} if role == "receiver" else {}
        username = self.names[name]
        self.world.users[username] = self.world.do("add_user", by=ADMINISTRATOR, username=username, name=name, role=role, **where)

    def plan(self, driver: str) -> str:
        people = [self.world.person(f"住户{n}") for n in range(PEOPLE)]
        goal = {"kind": "site", "id": self.site}
        return self.world.do("make_transfer", by="dispatcher", kind="outbound", people=people, destination=goal, driver=self.user(driver))

    def user(self, name: str) -> str:
        return self.world.users[self.names[name]]

    # ---- what people do ----

    def tells(self, name: str, type: str, seconds: int = 0, target: str | None = None, **args) -> None:
        wire = self.phones[name].record(type, target or self.transfer, ago_s=seconds, **args)
        self.model["made"][wire.id] = {"by": name, "type": type, "text": wire.body}

    @rule(name=crew, line=lines, seconds=ago, sure=st.booleans())
    def boards_somebody(self, name, line, seconds, sure):
        self.tells(name, "board_person", seconds, line=self.lines[line], identity=IDENTITY if sure else [])

    @rule(name=crew, line=lines, outcome=st.sampled_from(["absent", "refused", "emergency"]))
    def finds_somebody_not_coming(self, name, line, outcome):
        self.tells(name, "record_outcome", line=self.lines[line], outcome=outcome)

    @rule(name=crew, moment=st.sampled_from(["en_route", "at_pickup", "left_pickup", "at_site"]), seconds=ago)
    def passes_a_moment(self, name, moment, seconds):
        self.tells(name, "record_moment", seconds, moment=moment)

    @rule(name=phones, line=lines, outcome=st.sampled_from(["received", "absent"]))
    def receives_somebody(self, name, line, outcome):
        self.tells(name, "receive_person", line=self.lines[line], outcome=outcome)

    @rule(name=phones, line=lines)
    def calls_for_help(self, name, line):
        self.tells(name, "report_emergency", line=self.lines[line], called_120=True)

    @rule(name=phones, data=st.data())
    def takes_back_a_tap(self, name, data):
        own = [id for id, made in self.model["made"].items() if made["by"] == name]
        if own:
            self.tells(name, "withdraw", operation=data.draw(st.sampled_from(own)))

    @rule(name=phones, kind=st.sampled_from(["unknown", "unreadable", "void"]))
    def has_a_phone_with_a_fault(self, name, kind):
        text = {"unknown": '{"type": "x"}', "unreadable": "{", "void": '{"type": "void"}'}[kind]
        wire = self.phones[name].say(text)
        self.model["made"][wire.id] = {"by": name, "type": kind, "text": text}

    # ---- the office ----

    @rule(driver=st.sampled_from(["qian", "sun"]), escort=st.booleans())
    def office_reassigns(self, driver, escort):
        with_whom = {"driver": self.user(driver), "escort": self.user("li") if escort else None}
        self.crew_is(driver, escort, self.world.say("reassign_transfer", self.transfer, by="dispatcher", **with_whom))

    @rule(driver=st.sampled_from(["qian", "sun"]), people=lines)
    def office_relieves(self, driver, people):
        with_whom = {"driver": self.user(driver), "place": "路口", "people": people}
        self.crew_is(driver, False, self.world.say("relieve_crew", self.transfer, by="dispatcher", **with_whom))

    def crew_is(self, driver: str, escort: bool, verdict) -> None:
        if verdict.took_effect:
            self.model["ever_crew"] |= {driver, "li"} if escort else {driver}

    @rule()
    def office_cancels(self):
        self.world.say("cancel_transfer", self.transfer, by="dispatcher", reason="改期")

    @precondition(lambda self: self.open_items())
    @rule(data=st.data())
    def office_resolves(self, data):
        item = data.draw(st.sampled_from(self.open_items()))
        if self.world.say("resolve_conflict", item, by="dispatcher", resolution="已核对").took_effect:
            self.model["conflicts_closed"].add(item)

    def open_items(self) -> list[str]:
        found = select(Conflict.id).where(Conflict.transfer_id == self.transfer, Conflict.state == "open")
        return list(db.session.scalars(found.order_by(Conflict.raised_at, Conflict.id)))

    @rule(minutes=st.sampled_from([1, 7]))
    def time_goes_by(self, minutes):
        self.world.pass_time(minutes=minutes)

    # ---- the line ----

    @rule(name=phones)
    def syncs(self, name):
        while self.exchange(name, lost=False):
            pass

    @rule(name=phones)
    def syncs_one_round(self, name):
        self.exchange(name, lost=False)

    @rule(name=phones)
    def loses_an_answer(self, name):
        self.exchange(name, lost=True)

    @rule(name=phones, n=st.integers(0, 5))
    def hears_an_old_request_again(self, name, n):
        """A proxy repeats what it has had: what is known is answered as before, what is ahead waits."""
        phone = self.phones[name]
        wires = [wire for wire, _result in phone.kept.values()][n : n + 3] + phone.outbox[n : n + 2]
        self.check_results(name, phone.ask(wires)["results"])

    @precondition(lambda self: any(self.answers.values()))
    @rule(name=phones)
    def hears_its_last_answer_twice(self, name):
        for answer in self.answers[name][-1:]:
            self.phones[name].take({**answer, "reset": None})

    @rule(name=phones)
    def signs_out_and_delivers(self, name):
        phone = self.phones[name]
        response = phone.deliver()
        assert response.status_code == 200
        self.check_results(name, read(response)["results"])
        phone.sign_in()

    @rule(name=phones, page=st.sampled_from([1, 2, 500]), batch=st.sampled_from([1, 3, 100]))
    def takes_other_pages(self, name, page, batch):
        self.phones[name].page, self.phones[name].batch = page, batch

    @rule(name=phones)
    def loses_its_records(self, name):
        """Not its work: that is another store."""
        phone = self.phones[name]
        phone.records, phone.incoming, phone.cursor, phone.swaps = {}, [], None, False

    def exchange(self, name: str, lost: bool) -> bool:
        phone = self.phones[name]
        sent = phone.outbox[: phone.batch]
        answer = phone.ask()
        # P16: whatever an operation's fate, the ones after it have theirs in the same answer.
        assert [result["id"] for result in answer["results"]] == [wire.id for wire in sent]
        self.check_results(name, answer["results"])
        self.check_page(name, answer)
        if lost:
            return False
        phone.take(answer)
        self.answers[name].append(answer)
        return bool(answer["more"] or phone.outbox)

    # ---- what must hold ----

    def check_results(self, name: str, results: list[dict]) -> None:
        for result in results:
            made = self.model["made"][result["id"]]
            if result["id"] in self.model["heard"]:
                assert result == self.model["heard"][result["id"]], "P2: a verdict never changes"
                continue
            self.model["heard"][result["id"]] = result
            if made["type"] in ("unknown", "unreadable", "void"):
                assert result["verdict"] == "refused"
            elif result["verdict"] == "refused":
                self.check_refusal(name, made, result)
            else:
                assert result["verdict"] in TAKEN, result
                self.model["shows_from"][result["id"]] = newest_revision(self.transfer)

    def check_refusal(self, name: str, made: dict, result: dict) -> None:
        """P23: a fact is refused only to who could never have seen what it is about (here: the transfer, or the word to take back)."""
        stranger = name in CREW and name not in self.model["ever_crew"]
        assert result["code"] == "target.unknown" and (stranger or made["type"] == "withdraw"), (made, result)

    def check_page(self, name: str, answer: dict) -> None:
        """P6: what is sent may be seen by who gets it, as it is now."""
        sent = {(change["type"], change["id"]): change["body"] for change in answer["changes"] if change["op"] == "put"}
        if sent:
            seen = what_may_be_seen(self.names[name], self.world, among=sent)
            assert sent == {key: seen.get(key) for key in sent}

    @invariant()
    def p4_numbers_have_no_gap(self):
        for phone in self.phones.values():
            delivered = numbers_of(phone.device)
            assert delivered == list(range(1, len(delivered) + 1))

    @invariant()
    def p9_what_is_covered_is_in_the_record(self):
        """When a phone is told that it has seen everything up to the stamp, its record is no older than the effect."""
        for phone in self.phones.values():
            record = phone.records.get(("transfer", self.transfer))
            for id, (_wire, result) in phone.kept.items():
                covered = result["stamp"] is not None and result["stamp"] <= phone.high
                if record and covered and id in self.model["shows_from"] and not phone.incoming:
                    assert record["rev"] >= self.model["shows_from"][id]

    @invariant()
    def p22_an_item_is_closed_by_a_logged_decision_or_with_the_tap_that_opened_it(self):
        closed = select(Conflict).where(Conflict.transfer_id == self.transfer, Conflict.state != "open")
        for item in db.session.scalars(closed):
            assert item.id in self.model["conflicts_closed"] or item.resolution == "withdrawn"

    def teardown(self):
        for name in EVERYBODY:
            while self.exchange(name, lost=False):
                pass
        for name in EVERYBODY:
            self.phones[name].sync()
        self.check_log()
        for name, phone in self.phones.items():
            self.check_rest(name, phone)

    def check_log(self) -> None:
        """P1, P3, P21: made = logged, once, with its bytes, its verdict and its author; what was not applied has an item."""
        rows = {row.id: row for row in logged(*self.model["made"])} if self.model["made"] else {}
        assert set(rows) == set(self.model["made"])
        for id, made in self.model["made"].items():
            phone = self.phones[made["by"]]
            assert (rows[id].body, rows[id].author_id) == (made["text"], self.user(made["by"]))
            assert rows[id].verdict == phone.kept[id][1]["verdict"]
            assert (id in phone.shows("receipt")) == (rows[id].verdict != "applied")
            assert (rows[id].conflict_id is not None) == (rows[id].verdict == "flagged")
        deliveries = select(func.count()).where(Delivery.operation_id.in_(rows))
        assert db.session.scalar(deliveries) == len(rows)

    def check_rest(self, name: str, phone: Phone) -> None:
        """P5, P7, P24."""
        assert {key: record["body"] for key, record in phone.records.items()} == what_may_be_seen(self.names[name], self.world)
        assert phone.high == head(db.session)
        held = select(Custody.transfer_id).where(Custody.holder == "crew", Custody.holder_id == self.user(name))
        assert set(db.session.scalars(held)) <= phone.shows("transfer")


def newest_revision(transfer: str) -> int:
    return db.session.scalar(select(func.max(ScopeEntry.rev)).where(ScopeEntry.type == "transfer", ScopeEntry.id == transfer))


@pytest.mark.timeout(max(300, DAYS * 30))
def test_p1_to_p24_on_invented_days(each_world):
    Day.world, Day.count = each_world, 0
    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=DAYS,
            stateful_step_count=30,
            deadline=None,
            derandomize=DAYS <= 50,  # `make test` lives the same days each time; a longer search invents new ones
            phases=[Phase.generate] if DAYS <= 50 else list(Phase),  # making a failure smaller takes minutes
            report_multiple_bugs=False,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
