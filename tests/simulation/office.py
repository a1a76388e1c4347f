"""The server of a simulation: the real application in a process of its own, that is really killed and really started again."""

import base64
import fcntl
import gc
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from random import Random
from socket import socket

from sqlalchemy import event

from server.access import as_actor
from server.backup.restoring import OPERATOR
from server.domain.acts import Incoming
from server.domain.write_path import Busy, perform, perform_one
from server.problems import Refused
from server.shared_memory import Pigeonholes
from server.store.database import db
from server.store.users import User
from server.ticker import pass_time
from sync.copies import read_in_copy
from sync.records import VIEWS
from tests.copies import sealed
from tests.simulation import truth
from tests.simulation.chance import milliseconds
from tests.simulation.database import InPostgres, InSqlite
from tests.simulation.pipe import Ended, Pipe
from tests.simulation.processes import Nursery, Process, forked, keep_nursery
from tests.simulation.town import House, Town

HEADERS_THAT_COUNT = ("Retry-After", "Content-Type")
Database = InSqlite | InPostgres
TEMPLATE = "template"  # the name of the copy that every seed begins with
NOW = "now"  # the first server has come to where something else is to happen; back: it has
TODAY, OTHER = 0, 1
WORK = ("http", "act", "tick", "read_in")
DAYS = ("until", "from_on")
EDITED = ("id", "name", "phone", "second_phone", "building", "words", "needs")  # what a desk changes of a person
KNOWN = "EXISTS (SELECT 1 FROM line l WHERE l.person_id = p.id) OR EXISTS (SELECT 1 FROM stay s WHERE s.person_id = p.id)"
STAYING = """
SELECT p.id FROM stay s JOIN person p ON p.id = s.person_id WHERE s.ended_at IS NULL AND s.site_id IS NOT NULL AND p.merged_into IS NULL
AND NOT EXISTS (SELECT 1 FROM line l WHERE l.person_id = p.id AND l.open) """


class Office:
    """The driver's end. `ask` gives the answer, or raises Ended when the server was killed meanwhile; `start` starts it again.

    It has two servers on one database, as a city has: the second does what happens in the middle of a request. With a nursery the
    second is of an earlier commit, and chance says which of the two is asked.
    """

    def __init__(self, town: Town, database: Database, nursery: Nursery | None = None):
        self.town, self._database, self._nursery = town, database, nursery
        with town.app.app_context():
            database.hurry(db.engine)
        database.keep(TEMPLATE)
        self.backups: list[str] = []
        self._servers: dict[int, Process] = {}
        self._here: Server | None = None
        self._warming: int | None = None  # which of the two warms up

    def warm_up(self, work: Callable[[], None]) -> None:
        """Do `work` with a server in the very process that forks them: those forked afterwards have every statement compiled."""
        for place in (TODAY, OTHER) if self._nursery else (TODAY,):
            self._warming = place
            work()
            self.stop()
        self._warming = None
        gc.collect()
        gc.freeze()

    def begin(self, seed: int) -> None:
        """A fresh town, and a server that has just started in it."""
        self.stop()
        self.seed, self.lives, self._chance = seed, 0, Random(seed)
        self._database.put_back(TEMPLATE)
        shutil.rmtree(self.town.folder / "trying", ignore_errors=True)  # what earlier servers died over
        for backup in self.backups:
            self._database.forget(backup)
        self.backups = []
        self.start()

    def start(self) -> None:
        """Start what does not run."""
        self.lives += 1
        if self._warming is not None:
            self._here = Server(self.town, self._database, None, (self.seed, self.lives))
        elif TODAY not in self._servers:
            self.town.app.extensions["given"] = Pigeonholes()  # as two servers of one make share it, and no life with the next
            self._servers[TODAY] = self._forked((self.seed, self.lives))
        if self._nursery and self._warming != TODAY and OTHER not in self._servers:
            self._servers[OTHER] = self._nursery.start((self.seed, self.lives, "earlier"))

    def _forked(self, life: tuple) -> Process:
        return forked(lambda pipe, life: Server(self.town, self._database, pipe, life).serve(), life, self._servers.values())

    def stop(self) -> None:
        for place in list(self._servers):
            self._servers.pop(place).stop()
        if self._here:
            self._here = None
            self.town.forget_all()

    def ask(self, question: dict) -> dict:
        """The answer; beside it, as `meanwhile`, the one to what was asked in the middle of it."""
        place = self._who_answers(question)
        if self._here and place == TODAY:
            return self._here.answer(question)
        meanwhile, pipe = None, self._servers[place].pipe
        try:
            pipe.tell(question)
            answer = pipe.hear()
            if answer == NOW:
                the_same = {name: question[name] for name in ("now", "passed")}
                meanwhile = self._ask_the_other(place, question["meanwhile"]["question"] | the_same)
                pipe.tell(NOW)
                answer = pipe.hear()
        except Ended:
            self._let_go(place)
            raise
        return {**answer, "meanwhile": meanwhile}

    def _who_answers(self, question: dict) -> int:
        """Which of the servers is asked. What only the judge and the desk's screens ask is told by today's."""
        if not self._nursery or question["do"] not in WORK:
            return TODAY
        return self._chance.choice((TODAY, OTHER)) if self._warming is None else self._warming

    def _ask_the_other(self, place: int, question: dict) -> dict:
        other = OTHER if place == TODAY else TODAY
        if other not in self._servers:
            self._servers[other] = self._forked((self.seed, self.lives, "second"))
        self._servers[other].pipe.tell(question)
        return self._servers[other].pipe.hear()

    def _let_go(self, place: int) -> None:
        """This one has died; what shares memory with it goes with it."""
        if self._nursery:
            self._servers.pop(place).stop()
        else:
            self.stop()

    def back_up(self) -> None:
        """Keep a copy of the database as it is now, made while the server runs."""
        copy = f"backup{len(self.backups)}"
        self._database.keep(copy)
        self.backups.append(copy)

    def restore(self, which: int, now: int) -> None:
        """Go back to an earlier copy. The history that begins here gets a name of its own."""
        self.stop()
        self._database.put_back(self.backups[which])
        self.start()
        self.ask({"do": "begin_epoch", "now": now, "restored_to": "2022-04-03T12:00:00+00:00"})


class Server:
    """The child's end: answers one question after the other, and dies at the event it is told to."""

    def __init__(self, house: House, database: Database, pipe: Pipe | None, life: tuple):
        self.house, self.pipe, self.events, self.die_at, self.meanwhile = house, pipe, 0, None, None
        house.begin(life)
        self.client = house.app.test_client(use_cookies=False)
        self.database, self.tables = database, database.tables()
        with house.app.app_context():
            self.engine = db.engine

    def serve(self) -> None:
        while True:
            try:
                question = self.pipe.hear()
            except Ended:
                return
            self.pipe.tell(self.answer(question))

    def answer(self, question: dict) -> dict:
        self.house.clock.set_ms(question.get("now") or milliseconds(self.house.clock.now()))
        self.events, self.die_at, self.meanwhile = 0, question.get("die_at"), question.get("meanwhile")
        work = getattr(self, question["do"])
        answer = self._counted(work, question) if self.die_at is not None or self.meanwhile else work(question)
        if self.die_at is not None:
            os._exit(9)  # it did all of it, and never said so
        return answer

    def _counted(self, work, question: dict) -> dict:
        """Do it with an ear on the database: only then it costs something to listen."""
        event.listen(self.engine, "before_cursor_execute", self._statement)
        event.listen(self.engine, "commit", self._event)
        try:
            return work(question)
        finally:
            event.remove(self.engine, "before_cursor_execute", self._statement)
            event.remove(self.engine, "commit", self._event)

    def _statement(self, connection, *_words) -> None:
        self._event(connection)

    def _event(self, connection) -> None:
        """Something reaches the database: here a process may end, or the other server do something first."""
        self.events += 1
        if self.die_at is not None and self.events >= self.die_at:
            os._exit(9)
        if self.meanwhile and self.events >= self.meanwhile["at"] and not (self._may_write(connection) or self._judges_alone()):
            self.meanwhile = None
            self.pipe.tell(NOW)
            self.pipe.hear()

    def _may_write(self, connection) -> bool:
        """Whether this connection has the right to write, so that anybody else might have to wait."""
        return bool(connection.get_execution_options().get("writes")) and self.database.is_inside(connection.connection.dbapi_connection)

    def _judges_alone(self) -> bool:
        """Whether it judges what somebody died over, so that another server that does would wait for it (sync/tries.py)."""
        with suppress(FileNotFoundError), open(self.house.folder / "trying" / "alone") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    # ---- what can be asked ----

    def http(self, question: dict) -> dict:
        """A request of a phone. With a reader's id the answer says, too, which records that user may see: where something else happens
        in the middle of it, before or after."""
        reader, before = question.get("reader"), {}
        if reader is not None:
            who = (reader, question["passed"], json.loads(question["body"])["device"])
            before = self._read(lambda cursor: truth.seen_by(cursor, *who)) if self.meanwhile else {}
        data = base64.b64decode(question["body"]) if question["is_picture"] else question.get("lines") or question["body"]
        headers = {"Accept-Encoding": "gzip", **question["headers"]}
        answer = self.client.open(question["path"], method=question["method"], headers=headers, data=data)
        headers = {name: answer.headers[name] for name in HEADERS_THAT_COUNT if name in answer.headers}
        reply = {"status": answer.status_code, "headers": headers, "body": text_of(answer)}
        cookies = [cookie.split(";")[0] for cookie in answer.headers.getlist("Set-Cookie")]  # the rest names a date
        if reader is None:
            return {"reply": reply, "cookies": cookies}
        return {"reply": reply, "cookies": cookies, "seen": before | self._read(lambda cursor: truth.seen_by(cursor, *who))}

    def act(self, question: dict) -> dict:
        """An operation at a desk."""
        with self.house.app.app_context():
            author = as_actor(db.session.get(User, question["by"]))
            args = {name: date.fromisoformat(value) if name in DAYS else value for name, value in question["args"].items()}
            operation = Incoming(type=question["type"], author=author, target=question["target"], args=args)
            try:
                [verdict] = perform([operation], at=self.house.clock.now())
            except Busy:
                return {"verdict": "busy", "code": None}
            return {"verdict": verdict.verdict, "code": verdict.code}

    def read_in(self, question: dict) -> dict:
        """A copy of unsent work is read in at a desk."""
        with self.house.app.app_context():
            author = as_actor(db.session.get(User, question["by"]))
            try:
                counts = read_in_copy(sealed(*question["parts"]), by=author, at=self.house.clock.now())
            except Refused as refusal:
                return {"refused": refusal.code}
            except Busy:
                return {"refused": "busy"}
        held = "SELECT COUNT(*) FROM operation WHERE verdict = 'held'"
        return asdict(counts) | self._read(lambda cursor: {"held": cursor.execute(held).fetchone()[0]})

    def tick(self, _question: dict) -> dict:
        with self.house.app.app_context():
            return {"done": pass_time(self.house.clock.now())}

    def begin_epoch(self, question: dict) -> dict:
        """The database was set back: as `bihuan restore` ends."""
        with self.house.app.app_context():
            verdict = perform_one("begin_epoch", author=OPERATOR, at=self.house.clock.now(), restored_to=question["restored_to"])
            return {"verdict": verdict.verdict}

    def list(self, _question: dict) -> dict:
        """What a desk has before it."""
        return self._read(
            lambda cursor: {
                "transfers": cursor.execute("SELECT id, state FROM transfer ORDER BY created_at, id").fetchall(),
                "conflicts": [id for (id,) in cursor.execute("SELECT id FROM conflict WHERE state = 'open' ORDER BY raised_at, id")],
                "lines": cursor.execute("SELECT id, transfer_id, state FROM line ORDER BY id").fetchall(),
                "people": [
                    {**dict(zip(EDITED, row, strict=True)), "needs": json.loads(row[-1])}
                    for row in cursor.execute(f"SELECT {', '.join(EDITED)} FROM person p WHERE {KNOWN} ORDER BY id")
                ],
                "phones": [
                    {"id": id, "user": user}
                    for id, user in cursor.execute("SELECT id, user_id FROM device WHERE NOT revoked ORDER BY seen_at, id")
                ],
                "switched_off": {
                    "account": [id for (id,) in cursor.execute('SELECT id FROM "user" WHERE disabled ORDER BY id')],
                    "phone": [id for (id,) in cursor.execute("SELECT id FROM device WHERE revoked ORDER BY id")],
                    "password": [id for (id,) in cursor.execute('SELECT id FROM "user" WHERE password_hash IS NULL ORDER BY id')],
                },
                "merged": [id for (id,) in cursor.execute("SELECT id FROM person WHERE merged_into IS NOT NULL ORDER BY id")],
                "stays": [id for (id,) in cursor.execute("SELECT id FROM stay WHERE ended_at IS NULL ORDER BY id")],
                "staying": [id for (id,) in cursor.execute(STAYING + "AND s.released_at IS NULL ORDER BY p.id")],
                "released": [id for (id,) in cursor.execute(STAYING + "AND s.released_at IS NOT NULL ORDER BY p.id")],
                "returns": [
                    id
                    for (id,) in cursor.execute(
                        "SELECT id FROM transfer WHERE kind = 'return' AND ended_at IS NULL ORDER BY created_at, id"
                    )
                ],
                "quarantined": cursor.execute(
                    "SELECT id, verdict FROM operation WHERE verdict IN ('held', 'refused') AND door = 'phone' AND acknowledged_at IS NULL"
                    " ORDER BY id"
                ).fetchall(),
                "problems": cursor.execute(
                    "SELECT t.id, json_extract(p.value, '$.id') FROM transfer t, json_each(t.problems) p ORDER BY t.created_at, t.id, p.key"
                ).fetchall(),
                "missing": cursor.execute(
                    "SELECT t.id, m.value FROM transfer t, json_each(json_extract(t.vehicle_check, '$.missing')) m"
                    " WHERE t.ended_at IS NULL ORDER BY t.created_at, t.id, m.key"
                ).fetchall(),
                "sites": dict(cursor.execute("SELECT id, state FROM site").fetchall()),
                "hospitals": [id for (id,) in cursor.execute("SELECT id FROM hospital ORDER BY id")],
                "contacts": [id for (id,) in cursor.execute("SELECT id FROM contact ORDER BY id")],
                "free": [
                    id
                    for (id,) in cursor.execute(
                        "SELECT p.id FROM person p WHERE p.merged_into IS NULL AND NOT EXISTS"
                        " (SELECT 1 FROM line l WHERE l.person_id = p.id AND l.open) ORDER BY p.id"
                    )
                ],
            }
        )

    def state(self, question: dict) -> dict:
        """All that the judge asks about, at rest."""
        return self._read(
            lambda cursor: {
                "log": truth.log_of(cursor),
                "doors": truth.counts_of(cursor),
                "numbers": truth.numbers_of(cursor),
                "faults": truth.faults(cursor),
                "pictures": truth.pictures_of(cursor),
                "words": truth.words_of(cursor),
                "seen": {user: truth.seen_by(cursor, user, question["passed"]) for user in question["users"]},
                "held": {user: truth.held_by(cursor, user) for user in question["users"]},
                "works_on": {user: truth.works_on(cursor, user, question["passed"]) for user in question["users"]},
                "of_crew": {user: truth.of_crew(cursor, user) for user in question["users"]},
            }
        ) | {"bodies": {user: self._bodies(user, question["passed"]) for user in question["users"]}}

    def strange(self, question: dict) -> dict:
        """Something that is none of this user's business."""
        return self._read(lambda cursor: {"strange": truth.strange_to(cursor, question["user"])})

    def _bodies(self, user_id: str, passed: int) -> dict:
        """Each body as the server would give it to this user now."""
        seen = self._read(lambda cursor: truth.seen_by(cursor, user_id, passed))
        with self.house.app.app_context():
            user, found = db.session.get(User, user_id), {}
            for kind, View in VIEWS.items():
                view = View(db.session, user)
                ids = [key.split("/", 1)[1] for key in seen if key.startswith(f"{kind}/")]
                found |= {f"{kind}/{row.id}": view.body(row) for row in view.load(ids)}
            return found

    def _read(self, work) -> dict:
        with closing(self.tables()) as cursor:
            return work(cursor)


def raise_servers(folder: Path, door: socket) -> None:
    """Serve on the database in this folder with the server of the tree that this process was started on, whenever the driver says so."""
    house, database = House(folder / "data"), InSqlite(folder)
    with house.app.app_context():
        database.hurry(db.engine)

    def serve(pipe: Pipe, life: tuple) -> None:
        house.app.extensions["given"] = Pigeonholes()
        Server(house, database, pipe, life).serve()

    keep_nursery(door, serve, house.forget_all)


def text_of(answer) -> str:
    """What it says, unpacked; of a picture its hash."""
    data = answer.get_data()
    if answer.mimetype.startswith("image/"):
        return hashlib.sha256(data).hexdigest()
    return (gzip.decompress(data) if answer.content_encoding == "gzip" else data).decode()
