"""Known mistakes of sync engines, each as a few words of the product said wrongly. The product has no switch for them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """`edits` are (file, what stands there once, what stands there instead). It is caught when a seed fails by one of the invariants of
    `seen_as`; what else fails by it is no proof that it would be known for what it is."""

    name: str
    says: str
    seen_as: tuple[str, ...]
    edits: tuple[tuple[str, str, str], ...]


MISTAKES = (
    Mistake(
        "naive cursor",
        "The cursor goes to the newest number there is, asked after the rows were read and in no snapshot.",
        ("P5", "P7"),
        (
            ("sync/feed.py", "    cursor.high, cursor.ahead = top, {}\n", "    cursor.high, cursor.ahead = standing(session).head, {}\n"),
            ("server/store/database.py", '            connection.connection.dbapi_connection.execute("BEGIN")', "            pass"),
        ),
    ),
    Mistake(
        "cursor saved first",
        "The phone stores the cursor, and then what it covers.",
        ("P5", "P7"),
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
        ("P5", "P7"),
        (("sync/feed.py", "row.present, row.first_entered <= position,", "row.present, row.seq <= position,"),),
    ),
    Mistake(
        "shift before acknowledgement",
        "The phone takes operations out of the outbox when it sends them.",
        ("P3", "P19"),
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
        ("P3", "P19"),
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
        ("P3", "P19"),
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
        ("P5", "P7"),
        (("static/app/database/view.ts", 'if (op !== "put") return records.delete(key);', 'if (op !== "put") return;'),),
    ),
    Mistake(
        "unknown type ignored",
        "A phone of the version before `setting` leaves out what it does not know, and its cursor goes on.",
        ("P5", "P7"),
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
        ("P2", "P3", "P5", "P7", "P9"),
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
        ("P1", "P2", "P3", "P4", "P5", "P6", "P7"),
        (
            ("server/store/database.py", "connection.isolation_level = None", 'connection.isolation_level = "DEFERRED"'),
            ("server/store/database.py", "            _begin_writing(connection)\n", "            pass\n"),
        ),
    ),
    Mistake(
        "verdict outside the transaction",
        "The log is written when the effect has been committed.",
        ("P1", "P2", "P3"),
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
        ("P23",),
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
        ("P3", "P19"),
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
        ("P9",),
        (("static/app/projection/acts.ts", 'return verdict === "refused" || stamp === null || stamp <= high;', "return high >= 0;"),),
    ),
    Mistake(
        "saved before the disk has it",
        'A screen says "saved" when the requests have succeeded, before the transaction has.',
        ("P3", "P19"),
        (("static/app/database/connection.ts", "    await done;\n    return result;\n", "    return result;\n"),),
    ),
    Mistake(
        "scope index believed",
        "Bodies are sent without asking whether this user may see them.",
        ("P6",),
        (("sync/records/__init__.py", "    return may_see(view.user, kind, facts, view.holds_people(facts))", "    return True"),),
    ),
    Mistake(
        "patch of another body",
        "What differs from the body that was given last, come or not, is laid over whatever the phone holds.",
        ("P5", "P7"),
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
        ("P3",),
        (("static/app/database/view.ts", "      await offerAllAgain(", "      if (!epoch) await offerAllAgain("),),
    ),
    Mistake(
        "picture given up too early",
        "The phone drops its copy of a picture when the office has the first part of it.",
        ("P3",),
        (("static/app/sync/pictures.ts", "      if (stand.whole) {\n", "      if (stand.whole || stand.offset) {\n"),),
    ),
    Mistake(
        "pictures kept once for all",
        "A picture that somebody else has sent is not fetched again: whoever asks learns that it is there.",
        ("P17",),
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
        ("P17",),
        (("server/domain/following.py", "if past and past.author_id == operation.author.id}", "if past}"),),
    ),
    Mistake(
        "what others show is not touched",
        "A name, a telephone or a vehicle changes, and the transfers that show it keep their revision.",
        ("P5",),
        (("server/domain/shown_on.py", "        act.touch(act.loaded.transfer(id))\n", "        pass\n"),),
    ),
    Mistake(
        "a word of another field",
        "A body gives somebody's kind of illness as their category: wherever it is asked, the office says the same.",
        ("P5",),
        (("sync/records/transfers.py", '"category": person.category,', '"category": person.case_type,'),),
    ),
    Mistake(
        "a lost phone reads on",
        "It is switched off, but its sessions stand, and its requests are answered.",
        ("P6",),
        (
            ("server/domain/users.py", "    act.work.session.execute(delete(SignIn).where(SignIn.device_id.in_(", "    ((("),
            ("sync/apply.py", '    if device.revoked:\n        raise Refused("device.revoked")\n    return device', "    return device"),
        ),
    ),
    Mistake(
        "a gap passed over",
        "The office takes what a device numbered later, and what is missing before it is never asked for.",
        ("P4", "P16"),
        (
            (
                "sync/apply.py",
                "        if one.seq == last + len(following) + 1:",
                "        if one.seq > (following[-1].seq if following else last):",
            ),
            ("sync/apply.py", "    device.last_seq += len(following)\n", "    device.last_seq = max([device.last_seq, *incoming])\n"),
        ),
    ),
    Mistake(
        "one at a time",
        "The office judges the first operation of a request, and leaves the rest for the next one.",
        ("P16",),
        (("sync/apply.py", "    return following\n\n\ndef numbered", "    return following[:1]\n\n\ndef numbered"),),
    ),
    Mistake(
        "history kept after a restore",
        "A database that was set back goes on under the name of its history: revisions fall.",
        ("P5", "P8"),
        (
            (
                "server/domain/histories.py",
                "    begin_new_epoch(act.work.session, act.at, datetime.fromisoformat(restored_to))\n",
                "    if instead_of:\n        begin_new_epoch(act.work.session, act.at, datetime.fromisoformat(restored_to))\n",
            ),
        ),
    ),
    Mistake(
        "a copied phone believed",
        "Another operation under a number that is taken gets the verdict of the first.",
        ("P3",),
        (
            (
                "sync/apply.py",
                "        if one.seq in delivered and delivered[one.seq].hash != one.operation.hash:",
                "        if one.seq < 0:",
            ),
        ),
    ),
    Mistake(
        "tries again tomorrow",
        "After a try that failed a phone waits for a tap, or for half a day.",
        ("P15",),
        (
            ("static/app/sync/loop.ts", "const firstWaitMs = 2_000;", "const firstWaitMs = 80_000_000;"),
            ("static/app/sync/loop.ts", "const waitMsMost = 300_000;", "const waitMsMost = 80_000_000;"),
        ),
    ),
    Mistake(
        "closed by a correction",
        "Taking back what is too late to take back closes what it had opened.",
        ("P22",),
        (
            (
                "server/domain/withdrawing.py",
                "    if not in_time or not _nothing_built_upon(act, said, rows):\n",
                '    for item in said.items:\n        item.state, item.resolved_at = "closed", act.at\n        act.touch(item)\n'
                "    if not in_time or not _nothing_built_upon(act, said, rows):\n",
            ),
        ),
    ),
    Mistake(
        "fact against a state refused",
        "Whoever is told to have stayed behind cannot be aboard: the office refuses it.",
        ("P23",),
        (
            (
                "server/domain/boarding.py",
                '    if row.outcome and row.outcome != "cancelled":\n',
                '    if row.outcome and row.outcome != "cancelled":\n        from server.problems import Refused\n\n'
                '        raise Refused("boarding.after_other_outcome")\n',
            ),
        ),
    ),
    Mistake(
        "off the list with people aboard",
        "Who is taken off a crew loses the transfer, though its people are in their hands.",
        ("P5", "P7", "P24"),
        (("server/domain/visibility.py", '    scopes = {f"driver:{user}" for user in holders}\n', "    scopes = set()\n"),),
    ),
    Mistake(
        "telephones for good",
        "The telephones of people at their door stay on the crew's phones, and are shown to the site.",
        ("P5",),
        (("sync/records/transfers.py", '        "phone": person.phone if at_door else None,', '        "phone": person.phone,'),),
    ),
    Mistake(
        "left one scope, revision lost",
        "A record that has left one of a user's scopes, and is seen by another, is sent without its revision.",
        ("P8",),
        (("sync/feed.py", "    return known | revisions(session, left) if left else known\n", "    return known\n"),),
    ),
    Mistake(
        "silent for more than a month",
        "A phone that was silent for so long that departures are forgotten goes on as if it had missed none (P11).",
        ("P5", "P7"),
        (("sync/feed.py", "    return floor > cursor.floor and any(", "    return floor < cursor.floor and any("),),
    ),
    Mistake(
        "a list of one's own crews",
        "The list shows the transfers on whose crew one is: whoever was taken off it with people aboard does not find them.",
        ("P24",),
        (
            (
                "static/app/projection/view.ts",
                'transfers: held("transfer").sort(byDeparture)',
                'transfers: held("transfer").filter(({ crew }) => me.site || crew.some(({ name }) => name === me.name)).sort(byDeparture)',
            ),
        ),
    ),
    Mistake(
        "other numbers, other ids",
        "A phone that becomes another device gives what waits on it ids anew: what the office had already counts twice.",
        ("P2",),
        (
            (
                "static/app/database/work.ts",
                "await outbox.put({ ...operation, seq: index + 1 });",
                "await outbox.put({ ...operation, seq: index + 1, "
                'id: (operation.id.slice(0, -1) + (operation.id.endsWith("0") ? "1" : "0")) as never });',
            ),
        ),
    ),
    Mistake(
        "logged as of the desk",
        "Work that comes in a copy is logged as of whoever has read it in.",
        ("P21",),
        (
            (
                "sync/copies.py",
                "    verdicts = [work.judge(operation) for operation in fresh]\n",
                "    verdicts = [work.judge(operation) for operation in fresh]\n"
                '    for operation in fresh:\n        object.__setattr__(operation, "author", by)\n',
            ),
        ),
    ),
)
