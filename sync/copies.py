"""Copies of unsent work, read in by a desk: the same door as a sync, for phones that will not get signal any more (PROTOCOL §10).

What a copy holds is known by operation id: read in twice, or brought later by the phone itself, it counts once.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from server.domain.acts import Actor, Incoming
from server.domain.write_path import Work, in_one_transaction
from server.problems import Refused
from server.sealed_copies import open_copy
from server.store.database import secret
from sync.apply import Sent, device_of, judge_safely, numbered
from sync.carriers import Carrier, bearer_of
from sync.held import judge_held
from sync.messages import AN_ID, OPERATIONS_MAX, WireOperation
from sync.operations import read_operation

PARTS_MAX = 200
OPERATIONS_OF_A_COPY_MAX = 20_000


class Part(Schema):
    """The unsent work of one user of the phone, and the token by which it would be sent."""

    class Meta:
        unknown = EXCLUDE

    token = fields.String(required=True, validate=validate.Length(max=500))
    device = fields.String(required=True, validate=AN_ID)
    operations = fields.List(fields.Nested(WireOperation), required=True, validate=validate.Length(min=1, max=OPERATIONS_OF_A_COPY_MAX))


class Copy(Schema):
    """What stands inside the seal."""

    class Meta:
        unknown = EXCLUDE

    copy = fields.String(required=True, validate=AN_ID)
    parts = fields.List(fields.Nested(Part), required=True, validate=validate.Length(min=1, max=PARTS_MAX))


_copy = Copy()


@dataclass(frozen=True)
class Counts:
    """What became of the operations of a copy: new ones (applied, flagged or held), known ones, refused ones."""

    new: int = 0
    known: int = 0
    refused: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.new + other.new, self.known + other.known, self.refused + other.refused)


def read_in_copy(file: bytes, *, by: Actor, at: datetime) -> Counts:
    """Deliver what a copy holds, each part under the name of whoever did it, and log who read it in.

    A copy is whole or nothing is taken. Refuses: copy.unreadable, copy.of_another_office, copy.of_no_phone, copy.phone_switched_off.
    """
    copy = _shape_of(open_copy(file, secret()))
    carriers = [_carrier(part) for part in copy["parts"]]
    counts = Counts()
    for part, carrier in zip(copy["parts"], carriers, strict=True):
        by_number = sorted(part["operations"], key=lambda wire: wire["seq"])
        for start in range(0, len(by_number), OPERATIONS_MAX):
            counts += _deliver(by_number[start : start + OPERATIONS_MAX], part["device"], carrier, copy["copy"], by, at)
    return counts


def _shape_of(content: bytes) -> dict:
    try:
        return _copy.load(json.loads(content))
    except (ValidationError, ValueError, RecursionError) as fault:
        raise Refused("copy.unreadable") from fault


def _carrier(part: dict) -> Carrier:
    """Whose part this is, by the token inside it: nobody can put work under another's name."""
    try:
        return bearer_of(part["token"], part["device"])
    except Refused as refusal:
        raise Refused("copy.phone_switched_off" if refusal.code == "device.revoked" else "copy.of_no_phone") from refusal


def _deliver(wires: list[dict], device_id: str, carrier: Carrier, copy_id: str, by: Actor, at: datetime) -> Counts:
    sent = [Sent(wire["seq"], read_operation(wire, carrier.author, device_id)) for wire in wires]

    def judge(part: list[Sent], alone: bool = True) -> tuple[Counts, list[str]]:  # a desk waits with no phone for its turn
        return in_one_transaction(at, lambda work: _apply(work, part, device_id, carrier, copy_id, by))

    counts = Counts()
    for told, freed in judge_safely(sent, device_id, judge):
        counts += told
        judge_held(freed, at)
    return counts


def _apply(work: Work, sent: list[Sent], device_id: str, carrier: Carrier, copy_id: str, by: Actor) -> tuple[Counts, list[str]]:
    """Judge what the log does not hold. The device's numbers do not move: the phone brings them itself, or never."""
    device = device_of(work, device_id, carrier.phone, carrier.author)
    kept = work.loaded.logged(one.operation.id for one in sent)
    incoming = numbered(sent, kept).values()
    # An id that stands for another text is kept when the phone brings it; a copy may be read in many times.
    fresh = [operation for operation in incoming if operation.id not in kept and operation.fault != "operation.id_reused"]
    work.load(fresh)
    verdicts = [work.judge(operation) for operation in fresh]
    refused = sum(verdict.verdict == "refused" for verdict in verdicts) + sum(
        operation.fault == "operation.id_reused" for operation in incoming
    )
    known = sum(operation.id in kept for operation in incoming)
    counts = Counts(new=len(sent) - known - refused, known=known, refused=refused)
    said = {"copy": copy_id, "of": device.user_id, "new": counts.new, "known": counts.known, "refused": counts.refused}
    work.judge(Incoming(type="read_in_copy", author=by, target=device.id, args=said))
    work.finish()
    return counts, work.freed
