"""One seed: the plan is carried out step by step, then all faults stop, everything comes to rest, and the judge looks."""

import json
from dataclasses import asdict, dataclass, field

from tests.simulation import desk
from tests.simulation.chance import START, milliseconds
from tests.simulation.handsets import Handsets
from tests.simulation.judge import Judge
from tests.simulation.network import Network
from tests.simulation.office import Office
from tests.simulation.pipe import Ended
from tests.simulation.plan import PHONES, Step
from tests.simulation.prying import pry
from tests.world import PASSWORD

STEP_MS = 7_000
REST_MS = (1_000, 31_000, 31_000, 60_000, 120_000, 300_000, 300_000, 300_000)  # P15: within 20 minutes everything has come
QUIET_MS = 31_000
BARS = ("signedOut", "switchedOff", "uploadPaused", "othersPaused")  # on a screen: nothing goes on without a person
PICTURES_LOOKED_AT = 2


@dataclass
class Outcome:
    """What a seed came to."""

    seed: int
    wrong: list[str]
    trace: str
    operations: int = 0
    saved: int = 0
    requests: int = 0
    reached: dict[str, int] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For the one who counts: everything but the story, which can be told again."""
        return json.dumps({name: value for name, value in asdict(self).items() if name != "story"}, ensure_ascii=False)


def unsent_of(outbox: list[dict]) -> list[dict]:
    """An outbox as it stands in a copy."""
    return [{"id": row["id"], "seq": row["seq"], "body": row["wire"]} for row in outbox]


class Run:
    """A town, its phones and its office, for one seed."""

    def __init__(self, office: Office, handsets: Handsets, seed: int):
        self.office, self.handsets, self.town, self.seed = office, handsets, office.town, seed
        self.now = milliseconds(START)
        self.judge = Judge()
        self.network = Network(office, self.judge, self.ask)
        self.users: dict[int, str] = {}  # who is signed in on which phone, by name
        self.signed_in: dict[int, set[str]] = {}  # the same by id, and several where a sign-in or sign-out was not told to its end
        self.off: set[int] = set()
        self.tabs: set[tuple[int, int]] = set()  # second windows that are open
        self.die_at: int | None = None
        self.meanwhile: dict | None = None
        self.copies: list[list[dict]] = []  # of unsent work: the parts of each
        self.passed = 0  # when time passed last at the office
        self.passed_in: list[int] = []  # the same, in each backup
        self.requests = self.desk_acts = 0

    def play(self, steps: list[Step]) -> Outcome:
        """Carry out the plan. A fault that the judge sees at once ends it."""
        story: list[str] = []
        try:
            self._play(steps, story)
        except (Ended, RuntimeError) as fault:
            self.judge.wrong.append(f"broken: {fault!r}")
        made, saved = len(self.judge.logged) + self.desk_acts, len(self.judge.made)
        wrong, trace, reached = self.judge.wrong[:8], self.handsets.trace.hexdigest(), dict(+self.judge.reached)
        return Outcome(self.seed, wrong, trace, made, saved, self.requests, reached, story)

    def _play(self, steps: list[Step], story: list[str]) -> None:
        self.office.begin(self.seed)
        self.handsets.begin(self.seed, self.network.carry)
        for number, step in enumerate(steps):
            self.now += STEP_MS
            told = None if self._nobodys(step) else getattr(self, f"do_{step[0]}")(*step[1:])
            story.append(f"{number:4} {step[0]} {' '.join(map(str, step[1:]))} → {told}")
            if self.judge.wrong:
                return
        self.come_to_rest()

    def _nobodys(self, step: Step) -> bool:
        """Whether a step is about a phone that nobody has: its beginning was left out to make a history shorter."""
        about_a_phone = step[0] in (
            "act",
            "tap",
            "at_once",
            "cut_at",
            "full",
            "skew",
            "copy",
            "close_tab",
            "wipe",
            "clone",
            "shift",
            "switch_off",
            "sign_out",
            "sign_in",
        )
        return about_a_phone and step[1] not in self.users

    # ---- the office and the phones, asked ----

    def ask(self, question: dict) -> dict:
        """Ask the office at the present moment. When it is told to die over this it is started again, and Ended is raised."""
        self.requests += 1
        may_fail = question["do"] in ("http", "act", "tick", "read_in")
        die_at, meanwhile = (self.die_at, self.meanwhile) if may_fail else (None, None)
        if may_fail:
            self.die_at = self.meanwhile = None
        try:
            answer = self.office.ask({**question, "now": self.now, "passed": self.passed, "die_at": die_at, "meanwhile": meanwhile})
        except Ended:
            if die_at is None:
                raise RuntimeError(f"the office ended by itself over {question['do']}") from None
            self.judge.reached["deaths of the office"] += 1
            self.office.start()
            raise
        self.judge.reached["interruptions"] += bool(answer.get("meanwhile"))
        if question["do"] == "tick":
            self.passed = self.now
        return answer

    def order(self, what: str, phone: int, tab: int = 0, **more):
        message = self.handsets.order(what, now=self.now, phone=phone, tab=tab, **more)
        self.judge.reached["phones that died"] += len(set(message["off"]) - self.off)
        self.off |= set(message["off"])
        self.judge.wrong += message["wrong"]
        return message["done"]

    def switch_on(self, phone: int, tab: int = 0) -> None:
        if phone in self.off:
            self.off.discard(phone)
            self.tabs -= {(phone, 1)}
            self.order("boot", phone)
        if tab and (phone, tab) not in self.tabs:
            self.tabs.add((phone, tab))
            self.order("boot", phone, tab)

    def sign_in(self, phone: int, name: str):
        self.switch_on(phone)
        told, user = self.order("sign_in", phone, username=name, password=PASSWORD), self.town.users[name]
        if isinstance(told, str) and told != "waiting":
            self.users[phone], self.signed_in[phone] = name, {user}
        else:
            self.signed_in.setdefault(phone, set()).add(user)
        return told

    def sign_out(self, phone: int):
        self.switch_on(phone)
        told = self.order("sign_out", phone)
        if told == "out":
            self.signed_in[phone] = set()
        return told

    # ---- what can happen ----

    def do_begin(self, phone: int):
        """A phone of the town is taken out of its box."""
        self.off.add(phone)
        return self.sign_in(phone, PHONES[phone])

    def do_act(self, phone: int, tab: int, what: str, rolls: list[int]):
        self.switch_on(phone, tab)
        act = self.order("act", phone, tab, act=what, rolls=rolls)
        if isinstance(act, dict) and "id" in act:
            self.judge.saved(phone, act, self.signed_in[phone])
            return f"{act['type']} {act['id']}"
        if act is not None:
            self.judge.not_saved(self.signed_in[phone])
        return act

    def do_tap(self, phone: int, tab: int):
        self.switch_on(phone, tab)
        return self.order("tap", phone, tab)

    def do_dark(self, phone: int, dark: bool):
        (self.network.dark.add if dark else self.network.dark.discard)(phone)

    def do_weather(self, phone: int, weather: list[str]):
        self.network.weather[phone] = list(weather)

    def do_wait(self, ms: int, phones: list[int] | None):
        self.now += ms
        self.order("time", 0, phones=phones)

    def do_tick(self):
        return self._perhaps({"do": "tick"})

    def do_desk(self, verb: str, rolls: list[int]):
        said = desk.choose(verb, rolls, self.town, self.office.ask({"do": "list"}))
        return said and self._decide(said)

    def do_switch_off(self, phone: int, what: str):
        """The phone is lost, or whoever has it works here no more: an administrator switches it off, or the account."""
        user = self.town.users[self.users[phone]]
        return [self._decide(said) for said in desk.switch_off(what, user, self.town, self.office.ask({"do": "list"}))]

    def do_switch_all_on(self):
        return [self._decide(said) for said in desk.switch_all_on(self.town, self.office.ask({"do": "list"}))]

    def _decide(self, said: dict) -> str | None:
        if not (told := self._perhaps({"do": "act", **said})):
            return None
        self.desk_acts += told["verdict"] in ("applied", "flagged", "refused")
        self.judge.reached[f"at the desk: {desk.name_of(said)}"] += told["verdict"] in ("applied", "flagged")
        if told["verdict"] == "held":
            self.judge.wrong.append(f"the office's {said['type']} broke")
        return f"{said['type']} {told['verdict']} {told['code'] or ''}"

    def do_copy(self, phone: int):
        """What waits on it is written into a file, from the disk as it is."""
        databases = self.order("look", phone)["databases"]
        of = [(user, databases.get(f"bihuan-{user['id']}", {})) for user in databases.get("bihuan", {}).get("users", ())]
        parts = [
            {"token": user["upload_token"], "device": stores["device"][0]["device"], "operations": unsent_of(stores["outbox"])}
            for user, stores in of
            if user["upload_token"] and stores.get("device") and stores["outbox"]
        ]
        self.copies += [parts] if parts else []
        return [len(part["operations"]) for part in parts]

    def do_read_in(self, which: int):
        """Somebody has carried a copy to the office, perhaps one that was read in before."""
        if not self.copies:
            return None
        parts = self.copies[which % len(self.copies)]
        told = self._perhaps({"do": "read_in", "parts": parts, "by": self.town.users["dispatcher"]})
        if told and "new" in told:
            self.judge.read_in([operation["id"] for part in parts for operation in part["operations"]], told["held"])
        return told

    def do_cut_at(self, phone: int, events: int):
        self.switch_on(phone)
        self.order("cut_at", phone, events=events)

    def do_full(self, phone: int, full: bool):
        self.switch_on(phone)
        self.order("full", phone, full=full)

    def do_skew(self, phone: int, ms: int):
        self.switch_on(phone)
        self.order("skew", phone, ms=ms)

    def do_close_tab(self, phone: int, tab: int):
        if (phone, tab) in self.tabs:
            self.tabs.discard((phone, tab))
            self.order("close_tab", phone, tab)

    def do_wipe(self, phone: int):
        """The browser has thrown away what it stored; the cookies it may keep."""
        self.order("wipe", phone)
        self.judge.wiped(phone)
        self.signed_in[phone] = set()
        self.off.add(phone)
        return self.sign_in(phone, self.users[phone])

    def do_clone(self, phone: int, onto: int):
        """The phone is carried to another one, as a backup of a phone does, with its cookies."""
        self.order("clone", phone, onto=onto)
        self.judge.cloned(phone, onto)
        self.network.jars[onto] = dict(self.network.jars.get(phone, {}))
        self.network.readers.pop(onto, None)
        if phone in self.network.readers:
            self.network.readers[onto] = self.network.readers[phone]
        self.users[onto], self.signed_in[onto] = self.users[phone], set(self.signed_in[phone])
        self.off.add(onto)

    def do_shift(self, phone: int, name: str):
        """One leaves and another begins, on the same phone, with work unsent or not."""
        self.sign_out(phone)
        return self.sign_in(phone, name)

    def do_sign_out(self, phone: int):
        return self.sign_out(phone)

    def do_sign_in(self, phone: int):
        return self.sign_in(phone, self.users[phone])

    def do_kill_office(self, events: int):
        """The office's process dies at so many events of the next thing that reaches it."""
        self.die_at = events

    def do_meanwhile(self, events: int, verb: str, rolls: list[int]):
        """A desk does something in the middle of the next request."""
        said = desk.choose(verb, rolls, self.town, self.office.ask({"do": "list", "now": self.now}))
        self.meanwhile = said and {"at": events, "question": {"do": "act", **said}}

    def do_at_once(self, other: int, phone: int, events: int):
        """Two phones look at the same moment: the request of the `other` is served in the middle of this one's."""
        self.network.dark -= {other, phone}
        self.network.weather |= {other: ["late_request"], phone: []}
        waiting = len(self.network.late)
        self.do_tap(other, 0)
        if request := self.network.late[waiting:]:
            del self.network.late[waiting:]
            self.network.beside = request[0]
            self.meanwhile = {"at": events, "question": self.network.question(request[0])}
        return self.do_tap(phone, 0)

    def do_back_up(self):
        self.office.back_up()
        self.passed_in.append(self.passed)

    def do_restore(self, which: int):
        if not self.office.backups:
            return None
        which %= len(self.office.backups)
        self.office.restore(which, self.now)
        self.judge.restored_from(which)
        self.passed = self.passed_in[which]
        return which

    def do_arrive(self):
        """What was on its way for long arrives: requests that nobody waits for, answers that somebody does."""
        late, self.network.late = self.network.late, []
        for request in late:
            self.network.serve(request)
        slow, self.network.slow = self.network.slow, []
        for phone, request, reply in slow:
            self.order("release", phone, request=request, reply=reply)
        return f"{len(late)} late, {len(slow)} slow"

    def _perhaps(self, question: dict) -> dict | None:
        try:
            return self.ask(question)
        except Ended:
            return None

    # ---- the end ----

    def come_to_rest(self) -> None:
        """All faults stop. Everybody has signal, power and the right password, and uses it where the phone asks for it; what waits
        anywhere else comes by itself: P15 says how long that may take."""
        self.do_arrive()
        self.network.dark.clear(), self.network.weather.clear()
        self.die_at = self.meanwhile = None
        self.do_switch_all_on()
        for phone in self.users:
            self.order("mend", phone)
            self.switch_on(phone)
        self._sign_in_where_asked()
        for ms in REST_MS:
            self.do_wait(ms, None)
            if not any(one["unsent"] for one in self.order("waiting", 0)):
                break
            self._sign_in_where_asked()
        delivered = due = asked = None
        while delivered != self.network.delivered or due or asked:  # what one brings, or time, may change what another shows
            delivered, due = self.network.delivered, self.ask({"do": "tick"})["done"]
            self.do_wait(QUIET_MS, None)
            asked = self._sign_in_where_asked()
        self._judge()

    def _sign_in_where_asked(self) -> list[int]:
        """On these phones, and on no other: a sign-in makes a phone try at once, and would hide one that does not."""
        screens = {phone: self.order("look", phone)["screens"][0] for phone in self.users}
        asked = [
            phone
            for phone, screen in screens.items()
            if screen["user"] != self.town.users[self.users[phone]] or any(screen["state"].get(bar) for bar in BARS)
        ]
        for phone in asked:
            self.sign_in(phone, self.users[phone])
        return asked

    def _judge(self) -> None:
        ids = {phone: self.town.users[name] for phone, name in self.users.items()}
        state = self.ask({"do": "state", "users": sorted(set(ids.values()))})
        looks = {phone: self.order("look", phone) for phone in self.users}
        self.judge.at_rest(state, looks, ids)
        self._look_at_pictures(state)
        self.judge.wrong += pry(self.ask, self.town.users)

    def _look_at_pictures(self, state: dict) -> None:
        """P18: what has come is served, as it was taken. Each author looks at their own, by the session of their phone; who works
        elsewhere by now may be refused."""
        taken = [
            (id, act)
            for id, act in self.judge.made.items()
            if act.get("blobs") and self.town.users[self.users[act["phone"]]] == act["user"]
        ]
        for id, act in taken[-PICTURES_LOOKED_AT:]:
            request = {"phone": act["phone"], "path": f"/api/v1/operations/{id}/blobs/{act['blobs'][0]}", "method": "GET"}
            served = self.ask(self.network.question({**request, "headers": {}, "body": None, "cookie": True}))["reply"]
            user, target = act["user"], act["target"]
            has_come = target in state["works_on"][user] and id in state["log"] and f"{user}/{act['blobs'][0]}" in state["pictures"]
            if (served["status"], served["body"]) != (200, act["blobs"][0]) and (has_come or served["status"] != 404):
                self.judge.wrong.append(f"P18 {request['path']} is served as {served['status']} {served['body'][:80]}")
