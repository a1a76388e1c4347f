"""The judge: a model in plain dictionaries of what people made, what was acknowledged and what each may see (PROTOCOL §8)."""

from collections import Counter

import orjson

from sync.runs import BEGINNING
from tests.simulation.truth import misread

FACTS_REFUSED_FOR = ("target.unknown", "operation.void", "operation.unknown_type")
OFFICE = "office"  # where a copy was read in
NOBODYS = ("operation.void", "operation.id_reused")  # not what a person did: a phone says that a number was lost, or used an id twice
DECISIONS = ("answer_docking", "release_stay", "acknowledge_refusal")
TOOK_EFFECT = ("applied", "flagged")


class Judge:
    """What has happened so far, in the eyes of nobody's code. `wrong` is what must never have been."""

    def __init__(self):
        self.made: dict[str, dict] = {}  # operation: who, on which phone, what; `where`: the phones whose disk holds it
        self.unsure: Counter[str] = Counter()  # by user: acts that a screen did not call saved; they may be on disk all the same
        self.verdicts: dict[str, tuple] = {}  # in this history of the office
        self.expected: dict[str, int] = {}  # device: the number that it was told to go on with, likewise
        self.revisions: dict[tuple[str, str, str], int] = {}  # (epoch, user, record): the newest that was sent
        self.logged: dict[str, dict] = {}
        self.restored = False
        self.reached = Counter()  # how often what is rare, and has to be tried too
        self.wrong: list[str] = []

    # ---- what it is told ----

    def saved(self, phone: int, act: dict, signed_in: set[str]) -> None:
        """A screen said: saved on this phone. `signed_in`: who that may be there."""
        if act["user"] not in signed_in:
            self.wrong.append(f"P21 {act['id']} was made as {act['user']} on phone {phone}, where {sorted(signed_in)} signed in")
        self.made[act["id"]] = {**act, "where": {phone}, "phone": phone}

    def not_saved(self, signed_in: set[str]) -> None:
        """A screen said that it was not saved, or nothing: the phone died over it."""
        self.unsure.update(signed_in)

    def wiped(self, phone: int) -> None:
        for operation in self.made.values():
            operation["where"].discard(phone)

    def cloned(self, phone: int, onto: int) -> None:
        self.wiped(onto)
        for operation in self.made.values():
            if phone in operation["where"]:
                operation["where"].add(onto)

    def read_in(self, ids: list[str], held: int) -> None:
        """The office said that it has read in a copy of these, and that so many wait there for others: from here on they are there,
        whatever becomes of the phone."""
        self.reached["copies read in"] += 1
        self.reached["operations held"] += held
        for id in ids:
            if id in self.made:
                self.made[id]["where"].add(OFFICE)

    def restored_from(self, _backup: int) -> None:
        """Another history: verdicts of the lost tail are given anew."""
        for operation in self.made.values():
            operation["where"].discard(OFFICE)
        self.verdicts, self.expected, self.restored = {}, {}, True

    def heard(self, phone: int, reader: str | None, request: dict, answer: dict) -> None:
        """Something was said by the office, whether or not it arrives."""
        reply = answer["reply"]
        if "device.forked" in reply["body"]:
            self.reached["forks"] += 1
        if reply["status"] >= 500 and reply["status"] != 503:
            self.wrong.append(f"the office broke: {reply['status']} {reply['body'][:300]}")
        if request["path"] != "/api/v1/sync" or reply["status"] != 200:
            return
        said, asked = orjson.loads(reply["body"]), orjson.loads(request["body"])
        if asked.get("repaired"):
            self.wrong.append(f"P7 phone {phone} did not hold what it should, and began anew: {asked['repaired']}")
        self._count(said, reply["body"])
        said["results"] += spelled_out(asked, said)
        for result in said["results"]:
            self._verdict(result)
        self._nothing_waits_for_another(asked, said)
        if not reader and said["changes"]:
            self.wrong.append(f"P6 phone {phone} was sent {len(said['changes'])} changes without a session")
        beside = "reply" in (answer.get("meanwhile") or {})  # another phone, perhaps of the same person, who was given something newer
        if reader and "seen" in answer and not beside:
            self._sent(reader, said, answer["seen"])

    def _count(self, said: dict, text: str) -> None:
        if said.get("reset"):
            self.reached[f"resets for {said['reset']}"] += 1
        self.reached["pages before the last"] += said["more"]
        self.reached["pages kept aside"] += not said["promote"]
        self.reached["packed runs"] += text.startswith(BEGINNING.decode())
        self.reached["patches"] += any(change["op"] == "patch" for change in said["changes"])

    def _verdict(self, result: dict) -> None:
        id, now = result["id"], (result["verdict"], result["code"], result["stamp"])
        before = self.verdicts.setdefault(id, now)
        if before != now and before[0] != "held":
            self.wrong.append(f"P2 the verdict of {id} was {before} and became {now}")
        self.verdicts[id] = now
        operation = self.made.get(id)
        if now[1] == "internal":
            self.wrong.append(f"{operation and operation['type']} {id} broke at the office")
        if operation and now[0] == "refused" and operation["type"] not in DECISIONS and now[1] not in FACTS_REFUSED_FOR:
            self.wrong.append(f"P23 the fact {operation['type']} {id} was refused: {now[1]}")
        if operation and now[:2] == ("refused", "target.unknown") and not self.restored:
            self._unknown_though_shown(id, operation)

    def _unknown_though_shown(self, id: str, operation: dict) -> None:
        if operation["type"] not in (*DECISIONS, "withdraw", "set_room_state"):
            self.wrong.append(f"P23 {operation['type']} {id} is about something that was on the screen, and was refused as unknown")

    def _nothing_waits_for_another(self, asked: dict, said: dict) -> None:
        """P16: each operation up to the first gap has its verdict in the answer to the request that brought it, and nothing but a gap
        stops there."""
        answered, expected = {result["id"] for result in said["results"]}, said["expected_seq"]
        for wire in asked["operations"]:
            if wire["seq"] < expected and wire["id"] not in answered:
                self.wrong.append(f"P16 {wire['id']} was delivered and got no verdict")
            if wire["seq"] == expected:
                self.wrong.append(f"P16 {wire['id']} was the next of its device, and was left lying")
        before = self.expected.get(asked["device"], 1)
        if expected < before:
            self.wrong.append(f"P16 device {asked['device']} was to go on with {before}, and now with {expected}")
        self.expected[asked["device"]] = max(expected, before)

    def _sent(self, reader: str, said: dict, seen: dict[str, int]) -> None:
        for change in said["changes"]:
            if change["op"] not in ("put", "patch"):
                continue
            key = f"{change['type']}/{change['id']}"
            if key not in seen:
                self.wrong.append(f"P6 {key} was sent to {reader}, who may not see it")
            newest = self.revisions.get((said["epoch"], reader, key), 0)
            if change["rev"] < newest:
                self.wrong.append(f"P8 {key} fell to revision {change['rev']} for {reader}")
            self.revisions[said["epoch"], reader, key] = max(change["rev"], newest)

    # ---- at rest ----

    def at_rest(self, office: dict, looks: dict[int, dict], users: dict[int, str]) -> None:
        """Faults have stopped and nothing waits: now all of it must be so."""
        self.wrong += office["faults"]
        self.logged = office["log"]
        self.reached.update(f"from phones: {row['type']}" for row in self.logged.values() if row["verdict"] in TOOK_EFFECT)
        self._everything_is_logged(office["log"])
        self._nobody_did_more(office["log"])
        self._every_picture_has_come(office["pictures"])
        for device, numbers in office["numbers"].items():
            if numbers != list(range(1, len(numbers) + 1)):
                self.wrong.append(f"P4 device {device} delivered {numbers}")
        for phone, look in looks.items():
            user = users[phone]
            self._holds_what_it_may(phone, look, office["seen"][user], office["bodies"][user], user)
            self._reads_what_is_so(phone, look, user, office)
            for transfer in office["held"][user]:
                if look["screens"] and transfer not in look["screens"][0]["transfers"]:
                    self.wrong.append(f"P24 phone {phone}: {transfer} is not on the list, though its people are in {user}'s hands")

    def _everything_is_logged(self, log: dict[str, dict]) -> None:
        for id, operation in self.made.items():
            row = log.get(id)
            if row is None and (operation["where"] or (id in self.verdicts)):
                said = self.verdicts.get(id)
                self.wrong.append(f"P3 {operation['type']} {id} of phone {operation['phone']} is lost (verdict {said})")
            if row is None:
                continue
            if row["author_id"] != operation["user"]:
                self.wrong.append(f"P21 {id} is logged as of {row['author_id']}")
            if (row["type"], row["target"]) != (operation["type"], operation["target"]):
                self.wrong.append(f"P3 {id} is logged as {row['type']} of {row['target']}")
            logged = orjson.loads(row["body"])
            for part in ("args", "blobs"):
                if part in operation and logged.get(part, []) != operation[part]:
                    self.wrong.append(f"P3 {id} is logged with {part} {logged.get(part)}, and {operation[part]} was done")
        for id, (verdict, code, stamp) in self.verdicts.items():
            if id in log and (log[id]["verdict"], log[id]["code"], log[id]["stamp"]) != (verdict, code, stamp) and verdict != "held":
                self.wrong.append(f"P1 {id} was answered {verdict} and is logged {log[id]['verdict']} {log[id]['code']}")

    def _nobody_did_more(self, log: dict[str, dict]) -> None:
        """P2: what is logged was done by somebody, once."""
        unknown = [(id, row) for id, row in log.items() if id not in self.made and row["code"] not in NOBODYS]
        for user, count in Counter(row["author_id"] for _id, row in unknown).items():
            if count > self.unsure[user]:
                examples = [f"{row['type']} {id}" for id, row in unknown if row["author_id"] == user][:3]
                self.wrong.append(
                    f"P2 {count} operations of {user} are logged that no screen called saved, and {self.unsure[user]} may be: {examples}"
                )

    def _every_picture_has_come(self, pictures: dict[str, str]) -> None:
        """P18; and P3 of pictures, where the office was not set back: a phone gives its copy up when the office has it."""
        for name, hash in pictures.items():
            if not name.endswith(f"/{hash}"):
                self.wrong.append(f"P18 the picture {name} reads as {hash}")
        for id, operation in self.made.items():
            for hash in operation.get("blobs", ()):
                if operation["where"] - {OFFICE} and not self.restored and f"{operation['user']}/{hash}" not in pictures:
                    self.wrong.append(f"P3 the picture {hash[:12]} of {id} of phone {operation['phone']} is lost")

    def _holds_what_it_may(self, phone: int, look: dict, seen: dict[str, int], bodies: dict, user: str) -> None:
        """P5: record by record, revision by revision, word by word."""
        for name, others in look["databases"].items():
            if unsent := others.get("outbox") or others.get("waiting"):
                self.wrong.append(f"P15 phone {phone} still has {len(unsent)} unsent in {name}")
        stores = look["databases"].get(f"bihuan-{user}")
        if stores is None:
            self.wrong.append(f"P5 phone {phone} has no database of {user}")
            return
        held = {row["key"]: row for row in stores["records"]}
        missing, extra = sorted(seen.keys() - held.keys()), sorted(held.keys() - seen.keys())
        if missing or extra:
            self.wrong.append(f"P5 phone {phone} lacks {missing[:3]} and has {extra[:3]} too many")
        for key in seen.keys() & held.keys():
            if held[key]["rev"] != seen[key]:
                self.wrong.append(f"P5 phone {phone}: {key} is at {held[key]['rev']}, the office at {seen[key]}")
            elif held[key]["box"] != bodies[key]:
                names = [name for name in bodies[key] if held[key]["box"].get(name) != bodies[key][name]]
                says = {name: (held[key]["box"].get(name), bodies[key][name]) for name in names}
                self.wrong.append(f"P5 phone {phone}: {key} reads otherwise than at the office: {says}")

    def _reads_what_is_so(self, phone: int, look: dict, user: str, office: dict) -> None:
        """P5, of names and numbers once more in the judge's own words: a fault in how a body is made is on both sides the same. And P6:
        what is not for this user stands in none."""
        for row in look["databases"].get(f"bihuan-{user}", {}).get("records", ()):
            kind, _, id = row["key"].partition("/")
            for what in misread(kind, id, row["box"], office["words"], id in office["of_crew"][user]):
                self.wrong.append(f"P5 phone {phone}: {row['key']}: {what}")


def spelled_out(asked: dict, said: dict) -> list[dict]:
    """The verdicts that a brief answer gives by number alone."""
    return [
        {"id": wire["id"], "verdict": "applied", "code": None, "stamp": stamp}
        for first, last, stamp in said.get("applied", ())
        for wire in asked["operations"]
        if first <= wire["seq"] <= last
    ]
