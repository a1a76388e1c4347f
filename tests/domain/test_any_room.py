"""Whatever is told of rooms, by whomever, in whatever order, late, and taken back: their history has no hole, nobody sleeps in a room that
was not made ready by every guard, and nobody shares one without a reason."""

import itertools
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from server.domain.turnover_rules import CHECKLIST
from server.domain.turnovers import CYCLE
from server.store.rooms import Room, Stay
from server.store.turnovers import RoomSpell, Turnover
from tests.histories import histories
from tests.trip import Trip

FLOORS = itertools.count(100)
SITE = ("receiver1", "head1")
STATES = [*CYCLE, "blocked", "hold", "occupied", "staff_use", "awaiting_acceptance"]
RECORD = {"agent": "chlorine", "strength_mg_l": 1000, "provisioned": list(CHECKLIST)}

by = st.sampled_from(SITE)
told = st.tuples(st.just("says"), by, st.sampled_from(STATES), st.booleans(), st.sampled_from([0, 0, 0, 300, 3000]))
# Most of what people say is what comes next: else hardly any history would come to a second guest.
goes_on = st.tuples(st.just("goes_on"), by, st.sampled_from([0, 5, 31, 31, 31]), st.booleans())
round_it_goes = st.tuples(st.just("turns_over"), st.lists(st.tuples(by, st.sampled_from([31, 31, 31, 31, 31, 2])), min_size=7, max_size=7))
taken_back = st.tuples(st.just("withdraws"), by)
comes = st.tuples(st.just("comes"), by, st.sampled_from([0, 600]))
leaves = st.tuples(st.just("leaves"))
time_passes = st.tuples(st.just("waits"), st.integers(0, 45))
HISTORY = st.lists(
    st.one_of(goes_on, goes_on, round_it_goes, round_it_goes, told, taken_back, comes, leaves, time_passes), min_size=3, max_size=25
)


@given(history=HISTORY)
@histories(40)
def test_no_history_of_a_room_has_a_hole_or_leads_past_a_guard(world, history):
    story = Story(world)
    for what, *details in history:
        getattr(story, what)(*details)
        world.pass_time(seconds=1)
    story.check()


class Story:
    """One room of its own, a guest who comes and goes, and what is told of the room."""

    def __init__(self, world):
        self.world, self.floor, self.said = world, str(next(FLOORS)), {name: [] for name in SITE}
        self.room, *_others = [self._new_room(n) for n in range(5)]
        self.guest: Trip | None = None
        self.trip = Trip(world, people=1, vehicle=None)

    def _new_room(self, n: int) -> str:
        return self.world.do("save_room", site="S1", building="主楼", floor=self.floor, number=f"{self.floor}{n}", kind="single")

    def says(self, by: str, state: str, fully: bool, ago: int) -> None:
        record = {**RECORD, "reason": "看到的"} if fully else {}
        self._tell(by, state, record, ago)

    def goes_on(self, by: str, minutes: int, fully: bool) -> None:
        """The next stage, after so many minutes."""
        now = self.trip.row(Room, self.room).state
        self.world.pass_time(minutes=minutes)
        next_one = CYCLE[(CYCLE.index(now) + 1) % len(CYCLE)] if now in CYCLE else "vacated_dirty"
        self._tell(by, next_one, {**RECORD, "reason": "接着做"} if fully or now == "hold" else {}, 0)

    def turns_over(self, stages: list[tuple[str, int]]) -> None:
        """One stage after the other with the whole record, mostly in its time, by one or the other."""
        for by, minutes in stages:
            self.goes_on(by, minutes, True)

    def withdraws(self, by: str) -> None:
        if self.said[by]:
            self.trip.says("withdraw", by=by, target=self.room, operation=self.said[by].pop())

    def comes(self, by: str, ago: int) -> None:
        """Somebody arrives, and is told to be in this room, whatever it is."""
        if self.guest is None:
            self.guest = Trip(self.world, people=1, vehicle=None).at_the_gate()
            self.guest.received(0, by=by, room=self.room, ago=ago)

    def leaves(self) -> None:
        """The guest goes home: from the moment they are aboard their room is dirty."""
        if self.guest is not None and self.guest.stay(0):
            Trip.home(self.world, self.guest.people).boarded(0)
        self.guest = None

    def waits(self, minutes: int) -> None:
        self.world.pass_time(minutes=minutes)

    def _tell(self, by: str, state: str, record: dict, ago: int) -> None:
        said = self.trip.says("set_room_state", by=by, target=self.room, state=state, ago=ago, **record)
        assert said.verdict in ("applied", "flagged"), said
        self.said[by].append(said.id)

    # ---- what must be so ----

    def check(self) -> None:
        spells = sorted(self.trip.read_all(RoomSpell, room_id=self.room), key=lambda spell: spell.position)
        self._check_history(spells)
        self._check_guards(spells)
        self._check_people()

    def _check_history(self, spells: list[RoomSpell]) -> None:
        room = self.trip.row(Room, self.room)
        assert [spell.position for spell in spells] == list(range(1, len(spells) + 1))
        assert [spell.until_at for spell in spells[:-1]] == [spell.from_at for spell in spells[1:]]
        assert (spells[-1].until_at, spells[-1].state, spells[-1].from_at) == (None, room.state, room.since)

    def _check_guards(self, spells: list[RoomSpell]) -> None:
        """After its first guest (or its first dirt) a room is ready only at the end of a turnover whose record has every guard."""
        first_dirt = next((spell.from_at for spell in spells if spell.state == "vacated_dirty"), None)
        for before, spell in itertools.pairwise(spells):
            if spell.state == "ready" and first_dirt and spell.from_at > first_dirt:
                assert before.state in ("provisioning", "reserved"), before.state
            if spell.state in CYCLE[1:]:
                assert before.state in (*CYCLE[:-1], "reserved"), (before.state, spell.state)
        for turnover in self.trip.read(select(Turnover).where(Turnover.room_id == self.room, Turnover.ready_at.is_not(None))):
            assert turnover.agent == "chlorine"
            assert turnover.strength_mg_l >= 500
            assert turnover.aerating_at - turnover.contact_at >= timedelta(minutes=30)
            assert turnover.inspecting_at - turnover.aerating_at >= timedelta(minutes=30)
            assert turnover.inspected_by not in (None, turnover.disinfected_by, turnover.contact_by)
            assert set(turnover.provisioned) >= set(CHECKLIST)
            assert turnover.vacated_at <= turnover.contact_at < turnover.ready_at

    def _check_people(self) -> None:
        stays = self.trip.read(select(Stay).where(Stay.room_id == self.room, Stay.ended_at.is_(None)))
        assert len(stays) <= 1 or all(stay.group_reason for stay in stays if stay.place > 1)
        assert not stays or self.trip.row(Room, self.room).state == "occupied"
