"""Known mistakes of sync engines, each as a few words of the product said wrongly, in a copy of it. The product has no switch for them.

A mistake that no seed catches is a property that nobody checks. `make mistakes` says how many seeds each one takes.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.bench import MEMORY, ROOT

SEEDS_MAX = 500
STARTS = (1, 100_001, 200_001, 300_001, 400_001)
COPIED = ("server", "sync", "templates", "tests", "static/app")


@dataclass(frozen=True)
class Mistake:
    """`edits` are (file, what stands there once, what stands there instead)."""

    name: str
    says: str
    edits: tuple[tuple[str, str, str], ...]


MISTAKES = (
    Mistake(
        "naive cursor",
        "The cursor goes to the newest number there is, asked after the rows were read and in no snapshot.",
        (
            ("sync/feed.py", "    cursor.high, cursor.ahead = top, {}\n", "    cursor.high, cursor.ahead = standing(session).head, {}\n"),
            ("server/store/database.py", '            connection.connection.dbapi_connection.execute("BEGIN")', "            pass"),
        ),
    ),
    Mistake(
        "cursor saved first",
        "The phone stores the cursor, and then what it covers.",
        (
            (
                "static/app/database/view.ts",
                '  return database.write(["records", "incoming", "view", "shelf"], "relaxed", async (transaction) => {\n'
                "    const place = await thePlace(transaction);\n    if (place.cursor !== page.asked",
                '  await database.write(["view"], "relaxed", async (first) => {\n    const at = await thePlace(first);\n'
                "    const next = { ...at, epoch: page.epoch, cursor: page.cursor };\n"
                '    if (at.cursor === page.asked) await first.objectStore("view").put(next);\n'
                '  });\n  return database.write(["records", "incoming", "view", "shelf"], "relaxed", async (transaction) => {\n'
                "    const place = await thePlace(transaction);\n    if (place.cursor !== page.cursor",
            ),
        ),
    ),
    Mistake(
        "drop judged by the last entry",
        "A phone is told that a record left only if the record's last change lies behind its cursor.",
        (("sync/feed.py", "row.present, row.first_entered <= position,", "row.present, row.seq <= position,"),),
    ),
    Mistake(
        "shift before acknowledgement",
        "The phone takes operations out of the outbox when it sends them.",
        (
            (
                "static/app/sync/round.ts",
                "    const reply = await send(world, door, message);\n",
                '    await database.write(["outbox"], "relaxed", async (transaction) => {\n'
                '      for (const { seq } of message.operations) await transaction.objectStore("outbox").delete(seq);\n    });\n'
                "    const reply = await send(world, door, message);\n",
            ),
        ),
    ),
    Mistake(
        "recorded relaxed",
        "The phone says saved before the disk has it: the power goes, and it is gone.",
        (
            (
                "static/app/database/work.ts",
                'Promise<Device> {\n  return database.write([...recordingStores], "strict", async',
                'Promise<Device> {\n  return database.write([...recordingStores], "relaxed", async',
            ),
            (
                "static/app/database/work.ts",
                'Promise<Device | null> {\n  return database.write([...recordingStores], "strict", async',
                'Promise<Device | null> {\n  return database.write([...recordingStores], "relaxed", async',
            ),
        ),
    ),
    Mistake(
        "retries used up by 401",
        "An operation that was sent twice to an ended session is given up.",
        (
            (
                "static/app/sync/round.ts",
                "    } else return reply;\n",
                '    } else {\n      if (reply.kind === "sign_in") await database.write(["outbox"], "relaxed", async (transaction) => {\n'
                '        const outbox = transaction.objectStore("outbox");\n        for (const { seq } of message.operations) {\n'
                "          const row = (await outbox.get(seq)) as any;\n"
                "          if (row?.tries) await outbox.delete(seq);\n          else if (row) await outbox.put({ ...row, tries: 1 });\n"
                "        }\n      });\n      return reply;\n    }\n",
            ),
        ),
    ),
    Mistake(
        "body kept on drop",
        "What is not the user's any more stays on the phone.",
        (("static/app/database/view.ts", 'if (op !== "put") return records.delete(key);', 'if (op !== "put") return;'),),
    ),
    Mistake(
        "unknown type ignored",
        "A phone of the version before `setting` leaves out what it does not know, and its cursor goes on.",
        (
            (
                "static/app/database/view.ts",
                "whole.filter(isUnderstood).map(stagedRow)",
                'whole.filter(isUnderstood).filter(({ type }) => type !== "setting").map(stagedRow)',
            ),
        ),
    ),
    Mistake(
        "counted epoch",
        "A restored database gets the next number as its epoch: twice the same from the same backup.",
        (
            (
                "server/store/change_log.py",
                "values(id=secrets.token_hex(16), began_at=at, restored_to=restored_to)",
                'values(id=f"{session.scalar(select(func.count()).select_from(Epoch)):032x}", began_at=at, restored_to=restored_to)',
            ),
        ),
    ),
    Mistake(
        "deferred begin",
        "The driver begins a transaction by itself, before the first write: what was read before it may be old.",
        (
            ("server/store/database.py", "connection.isolation_level = None", 'connection.isolation_level = "DEFERRED"'),
            ("server/store/database.py", "            _begin_writing(connection)\n", "            pass\n"),
        ),
    ),
    Mistake(
        "verdict outside the transaction",
        "The log is written when the effect has been committed.",
        (
            (
                "server/domain/write_path.py",
                "        self._write_log()\n        return",
                '        self.session.commit()\n        self.session.connection(execution_options={"writes": True})\n'
                "        self._write_log()\n        return",
            ),
        ),
    ),
    Mistake(
        "hash of a re-encoded text",
        "An operation that is known already is compared by its text read and written again.",
        (
            (
                "sync/apply.py",
                "        mine = (operation.hash, operation.author.id)\n",
                "        import json\n        from sync.operations import hash_of\n"
                "        mine = (hash_of(json.dumps(json.loads(operation.body))), operation.author.id)\n",
            ),
        ),
    ),
    Mistake(
        "outbox cleared at sign-out",
        "Whoever signs out takes their unsent work with them.",
        (
            (
                "static/app/sync/phone.ts",
                "  async signOut(): Promise<void> {\n",
                "  async signOut(): Promise<void> {\n    if (this.user) await this.database()"
                '.write(["outbox"], "strict", (transaction) => transaction.objectStore("outbox").clear());\n',
            ),
        ),
    ),
    Mistake(
        "effect gone at the verdict",
        "An act is taken off the screen when it has its verdict, though the records do not show it yet.",
        (
            (
                "static/app/projection/acts.ts",
                'return verdict === "refused" || stamp === null || stamp <= high;',
                "return high >= 0;",
            ),
        ),
    ),
    Mistake(
        "saved before the disk has it",
        'A screen says "saved" when the requests have succeeded, before the transaction has.',
        (("static/app/database/connection.ts", "    await done;\n    return result;\n", "    return result;\n"),),
    ),
    Mistake(
        "scope index believed",
        "Bodies are sent without asking whether this user may see them.",
        (("sync/records/__init__.py", "    return may_see(view.user, kind, facts, view.holds_people(facts))", "    return True"),),
    ),
    Mistake(
        "patch of another body",
        "What differs from the body that was given last, come or not, is laid over whatever the phone holds.",
        (
            (
                "sync/patches.py",
                "        return found.removeprefix(mark) if found.startswith(mark) else None",
                '        return found.partition(b" ")[2] or None if id in self.have else None',
            ),
            ("static/app/database/patches.ts", "  return (await sumOf(inOrder(body))) === sum ? {", "  return sum ? {"),
        ),
    ),
    Mistake(
        "kept work not offered again",
        "A phone that hears of another history swaps its records and keeps what it knows to itself.",
        (("static/app/database/view.ts", "      await offerAllAgain(", "      if (!epoch) await offerAllAgain("),),
    ),
    Mistake(
        "picture given up too early",
        "The phone drops its copy of a picture when the office has the first part of it.",
        (("static/app/sync/pictures.ts", "      if (stand.whole) {\n", "      if (stand.whole || stand.offset) {\n"),),
    ),
    Mistake(
        "pictures kept once for all",
        "A picture that somebody else has sent is not fetched again: whoever asks learns that it is there.",
        (
            (
                "server/domain/blobs.py",
                "    blob = session.get(Blob, (owner, hash))\n    if not part or",
                "    blob = session.scalar(select(Blob).where(Blob.hash == hash))\n    if not part or",
            ),
        ),
    ),
    Mistake(
        "follows whatever exists",
        "An operation that follows another person's is judged when that one was: whoever names an id learns whether it exists.",
        (
            (
                "server/domain/following.py",
                "if past and past.author_id == operation.author.id}",
                "if past}",
            ),
        ),
    ),
    Mistake(
        "what others show is not touched",
        "A name, a telephone or a vehicle changes, and the transfers that show it keep their revision.",
        (("server/domain/shown_on.py", "        act.touch(act.loaded.transfer(id))\n", "        pass\n"),),
    ),
    Mistake(
        "a word of another field",
        "A body gives somebody's kind of illness as their category: wherever it is asked, the office says the same.",
        (
            (
                "sync/records/transfers.py",
                '"category": person.category,',
                '"category": person.case_type,',
            ),
        ),
    ),
    Mistake(
        "a lost phone reads on",
        "It is switched off, but its sessions stand, and its requests are answered.",
        (
            ("server/domain/users.py", "    act.work.session.execute(delete(SignIn).where(SignIn.device_id.in_(", "    ((("),
            ("sync/apply.py", '    if device.revoked:\n        raise Refused("device.revoked")\n    return device', "    return device"),
        ),
    ),
)


def catch(mistake: Mistake, starts: tuple[int, ...], operations: int, tell: Callable[[str], None]) -> list[int | None]:
    """From each start, how many seeds until one fails; None when none of 500 does."""
    with a_copy_with(mistake) as folder:
        found = [seeds_until_wrong(folder, start, operations) for start in starts]
    seeds = [count for count, _what in found]
    tell(f"{mistake.name}: {median_of(seeds)} (from {len(starts)} starts: {seeds}), e.g. {found[0][1]}")
    return seeds


def median_of(seeds: list[int | None]) -> str:
    return "not caught" if None in seeds else f"{statistics.median(seeds):g}"


def seeds_until_wrong(folder: Path, start: int, operations: int, most: int = SEEDS_MAX) -> tuple[int | None, str]:
    """How many seeds from here until one fails, and what was wrong then."""
    words = ["worker", str(start), str(most), "1", str(operations), "--until-wrong"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "tests.simulation", *words]
    ran = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    outcomes = [json.loads(line) for line in ran.stdout.splitlines()]
    if ran.returncode:
        return len(outcomes) + 1, "the worker ended"
    last = outcomes[-1]
    return (len(outcomes), last["wrong"][0]) if last["wrong"] else (None, "nothing")


@contextmanager
def a_copy_with(mistake: Mistake):
    """A copy of the product in which this one thing is wrong."""
    folder = Path(tempfile.mkdtemp(prefix="mistake", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    try:
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "journeys"))
        for file in [*filter(Path.is_file, ROOT.glob("static/*.*")), ROOT / "pyproject.toml"]:
            shutil.copy(file, folder / file.relative_to(ROOT))
        for linked in ("static/node_modules", "static/build", ".tools"):
            (folder / linked).symlink_to(ROOT / linked)
        for name, was, now in mistake.edits:
            (folder / name).write_text(edited(name, was, now, folder))
        yield folder
    finally:
        shutil.rmtree(folder)


def edited(name: str, was: str, now: str, root: Path = ROOT) -> str:
    """The file with the mistake in it. What is to be wrong must stand there exactly once."""
    text = (root / name).read_text()
    if text.count(was) != 1:
        raise ValueError(f"{name} has changed: {was!r} stands there {text.count(was)} times. Say the mistake anew in mistakes.py.")
    return text.replace(was, now)
