"""The server's processes die: `python -m tests.crashes kills --kills 1000`. Real gunicorn, SIGKILL under load, phones over HTTP.

Six phones record and send all the time, each the states of a room of its own. Whenever the server answers, it is killed some tenths of a
second later, all its processes at once, and started again. In the end everything that was ever recorded must be in the log once, with the
verdict that was answered, and each room's history must be what its phone recorded: state by state, each by the operation that said it.
"""

import http.client
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from server.app import create_app
from server.cli import migrate_database
from server.settings import read_settings
from server.store.database import db
from tests.journeys.office import Office
from tests.sync.phone import Phone, read
from tests.world import World

PHONES = 6
STATES = ("blocked", "hold", "vacated_dirty")  # each may follow each, so that every operation changes the room
APART_S = 0.001
SPELLS = """
    SELECT s.operation_id, s.state FROM room_spell s JOIN operation o ON o.id = s.operation_id AND o.door = 'phone'
    WHERE s.room_id = ? ORDER BY s.position"""
MOVED = {"held": ("applied", "flagged", "refused")}  # what was held because of the kills may have moved since, once


Said = list[tuple[str, str]]  # operation and state, in order


@dataclass
class Told:
    """What came of the kills."""

    kills: int = 0
    recorded: int = 0
    answered: int = 0
    unanswered: int = 0  # requests that the server died on
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled)

    def __str__(self) -> str:
        return (
            f"{self.kills:,} kills of the server, {self.unanswered:,} requests died with it; {self.recorded:,} operations recorded, "
            f"{self.answered:,} answered: {len(self.lost)} lost, {len(self.doubled)} doubled"
        )


@dataclass
class Answer:
    """As much of an HTTP answer as a phone looks at."""

    status_code: int
    headers: dict
    data: bytes


class OverHttp:
    """What a phone sends by, with its cookie."""

    def __init__(self, port: int, cookie: str):
        self.port, self.cookie = port, cookie

    def post(self, path: str, data: bytes, headers: dict) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("POST", path, body=data, headers={**headers, "Cookie": f"bihuan={self.cookie}"})
            got = line.getresponse()
            return Answer(got.status, dict(got.getheaders()), got.read())
        finally:
            line.close()


def kill_server(folder: Path, *, kills: int, seed: int = 1) -> Told:
    """So many kills of one office under load."""
    phones, rooms = fill(folder)
    office, told, over = Office(folder), Told(), threading.Event()
    for phone in phones:
        phone.client = OverHttp(office.port, phone.client.get_cookie("bihuan").value)
    said: list[Said] = [[] for _phone in phones]
    at_work = [threading.Thread(target=work, args=(*place, told, over), daemon=True) for place in zip(phones, rooms, said, strict=False)]
    try:
        office.start()
        for thread in at_work:
            thread.start()
        chance = random.Random(seed)
        while told.kills < kills:
            time.sleep(chance.uniform(0.02, 0.5))
            office.kill()
            told.kills += 1
            office.start()
        over.set()
        for thread in at_work:
            thread.join(120)
        judge(office, phones, told)
        judge_rooms(office, phones, rooms, said, told)
    finally:
        over.set()
        office.stop()
    return told


def fill(folder: Path) -> tuple[list[Phone], list[str]]:
    """A town in this folder; receivers with a phone each, and the rooms they look after."""
    app = create_app(read_settings({"DATA": str(folder)}, demo=True))
    migrate_database(app)
    with app.app_context():
        world = World(app)
        for n in range(PHONES):
            world.user("receiver", f"night{n}", site_id=world.site)
        phones = [Phone(world, f"night{n}", batch=5) for n in range(PHONES)]
        db.session.remove()
        db.engine.dispose()
    return phones, world.rooms


def work(phone: Phone, room: str, said: Said, told: Told, over: threading.Event) -> None:
    """Record and send until told to stop; then only send, until nothing is left."""
    while phone.outbox or not over.is_set():
        if not over.is_set() and len(phone.outbox) < 10:
            state, ago_s = STATES[len(said) % len(STATES)], 3600 - APART_S * len(said)
            said.append((phone.record("set_room_state", room, ago_s=ago_s, state=state, reason="看到的", note=None).id, state))
            told.recorded += 1
        try:
            response = phone.post(phone.message())
        except ConnectionRefusedError:  # nobody is there yet
            time.sleep(0.2)
            continue
        except (OSError, http.client.HTTPException):
            told.unanswered += 1
            time.sleep(0.05)
            continue
        if response.status_code == 200:
            for result in read(response)["results"]:
                phone.settle(result)
        else:
            time.sleep(0.2)


def judge(office: Office, phones: list[Phone], told: Told) -> None:
    there = dict(office.rows("SELECT id, verdict FROM operation WHERE door = 'phone'"))
    kept = {id: result["verdict"] for phone in phones for id, (_wire, result) in phone.kept.items()}
    told.answered = len(kept)
    told.lost = [id for id, verdict in kept.items() if there.get(id) not in (verdict, *MOVED.get(verdict, ()))]
    told.lost += [wire.id for phone in phones for wire in phone.outbox]
    told.doubled = [id for id in there if id not in kept]
    for phone in phones:
        numbers = [seq for (seq,) in office.rows("SELECT seq FROM delivery WHERE device_id = ? ORDER BY seq", phone.device)]
        if numbers != list(range(1, phone.seq + 1)):
            told.doubled.append(phone.username)
    [(whole,)] = office.rows("PRAGMA integrity_check")
    if whole != "ok":
        told.lost.append(whole)


def judge_rooms(office: Office, phones: list[Phone], rooms: list[str], said: list[Said], told: Told) -> None:
    """Whether each room went through what its phone recorded, but for what was held, which comes too late to be the room's state."""
    for phone, room, recorded in zip(phones, rooms, said, strict=False):
        held = {id for id, (_wire, result) in phone.kept.items() if result["verdict"] == "held"}
        shall: Said = []
        for id, state in recorded:
            if id not in held and (not shall or shall[-1][1] != state):
                shall.append((id, state))
        went = [spell for spell in office.rows(SPELLS, room) if spell[0] not in held]
        told.lost += [f"room {room} was never {state} by {id}" for id, state in set(shall) - set(went)]
        told.doubled += [f"room {room} went through {went[:3]}…, and {shall[:3]}… was recorded"] if went != shall else []
