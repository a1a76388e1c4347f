"""What is so, asked of the tables directly and slowly, in words of its own: the judge takes nothing from the code it judges."""

import hashlib
from datetime import UTC, datetime, timedelta

RECORDS_FOR_ALL = {"site_card": "site", "hospital": "hospital", "area": "area", "contact": "contact", "setting": "setting"}

# PROTOCOL §3: how long what is over stays on phones. It leaves them when time passes, so all is counted from when it passed last.
STAYS = {"a_day": timedelta(days=1), "three_days": timedelta(days=3), "two_weeks": timedelta(days=14)}
_OF_CREW = "(t.ended_at IS NULL OR t.ended_at > :a_day OR t.crew_sees AND NOT :at_rest)"
_OF_SITE = "(t.ended_at IS NULL OR t.ended_at > :three_days OR t.site_sees AND NOT :at_rest)"

_SEEN = f"""
SELECT 'transfer', t.id FROM transfer t JOIN assignment a ON a.transfer_id = t.id
 WHERE a.user_id = :user AND a.to_at IS NULL AND {_OF_CREW}
UNION SELECT 'transfer', transfer_id FROM custody WHERE holder = 'crew' AND holder_id = :user AND transfer_id IS NOT NULL
UNION SELECT 'transfer', t.id FROM transfer t WHERE (t.site_id = :site OR t.origin_site_id = :site) AND {_OF_SITE}
UNION SELECT 'room', id FROM room WHERE site_id = :site
UNION SELECT 'stay', id FROM stay WHERE site_id = :site AND (ended_at IS NULL OR ended_at > :a_day OR on_phones AND NOT :at_rest)
UNION SELECT 'conflict', id FROM conflict WHERE (author_id = :user OR site_id = :site)
 AND (resolved_at IS NULL OR resolved_at > :two_weeks OR on_phones AND NOT :at_rest)
UNION SELECT 'receipt', id FROM operation WHERE author_id = :user AND EXISTS
      (SELECT 1 FROM scope_entry e WHERE e.type = 'receipt' AND e.id = operation.id)
"""
_FOR_ALL = " ".join(f"UNION SELECT '{kind}', id FROM {table}" for kind, table in RECORDS_FOR_ALL.items())
_REVISIONS = "SELECT type, id, MAX(rev) FROM scope_entry GROUP BY type, id"


def ages(passed: int) -> dict[str, str]:
    """When what leaves the phones ended at the latest, as the tables write moments. `passed`: when time passed last, in ms."""
    at = datetime.fromtimestamp(passed / 1000, UTC)
    return {name: f"{at - age:%Y-%m-%d %H:%M:%S.%f}" for name, age in STAYS.items()}


def seen_by(cursor, user: str, passed: int, device: str | None = None) -> dict[str, int]:
    """What this user may see now, on this device, as {type/id: revision}: nothing where one of them is switched off. What was never
    stamped is on no phone.

    Without a device it is asked at rest. Before that it may have come late that a transfer or a stay ended, or was taken back, long ago: it
    leaves when time passes next, and until then the mark on it is believed."""
    role, site, disabled = cursor.execute('SELECT role, site_id, disabled FROM "user" WHERE id = ?', (user,)).fetchone()
    if disabled or cursor.execute("SELECT 1 FROM device WHERE id = ? AND revoked", (device,)).fetchone():
        return {}
    site = site if role in ("receiver", "site_head") else None
    revision = {f"{kind}/{id}": rev for kind, id, rev in cursor.execute(_REVISIONS)}
    keys = [
        f"{kind}/{id}" for kind, id in cursor.execute(_SEEN + _FOR_ALL, {"user": user, "site": site, "at_rest": not device, **ages(passed)})
    ]
    return {key: revision[key] for key in sorted(keys) if key in revision}


WORDS = {
    "lines": """
        SELECT l.id, l.state, p.name, p.sex, p.id_tail, p.category, p.words, p.phone, p.second_phone, r.number AS "room.number"
        FROM line l JOIN person p ON p.id = l.person_id LEFT JOIN room r ON r.id = l.room_id""",
    "crew": 'SELECT id AS "user", name, phone FROM "user"',
    "vehicle": "SELECT id, plate, kind, seats FROM vehicle",
    "destination": "SELECT id, name, address, COALESCE(duty_phone, head_phone) AS phone FROM site",
    "site_card": "SELECT id, code, name, address, COALESCE(duty_phone, head_phone) AS phone FROM site",
    "stay": "SELECT s.id, p.name, p.sex, p.id_tail FROM stay s JOIN person p ON p.id = s.person_id",
    "hospital": "SELECT id, name, colour, phone FROM hospital",
    "contact": "SELECT id, name, what, phone FROM contact",
}
AT_THE_DOOR = ("address", "phone", "second_phone")  # of a line: only for the crew, and only until the person is aboard


def words_of(cursor) -> dict[str, dict[str, dict]]:
    """What a phone must read of these parts of its records, by their id, as the rows have it now."""
    found = {}
    for part, question in WORDS.items():
        rows = cursor.execute(question)
        names = [name for name, *_ in rows.description]
        found[part] = {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in rows.fetchall()}
    return found


def misread(kind: str, id: str, body: dict, words: dict[str, dict[str, dict]], of_crew: bool) -> list[str]:
    """What this record says on a phone that is not so, or not for this one: nothing that the office would make of it now is asked."""
    if kind != "transfer":
        return _other_words(kind, body, words.get(kind, {}).get(id, {}))
    wrong = [] if of_crew else _for_crews_only(body)
    for line in body["lines"]:
        row = words["lines"][line["id"]]
        hidden = {} if of_crew and row["state"] == "expected" else dict.fromkeys(AT_THE_DOOR)
        wrong += _other_words("line", line, row | hidden)
    wrong += [one for member in body["crew"] for one in _other_words("crew", member, words["crew"][member["user"]])]
    for part in ("vehicle", "destination"):
        if body[part]:
            wrong += _other_words(part, body[part], words[part].get(body[part]["id"], {}))
    return wrong


def _for_crews_only(body: dict) -> list[str]:
    """What stands here of doors, and of who stays behind one."""
    wrong = ["the stops are shown"] if body["stops"] else []
    for line in body["lines"]:
        if line["stop"] or (line["verified"] or {}).get("stays_behind"):
            wrong.append(f"line {line['id']} says where it is fetched, or who stays behind")
    return wrong


def _other_words(part: str, body: dict, words: dict) -> list[str]:
    wrong = []
    for way, word in words.items():
        first, _, inner = way.partition(".")
        says = body[first] and body[first][inner] if inner else body[first]
        if says != word:
            wrong.append(f"{part} says {way} {says!r}, and it is {word!r}")
    return wrong


def held_by(cursor, user: str) -> list[str]:
    """The transfers with somebody aboard whom this user holds."""
    rows = cursor.execute("SELECT DISTINCT transfer_id FROM custody WHERE holder = 'crew' AND holder_id = ?", (user,))
    return sorted(id for (id,) in rows if id)


def of_crew(cursor, user: str) -> list[str]:
    """The transfers that this user is shown as their crew is: who is of it, or holds somebody aboard."""
    rows = cursor.execute("SELECT transfer_id FROM assignment WHERE user_id = ? AND to_at IS NULL", (user,))
    return sorted({id for (id,) in rows.fetchall()} | set(held_by(cursor, user)))


def works_on(cursor, user: str, passed: int) -> list[str]:
    """The transfers that are this user's by what they are now: of a crew, or of the site that somebody goes to or comes from."""
    rows = cursor.execute(
        f"""
        SELECT t.id FROM transfer t JOIN assignment a ON a.transfer_id = t.id JOIN "user" u ON u.id = a.user_id
        WHERE u.id = :user AND u.role IN ('driver', 'escort') AND a.to_at IS NULL AND {_OF_CREW}
        UNION SELECT t.id FROM transfer t JOIN "user" u ON u.site_id IN (t.site_id, t.origin_site_id)
        WHERE u.id = :user AND u.role IN ('receiver', 'site_head')
        """,
        {"user": user, "at_rest": True, **ages(passed)},
    )
    return sorted(id for (id,) in rows)


def log_of(cursor) -> dict[str, dict]:
    """Every operation that came from phones, by id."""
    names = ("id", "author_id", "device_id", "type", "target", "body", "verdict", "code", "stamp")
    rows = cursor.execute(f"SELECT {', '.join(names)} FROM operation WHERE door = 'phone'")
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def counts_of(cursor) -> dict[str, int]:
    """How many operations each door brought."""
    return dict(cursor.execute("SELECT door, COUNT(*) FROM operation GROUP BY door").fetchall())


def numbers_of(cursor) -> dict[str, list[int]]:
    """P4: the numbers that each device delivered, in order, and how far the server thinks it is."""
    numbers: dict[str, list[int]] = {}
    for device, seq in cursor.execute("SELECT device_id, seq FROM delivery ORDER BY device_id, seq"):
        numbers.setdefault(device, []).append(seq)
    return numbers


def pictures_of(cursor) -> dict[str, str]:
    """P18: each picture that is whole, by owner and name, with the hash of the bytes that are there."""
    parts: dict[str, list[bytes]] = {}
    whole = "SELECT b.owner_id || '/' || b.hash, p.content FROM blob b JOIN blob_part p USING (owner_id, hash) WHERE b.whole"
    for name, content in cursor.execute(whole + " ORDER BY b.owner_id, b.hash, p.start"):
        parts.setdefault(name, []).append(content)
    return {name: hashlib.sha256(b"".join(contents)).hexdigest() for name, contents in parts.items()}


def strange_to(cursor, user: str) -> dict[str, str | None] | None:
    """Ids about a transfer that this driver never had to do with: it, a line, an operation about it, and a picture that one names.

    One with a picture that the driver has not taken, too, if there is any. None where the driver was on them all.
    """
    rows = cursor.execute(
        """
        SELECT t.id, (SELECT MIN(l.id) FROM line l WHERE l.transfer_id = t.id), o.id,
          (SELECT b.hash FROM blob b WHERE b.owner_id = o.author_id AND b.whole AND INSTR(o.body, b.hash) > 0
           AND NOT EXISTS (SELECT 1 FROM blob own WHERE own.hash = b.hash AND own.owner_id = :user)) AS picture
        FROM transfer t JOIN operation o ON o.target = t.id AND o.author_id <> :user
        WHERE NOT EXISTS (SELECT 1 FROM assignment a WHERE a.transfer_id = t.id AND a.user_id = :user)
        ORDER BY picture IS NULL, 1, 3 LIMIT 1
        """,
        {"user": user},
    ).fetchall()
    return dict(zip(("transfer", "line", "operation", "picture"), rows[0], strict=True)) if rows else None


def faults(cursor) -> list[str]:
    """What may never be so in the tables, whoever did what: custody in one place, effects once, items closed by name."""
    return [f"{name}: {row}" for name, query in NEVER.items() for row in cursor.execute(query).fetchall()]


_STANDS = "o.verdict IN ('applied', 'flagged') AND o.withdrawn_by IS NULL"


def _last(*types: str) -> str:
    """That `o` is of these types, and no later one that changed something (which has a stamp) on the same target is."""
    names = ", ".join(f"'{type}'" for type in types)
    later = f"SELECT 1 FROM operation x WHERE x.type IN ({names}) AND x.verdict IN ('applied', 'flagged')"
    return f"o.type IN ({names}) AND {_STANDS} AND o.stamp > 0 AND NOT EXISTS ({later} AND x.target IS o.target AND x.stamp > o.stamp)"


NEVER = {
    "aboard, but not the crew's": """
        SELECT l.id, c.holder FROM line l JOIN custody c ON c.person_id = l.person_id
        WHERE l.state = 'aboard' AND NOT (c.holder = 'crew' AND c.transfer_id = l.transfer_id)""",
    "held by a crew, but not aboard": """
        SELECT c.person_id, c.transfer_id FROM custody c WHERE c.holder = 'crew' AND NOT EXISTS
        (SELECT 1 FROM line l WHERE l.person_id = c.person_id AND l.transfer_id = c.transfer_id AND l.state = 'aboard')""",
    "two open lines": "SELECT person_id, COUNT(*) FROM line WHERE open GROUP BY person_id HAVING COUNT(*) > 1",
    "two open stays": "SELECT person_id, COUNT(*) FROM stay WHERE ended_at IS NULL GROUP BY person_id HAVING COUNT(*) > 1",
    "a stay in a room that is neither occupied nor held for somebody in it who is positive or has a fever": """
        SELECT s.id, r.state FROM stay s JOIN room r ON r.id = s.room_id WHERE s.ended_at IS NULL AND r.state <> 'occupied'
        AND NOT (r.state = 'hold' AND (r.reason = '发热，待检' OR r.reason = '查出阳性' AND EXISTS
        (SELECT 1 FROM stay o WHERE o.room_id = r.id AND o.ended_at IS NULL AND o.referred_at IS NOT NULL)))""",
    "a spell with a hole before it, or over the one before it": """
        SELECT s.id FROM room_spell s LEFT JOIN room_spell b ON b.room_id = s.room_id AND b.position = s.position - 1
        WHERE (s.position > 1 AND (b.until_at IS NULL OR b.until_at <> s.from_at)) OR (s.until_at < s.from_at)""",
    "a room whose open spell is another than its state": """
        SELECT r.id FROM room r WHERE (SELECT COUNT(*) FROM room_spell s WHERE s.room_id = r.id AND s.until_at IS NULL) <> 1
        OR NOT EXISTS (SELECT 1 FROM room_spell s WHERE s.room_id = r.id AND s.until_at IS NULL
        AND s.state = r.state AND s.from_at = r.since)""",
    "ready after a turnover that lacks a guard": """
        SELECT id FROM turnover WHERE ready_at IS NOT NULL AND (agent IS NULL OR inspected_by IS NULL OR inspected_by = contact_by
        OR julianday(aerating_at) - julianday(contact_at) < 29.9 / 1440 OR julianday(inspecting_at) - julianday(aerating_at) < 29.9 / 1440
        OR json_array_length(provisioned) < 16)""",
    "ready or reserved in the middle of a turnover": """
        SELECT r.id FROM room r JOIN turnover t ON t.id = r.turnover_id WHERE r.state IN ('ready', 'reserved') AND t.ready_at IS NULL""",
    "closed, with people expected or aboard": """
        SELECT t.id FROM transfer t JOIN line l ON l.transfer_id = t.id WHERE t.state = 'closed' AND l.open AND l.state = 'expected'""",
    "P2 a problem twice": """
        SELECT t.id, json_extract(p.value, '$.id') FROM transfer t, json_each(t.problems) p
        GROUP BY 1, 2 HAVING COUNT(*) > 1""",
    "P2 an emergency twice": """
        SELECT t.id, json_extract(p.value, '$.id') FROM transfer t, json_each(t.emergencies) p
        GROUP BY 1, 2 HAVING COUNT(*) > 1""",
    "P2 a call twice": """
        SELECT t.id, json_extract(p.value, '$.operation') FROM transfer t, json_each(json_extract(t.dock, '$.calls')) p
        GROUP BY 1, 2 HAVING COUNT(*) > 1""",
    "P2 an item raised twice": """
        SELECT operation_id, code, transfer_id, line_id, room_id FROM conflict WHERE operation_id IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5 HAVING COUNT(*) > 1 AND code NOT IN ('discrepancy')""",
    "P2 custody moved twice by one operation": """
        SELECT operation_id, person_id, holder FROM custody_event GROUP BY 1, 2, 3, holder_id HAVING COUNT(*) > 1""",
    "P1 said, accepted, and nowhere": """
        SELECT o.id, o.type FROM operation o JOIN transfer t ON t.id = o.target
        WHERE o.verdict IN ('applied', 'flagged') AND o.withdrawn_by IS NULL AND (
        o.type = 'report_problem' AND NOT EXISTS
            (SELECT 1 FROM json_each(t.problems) p WHERE json_extract(p.value, '$.id') = o.id)
        OR o.type = 'report_emergency' AND NOT EXISTS
            (SELECT 1 FROM json_each(t.emergencies) p WHERE json_extract(p.value, '$.id') = o.id)
        OR o.type = 'record_dock_call' AND NOT EXISTS
            (SELECT 1 FROM json_each(json_extract(t.dock, '$.calls')) p WHERE json_extract(p.value, '$.operation') = o.id)
        OR o.type = 'add_extra_person' AND NOT EXISTS (SELECT 1 FROM line l WHERE l.id = o.id))""",
    **{
        f"P1 P2 {table}: as many as were told, and no more": f"""
        SELECT t.id FROM {place} t WHERE
        (SELECT COUNT(*) FROM operation o WHERE o.type = '{type}' AND o.target = t.id AND {_STANDS}) <>
        (SELECT COUNT(*) FROM {table} r WHERE r.{place}_id = t.id{stands})"""
        for type, table, place, stands in (
            ("record_waste", "waste_pickup", "site", ""),
            ("count_rooms", "room_count", "site", ""),
            ("record_test_result", "stay_test", "stay", " AND r.taken_back_at IS NULL"),
            ("record_health", "health_check", "stay", " AND r.taken_back_at IS NULL"),
        )
    },
    "P1 somebody was let in, and stays nowhere": f"""
        SELECT o.id FROM operation o WHERE o.type = 'admit_walk_in' AND {_STANDS} AND NOT EXISTS
        (SELECT 1 FROM custody_event e JOIN stay s ON s.person_id = e.person_id WHERE e.operation_id = o.id AND e.holder = 'site')""",
    "P1 a release was said, and is nowhere": f"""
        SELECT o.id FROM operation o JOIN stay s ON s.id = o.target
        WHERE o.type = 'release_stay' AND {_STANDS} AND s.released_at IS NULL""",
    "P1 released, and nobody said so": f"""
        SELECT s.id FROM stay s WHERE s.released_at IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM operation o JOIN stay b ON b.id = o.target WHERE o.type = 'release_stay' AND {_STANDS}
        AND (b.id = s.id OR b.person_id = s.person_id AND b.released_at = s.released_at AND s.certificate_no IS NULL))""",
    "P1 a return that is accepted, or not, otherwise than its community said last": f"""
        SELECT t.id, o.type FROM transfer t JOIN operation o ON o.target = t.id
        WHERE {_last("accept_return", "decline_return", "divert_transfer")}
        AND (COALESCE(t.acceptance, 'null') <> 'null') <> (o.type = 'accept_return')""",
    "P1 a site in another stage than was told last": f"""
        SELECT s.id, s.state, o.type FROM site s JOIN operation o ON o.target = s.id
        WHERE {_last("open_site", "pause_site", "close_site", "reach_stage")} AND s.state <>
        CASE o.type WHEN 'open_site' THEN 'open' WHEN 'pause_site' THEN 'paused' WHEN 'close_site' THEN 'closed'
        ELSE json_extract(o.body, '$.args.stage') END""",
    "P1 a setting that is another than was told last": f"""
        SELECT t.id, t.value, o.id FROM setting t JOIN operation o WHERE {_last("tell_settings")}
        AND CAST(t.value AS TEXT) <> CAST(json_extract(o.body, '$.args.' || t.id) AS TEXT)
        AND t.id IN ('dock_fresh_minutes', 'lease_hours')""",
    "P1 settled, and not put away": """
        SELECT o.id FROM operation o JOIN operation q ON q.id = json_extract(o.body, '$.args.operation')
        WHERE o.type = 'settle_quarantined' AND o.verdict = 'applied' AND q.acknowledged_at IS NULL""",
    "a certificate twice": "SELECT certificate_no, COUNT(*) FROM stay WHERE certificate_no IS NOT NULL GROUP BY 1 HAVING COUNT(*) > 1",
    "P1 an effect without its operation": """
        SELECT c.id FROM conflict c WHERE c.operation_id IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM operation o WHERE o.id = c.operation_id)""",
    "P1 a move of custody without its operation": """
        SELECT e.id FROM custody_event e WHERE NOT EXISTS (SELECT 1 FROM operation o WHERE o.id = e.operation_id)""",
    "P3 flagged without an item": "SELECT id, code FROM operation WHERE verdict = 'flagged' AND conflict_id IS NULL",
    "P3 without effect and without a receipt": """
        SELECT id, verdict, code FROM operation o WHERE door = 'phone' AND verdict <> 'applied' AND NOT EXISTS
        (SELECT 1 FROM scope_entry e WHERE e.type = 'receipt' AND e.id = o.id AND e.scope = 'author:' || o.author_id AND e.present)""",
    "P22 an item closed by nobody's decision": """
        SELECT id, code FROM conflict c WHERE state <> 'open' AND NOT EXISTS
        (SELECT 1 FROM operation o WHERE o.type = 'resolve_conflict' AND o.target = c.id AND o.verdict = 'applied')
        AND NOT EXISTS (SELECT 1 FROM operation o WHERE o.id = c.operation_id AND o.withdrawn_by IS NOT NULL)""",
}
