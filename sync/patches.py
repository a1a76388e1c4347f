"""A body that a phone holds already is not sent again: only what differs from it (PROTOCOL §3, `patch`).

The phone says of which revision it holds the records that its operations are about. What each user was given last lies in memory that
the workers share; what is not there is read before the operations change it. The phone compares the outcome with `sum`, so that a wrong
patch is never shown: it costs one more exchange, in which the whole body comes.
"""

import re
from dataclasses import dataclass

import orjson

from server.shared_memory import Pigeonholes
from server.store.change_log import RecordKey
from server.store.json_text import as_bytes
from sync.sums import sum_of

KIND = "transfer"  # the long bodies, of which an operation changes little
WORTH = 0.5  # a patch that is longer than this part of the body saves little
WHOLE_FLOAT = re.compile(rb"\d\.0[,}\]]")  # a phone writes 36.0 as 36, and would never come to the same sum


@dataclass(frozen=True)
class Patches:
    """What one user's phone says that it holds (`have`, {id: revision}), and what that user was given last, in this epoch."""

    given: Pigeonholes
    epoch: str
    user: str
    have: dict[str, int]

    def change(self, put: dict, body: bytes) -> dict:
        """The change by which the phone gets this body: what differs from the one that it holds, or the whole."""
        whole = {**put, "body": orjson.Fragment(body)}
        if put["type"] != KIND:
            return whole
        held = self.held(put["id"])
        self.keep(put["id"], put["rev"], body)
        if held is None or WHOLE_FLOAT.search(body):
            return whole
        new = orjson.loads(body)
        patch = as_bytes(difference(orjson.loads(held), new))
        if len(patch) > WORTH * len(body):
            return whole
        named = {name: put[name] for name in ("type", "id", "rev")}
        return {"op": "patch", **named, "of": self.have[put["id"]], "sum": sum_of(in_order(new)), "body": orjson.Fragment(patch)}

    def forgotten(self) -> dict[RecordKey, int]:
        """The records, with their revisions, that the phone holds, and whose bodies of that revision nobody remembers."""
        return {(KIND, id): revision for id, revision in self.have.items() if self.held(id) is None}

    def held(self, id: str) -> bytes | None:
        """The body that the phone holds, if it is the one that its user was given last."""
        mark = f"{self.have.get(id)} ".encode()
        found = self.given.look(self._name(id)) or b""
        return found.removeprefix(mark) if found.startswith(mark) else None

    def keep(self, id: str, revision: int, body: bytes) -> None:
        """Remember that this is what the user was given."""
        self.given.put(self._name(id), f"{revision} ".encode() + body)

    def _name(self, id: str) -> bytes:
        return f"{self.epoch} {self.user} {id}".encode()


def difference(old: object, new: object) -> object:
    """What makes `new` of `old`: `[value]` sets a value, an object goes inside, by name or by place in a list."""
    if type(old) is dict and type(new) is dict and old.keys() <= new.keys():
        return {name: difference(old[name], value) if name in old else [value] for name, value in new.items() if is_other(old, name, value)}
    if type(old) is list and type(new) is list and len(old) <= len(new):
        known = dict(enumerate(old))
        return {str(n): difference(known[n], value) if n in known else [value] for n, value in enumerate(new) if is_other(known, n, value)}
    return [new]


def is_other(old: dict, name: object, value: object) -> bool:
    return name not in old or old[name] != value


def in_order(body: object) -> bytes:
    """The JSON of a body by which a phone knows it: names in order, without spaces."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
