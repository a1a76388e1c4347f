"""A phone as the agreement describes it (PROTOCOL §7), in plain Python: it keeps what it made until it has a verdict for it."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from server.access import open_session
from server.domain.acts import new_id
from server.store.database import db, transaction
from server.store.users import Device, User
from server.upload_tokens import upload_token
from sync.digest import digest_of
from sync.patches import in_order
from sync.sums import sum_of

HEADERS = {"X-Bihuan": "1", "Accept-Encoding": "gzip"}


@dataclass
class Wire:
    """One operation on its way: its number on this phone, its id, its exact text."""

    seq: int
    id: str
    body: str

    def sent(self) -> dict:
        return {"id": self.id, "seq": self.seq, "body": self.body}


@dataclass
class Phone:
    """One user's phone. `world` is the town; `page` how many entries it asks for at once."""

    world: object
    username: str
    page: int = 500
    batch: int = 100
    patches: bool = False
    outbox: list[Wire] = field(default_factory=list)
    kept: dict[str, tuple[Wire, dict]] = field(default_factory=dict)
    records: dict[tuple[str, str], dict] = field(default_factory=dict)
    incoming: list[dict] = field(default_factory=list)
    cursor: str | None = None
    seq: int = 0
    swaps: bool = False
    high: int = 0
    compared: int = 0
    pages: list[dict] = field(default_factory=list)

    def __post_init__(self):
        self.device = new_id()
        self.user = self.world.users[self.username]
        self.token = upload_token(self.device, self.user)
        self.sign_in()

    def sign_in(self) -> None:
        """A session and an upload token, as `POST /api/v1/session` gives them; the password is not what is tested here."""
        self.client = self.world.app.test_client()
        self.client.set_cookie("bihuan", open_session(db.session.get(User, self.user), self.device))
        now = self.world.clock.now()
        with transaction() as session:
            if session.get(Device, self.device) is None:
                session.add(Device(id=self.device, user_id=self.user, enrolled_at=now, seen_at=now, last_seq=0))

    # ---- what its person does ----

    def record(self, type: str, target: str | None, *, ago_s: float = 0, after: Iterable[str] = (), v: int = 1, **args) -> Wire:
        """Save one operation. From here on it is never lost."""
        occurred = self.world.clock.now() - timedelta(seconds=ago_s)
        body = {"type": type, "v": v, "author": self.user, "target": target, "base_rev": None, "args": args, "after": [*after],
                "blobs": [], "occurred_at": occurred.isoformat(), "clock_offset_ms": 0, "app": "test"}  # fmt: skip
        return self.say(json.dumps(body, ensure_ascii=False))

    def say(self, text: str, id: str | None = None) -> Wire:
        """Put this exact text into the outbox."""
        self.seq += 1
        wire = Wire(self.seq, id or new_id(), text)
        self.outbox.append(wire)
        return wire

    # ---- the line ----

    def sync(self, rounds_max: int = 200) -> None:
        """Rounds until nothing is left to send and nothing to come."""
        for _ in range(rounds_max):
            if not self.round():
                return
        raise AssertionError("the phone never came to rest")

    def round(self) -> bool:
        """One request and its answer. Gives whether another is due."""
        answer = self.ask()
        self.take(answer)
        return bool(answer["more"] or self.outbox)

    def ask(self, wires: list[Wire] | None = None) -> dict:
        """Send the next batch and give the answer, without taking it in."""
        response = self.post(self.message(wires))
        assert response.status_code == 200, response.json
        return read(response)

    def lose_answer(self) -> None:
        """The request arrives, the answer does not."""
        self.ask()

    def message(self, wires: list[Wire] | None = None) -> dict:
        wires = self.outbox[: self.batch] if wires is None else wires
        have = {"have": self.have(wires)} if self.patches else {}
        return have | {
            "protocol": 1, "app": "test", "device": self.device, "unsent": len(self.outbox),
            "operations": [wire.sent() for wire in wires], "cursor": self.cursor, "page": self.page,
        }  # fmt: skip

    def have(self, wires: list[Wire]) -> dict[str, int]:
        """The revisions of the transfers that these operations are about."""
        about = [json.loads(wire.body).get("target") for wire in wires]
        return {id: self.records["transfer", id]["rev"] for id in about if ("transfer", id) in self.records}

    def post(self, message: dict, **headers):
        return self.client.post("/api/v1/sync", **self.packed(message, **headers))

    def packed(self, message: dict, **headers) -> dict:
        """What goes over the line: body and headers."""
        body = gzip.compress(json.dumps(message, ensure_ascii=False).encode(errors="surrogatepass"))
        return {"data": body, "headers": {**HEADERS, "Content-Type": "application/json", "Content-Encoding": "gzip", **headers}}

    def deliver(self):
        """Send the outbox with the upload token alone, as after signing out."""
        self.client.delete_cookie("bihuan")
        return self.post(self.message(), Authorization=f"Bearer {self.token}")

    def take(self, answer: dict) -> None:
        """Settle the verdicts, stage the page, and promote what is staged when the server says it is whole."""
        for result in answer["results"]:
            self.settle(result)
        if answer["reset"]:
            self.incoming, self.swaps = [], True
        self.pages.append(answer)
        self.incoming += answer["changes"]
        self.cursor = answer["cursor"]
        if answer["promote"]:
            self.promote(whole=not answer["more"])
        if answer["promote"] and not answer["more"]:
            self.high = answer["high"]
        if answer["digests"] is not None:
            self.compare(answer["digests"])

    def compare(self, told: dict[str, str]) -> None:
        """F14: at the end of a round the phone holds what the server says it holds. A test that spoils a phone uses the real engine."""
        held = {}
        for (kind, id), record in self.records.items():
            held.setdefault(kind, []).append(f"{id} {record['rev']}\n")
        assert {kind: digest_of(lines) for kind, lines in held.items()} == told
        self.compared += 1

    def settle(self, result: dict) -> None:
        """P2: a verdict never changes (a held one moves once, and is told by its receipt)."""
        before = self.kept.get(result["id"])
        assert before is None or before[1]["verdict"] == "held" or before[1] == result, f"{before} became {result}"
        for wire in [wire for wire in self.outbox if wire.id == result["id"]]:
            self.kept[wire.id] = (wire, result)
            self.outbox.remove(wire)

    def promote(self, whole: bool = True) -> None:
        if self.swaps and whole:  # a swap in parts would show an empty list: here it waits for all of it
            self.records, self.swaps = {}, False
        if self.swaps:
            return
        for change in map(self.made_whole, self.incoming):
            key = (change["type"], change["id"])
            if change["op"] == "put":
                self.put(key, change)
            else:
                self.records.pop(key, None)
        self.incoming = []

    def made_whole(self, change: dict) -> dict:
        """What a patch makes of the body that it was made of; a test that makes it unfit uses the real engine."""
        if change["op"] != "patch":
            return change
        held = self.records[change["type"], change["id"]]
        body = patched(held["body"], change["body"])
        assert held["rev"] == change["of"]
        assert sum_of(in_order(body)) == change["sum"]
        return {**change, "op": "put", "body": body}

    def put(self, key: tuple[str, str], change: dict) -> None:
        """P8: a revision never falls. One that is equal replaces."""
        held = self.records.get(key)
        assert held is None or change["rev"] >= held["rev"], f"{key} fell from {held['rev']} to {change['rev']}"
        self.records[key] = {"rev": change["rev"], "body": change["body"]}

    # ---- what its person sees ----

    def shows(self, type: str) -> set[str]:
        """The ids of the records of one type."""
        return {id for kind, id in self.records if kind == type}

    def body(self, type: str, id: str) -> dict:
        return self.records[type, id]["body"]

    def verdict(self, wire: Wire) -> dict:
        return self.kept[wire.id][1]


def patched(body, patch):
    """PROTOCOL §3: `[value]` sets a value, an object goes inside, by name or by place in a list."""
    if isinstance(patch, list):
        return patch[0]
    if isinstance(body, list):
        inside = {str(n): value for n, value in enumerate(body)}
        return list({**inside, **{n: patched(inside.get(n), one) for n, one in patch.items()}}.values())
    return {**body, **{name: patched(body.get(name), one) for name, one in patch.items()}}


def read(response) -> dict:
    """The JSON of an answer, packed or not."""
    packed = response.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(response.data) if packed else response.data)
