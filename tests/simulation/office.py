"""The server of a simulation: the real application in a process of its own, that is really killed and really started again."""

import base64
import gc
import hashlib
import os
import shutil
import sys
import traceback
from contextlib import closing

from sqlalchemy import event

from server.backup.restoring import OPERATOR
from server.domain.acts import Actor, Incoming
from server.domain.write_path import Busy, perform, perform_one
from server.shared_memory import Pigeonholes
from server.store.database import db
from server.store.users import User
from server.ticker import pass_time
from sync.records import VIEWS
from tests.simulation import truth
from tests.simulation.chance import milliseconds
from tests.simulation.database import InPostgres, InSqlite
from tests.simulation.pipe import Ended, Pipe
from tests.simulation.town import Town

HEADERS_THAT_COUNT = ("Retry-After", "Content-Type")
Database = InSqlite | InPostgres
TEMPLATE = "template"  # the name of the copy that every seed begins with
NOW = "now"  # the first server has come to where something else is to happen; back: it has


class Process:
    """A server in a process of its own."""

    def __init__(self, town: Town, database: Database, life: tuple):
        down, up = os.pipe(), os.pipe()
        sys.stdout.flush()
        self._id = os.fork()
        if self._id == 0:
            os.close(down[1]), os.close(up[0])
            gc.disable()  # it does not live long
            try:
                Server(town, database, Pipe(down[0], up[1]), life).serve()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        os.close(down[0]), os.close(up[1])
        self.pipe = Pipe(up[0], down[1])

    def stop(self) -> None:
        self.pipe.close()
        os.waitpid(self._id, 0)


class Office:
    """The driver's end. `ask` gives the answer, or raises Ended when the server was killed meanwhile; `start` starts it again.

    What happens in the middle of a request is done by a second server on the same database, as where a city has two.
    """

    _warming = False

    def __init__(self, town: Town, database: Database):
        self.town, self._database = town, database
        database.keep(TEMPLATE)
        self.backups: list[str] = []
        self._first: Process | None = None
        self._second: Process | None = None
        self._here: Server | None = None

    def warm_up(self, work) -> None:
        """Do `work` with a server in this very process: those forked afterwards have every statement compiled."""
        self._warming = True
        work()
        self._warming, self._here = False, None
        self.town.app.extensions["shelf"].clear()  # a server that starts remembers nothing
        with self.town.app.app_context():
            db.session.remove()
            db.engine.dispose()
        gc.collect()
        gc.freeze()

    def begin(self, seed: int) -> None:
        """A fresh town, and a server that has just started in it."""
        self.stop()
        self.seed, self.lives = seed, 0
        self._database.put_back(TEMPLATE)
        shutil.rmtree(self.town.folder / "trying", ignore_errors=True)  # what earlier servers died over
        for backup in self.backups:
            self._database.forget(backup)
        self.backups = []
        self.start()

    def start(self) -> None:
        self.lives += 1
        self.town.app.extensions["given"] = Pigeonholes()  # as the first server and the second share it, and no life with the next
        if self._warming:
            self._here = Server(self.town, self._database, None, (self.seed, self.lives))
            return
        self._first = Process(self.town, self._database, (self.seed, self.lives))

    def stop(self) -> None:
        for process in (self._second, self._first):  # the second holds ends of the pipes of the first
            if process:
                process.stop()
        self._first = self._second = None

    def ask(self, question: dict) -> dict:
        """The answer; beside it, as `meanwhile`, the one to what was asked in the middle of it."""
        if self._here:
            return self._here.answer(question)
        meanwhile = None
        try:
            self._first.pipe.tell(question)
            answer = self._first.pipe.hear()
            if answer == NOW:
                meanwhile = self._ask_second({**question["meanwhile"]["question"], "now": question["now"]})
                self._first.pipe.tell(NOW)
                answer = self._first.pipe.hear()
        except Ended:
            self.stop()
            raise
        return {**answer, "meanwhile": meanwhile}

    def _ask_second(self, question: dict) -> dict:
        self._second = self._second or Process(self.town, self._database, (self.seed, self.lives, "second"))
        self._second.pipe.tell(question)
        return self._second.pipe.hear()

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

    def __init__(self, town: Town, database: Database, pipe: Pipe | None, life: tuple):
        self.town, self.pipe, self.events, self.die_at, self.meanwhile = town, pipe, 0, None, None
        town.chance.begin(life)
        self.client = town.app.test_client(use_cookies=False)
        self.database, self.tables = database, database.tables()

    def serve(self) -> None:
        with self.town.app.app_context():
            self.database.hurry(db.engine)
            self.engine = db.engine
        while True:
            try:
                question = self.pipe.hear()
            except Ended:
                return
            self.pipe.tell(self.answer(question))

    def answer(self, question: dict) -> dict:
        self.town.clock.set_ms(question.get("now") or milliseconds(self.town.clock.now()))
        self.events, self.die_at, self.meanwhile = 0, question.get("die_at"), question.get("meanwhile")
        work = getattr(self, question["do"])
        answer = self._counted(work, question) if self.die_at is not None or self.meanwhile else work(question)
        if self.die_at is not None:
            os._exit(9)  # it did all of it, and never said so
        return {**answer, "interrupted": bool(question.get("meanwhile"))}

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
        if self.meanwhile and self.events >= self.meanwhile["at"] and not self._may_write(connection):
            self.meanwhile = None
            self.pipe.tell(NOW)
            self.pipe.hear()

    def _may_write(self, connection) -> bool:
        """Whether this connection has the right to write, so that anybody else might have to wait."""
        return bool(connection.get_execution_options().get("writes")) and self.database.is_inside(connection.connection.dbapi_connection)

    # ---- what can be asked ----

    def http(self, question: dict) -> dict:
        """A request of a phone. With a reader's id the answer says, too, which of the records in it that user may see."""
        data = base64.b64decode(question["body"]) if question["is_picture"] else question.get("lines") or question["body"]
        answer = self.client.open(question["path"], method=question["method"], headers=question["headers"], data=data)
        headers = {name: answer.headers[name] for name in HEADERS_THAT_COUNT if name in answer.headers}
        reply = {"status": answer.status_code, "headers": headers, "body": text_of(answer)}
        cookies = [cookie.split(";")[0] for cookie in answer.headers.getlist("Set-Cookie")]  # the rest names a date
        if question.get("reader") is None:
            return {"reply": reply, "cookies": cookies}
        return {"reply": reply, "cookies": cookies, **self._read(lambda cursor: {"seen": truth.seen_by(cursor, question["reader"])})}

    def act(self, question: dict) -> dict:
        """An operation at a desk."""
        with self.town.app.app_context():
            user = db.session.get(User, question["by"])
            author = Actor(user.id, user.role, user.name, user.area_id, user.site_id)
            operation = Incoming(type=question["type"], author=author, target=question["target"], args=question["args"])
            try:
                [verdict] = perform([operation], at=self.town.clock.now())
            except Busy:
                return {"verdict": "busy", "code": None}
            return {"verdict": verdict.verdict, "code": verdict.code}

    def tick(self, _question: dict) -> dict:
        with self.town.app.app_context():
            return {"done": pass_time(self.town.clock.now())}

    def begin_epoch(self, question: dict) -> dict:
        """The database was set back: as `bihuan restore` ends."""
        with self.town.app.app_context():
            verdict = perform_one("begin_epoch", author=OPERATOR, at=self.town.clock.now(), restored_to=question["restored_to"])
            return {"verdict": verdict.verdict}

    def list(self, _question: dict) -> dict:
        """What a desk has before it."""
        return self._read(
            lambda cursor: {
                "transfers": cursor.execute("SELECT id, state FROM transfer ORDER BY created_at, id").fetchall(),
                "conflicts": [id for (id,) in cursor.execute("SELECT id FROM conflict WHERE state = 'open' ORDER BY raised_at, id")],
                "lines": cursor.execute("SELECT id, transfer_id, state FROM line ORDER BY id").fetchall(),
                "people": cursor.execute(
                    "SELECT id, name FROM person p WHERE EXISTS (SELECT 1 FROM line l WHERE l.person_id = p.id) ORDER BY id"
                ).fetchall(),
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
                "seen": {user: truth.seen_by(cursor, user) for user in question["users"]},
                "held": {user: truth.held_by(cursor, user) for user in question["users"]},
            }
        ) | {"bodies": {user: self._bodies(user) for user in question["users"]}}

    def strange(self, question: dict) -> dict:
        """Something that is none of this user's business."""
        return self._read(lambda cursor: {"strange": truth.strange_to(cursor, question["user"])})

    def _bodies(self, user_id: str) -> dict:
        """Each body as the server would give it to this user now."""
        seen = self._read(lambda cursor: truth.seen_by(cursor, user_id))
        with self.town.app.app_context():
            user, found = db.session.get(User, user_id), {}
            for kind, View in VIEWS.items():
                view = View(db.session, user)
                ids = [key.split("/", 1)[1] for key in seen if key.startswith(f"{kind}/")]
                found |= {f"{kind}/{row.id}": view.body(row) for row in view.load(ids)}
            return found

    def _read(self, work) -> dict:
        with closing(self.tables()) as cursor:
            return work(cursor)


def text_of(answer) -> str:
    """What it says; of a picture its hash."""
    return hashlib.sha256(answer.get_data()).hexdigest() if answer.mimetype.startswith("image/") else answer.get_data(as_text=True)
