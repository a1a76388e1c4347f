"""Operations in, verdicts out: numbers without a gap, each operation once, all in one transaction (PROTOCOL §1, §2)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from server.domain.acts import Actor, Incoming, new_id
from server.domain.write_path import Work, in_one_transaction
from server.problems import Refused
from server.store.change_log import Delivery, Operation
from server.store.users import Device
from sync.messages import result
from sync.operations import hash_of, read_operation


@dataclass(frozen=True)
class Applied:
    """The results of a request's operations in their order, and the number the device is to go on with."""

    results: list[dict]
    expected_seq: int


def apply_operations(wires: list[dict], *, device_id: str, author: Actor, at: datetime, announced: dict) -> Applied:
    """Judge what is new, give back the first verdict of what is known. Refuses: device.forked, device.revoked.

    `wires` are `{id, seq, body}`; `announced` what the device says of itself: app, unsent, clock_offset_ms.
    """
    wires = sorted(wires, key=lambda wire: wire["seq"])
    return in_one_transaction(at, lambda work: _apply(work, wires, device_id, author, announced))


def _apply(work: Work, wires: list[dict], device_id: str, author: Actor, announced: dict) -> Applied:
    device = _lock_device(work, device_id, author, announced)
    delivered, kept = _known(work, device, wires)
    incoming = [
        _unlike_kept(read_operation(wire, author, device.id), kept) for wire in _next_in_line(wires, device.last_seq)
    ]
    fresh = [operation for operation in incoming if operation.id not in kept]
    work.load(fresh)
    judged = {operation.id for operation in fresh}
    for operation in fresh:
        work.judge(operation)

    answers: dict[int, str] = {}
    for wire, operation in zip(_next_in_line(wires, device.last_seq), incoming, strict=True):
        device.last_seq = wire["seq"]
        answers[wire["seq"]] = operation.id
        work.insert(
            Delivery, {"device_id": device.id, "seq": wire["seq"], "operation_id": operation.id, "hash": operation.hash}
        )
    verdicts = {verdict.id: verdict for verdict in work.finish()} if judged or answers else _finish(work)

    results = []
    for wire in wires:
        operation_id = answers.get(wire["seq"]) or _delivered_before(wire, delivered)
        if operation_id is None:
            continue
        results.append({**result(verdicts.get(operation_id) or kept[operation_id]), "id": wire["id"]})
    return Applied(results, device.last_seq + 1)


def _finish(work: Work) -> dict:
    work.finish()
    return {}


def _lock_device(work: Work, device_id: str, author: Actor, announced: dict) -> Device:
    """The device's row, locked. A device seen for the first time is enrolled for the person signed in on it."""
    device = work.session.scalar(select(Device).where(Device.id == device_id).with_for_update())
    if device is None:
        device = Device(id=device_id, user_id=author.id, last_seq=0, enrolled_at=work.at)
        work.session.add(device)
    if device.user_id != author.id:
        raise Refused("device.forked")
    if device.revoked:
        raise Refused("device.revoked")
    device.seen_at = work.at
    for name, value in announced.items():
        setattr(device, name, value)
    return device


def _known(work: Work, device: Device, wires: list[dict]) -> tuple[dict[int, Delivery], dict[str, Operation]]:
    """What was delivered under these numbers before, and the kept operations under these ids."""
    numbers = [wire["seq"] for wire in wires if wire["seq"] <= device.last_seq]
    found = select(Delivery).where(Delivery.device_id == device.id, Delivery.seq.in_(numbers))
    delivered = {row.seq: row for row in work.session.scalars(found)} if numbers else {}
    ids = {wire["id"] for wire in wires} | {row.operation_id for row in delivered.values()}
    kept = {row.id: row for row in work.session.scalars(select(Operation).where(Operation.id.in_(ids)))} if ids else {}
    return delivered, kept


def _next_in_line(wires: list[dict], last: int) -> list[dict]:
    """Those that follow the last number without a gap; a number sent twice in one request counts once."""
    following = []
    for wire in wires:
        if wire["seq"] == last + 1 + len(following):
            following.append(wire)
    return following


def _unlike_kept(operation: Incoming, kept: dict[str, Operation]) -> Incoming:
    """The same, or, when its id is known with other bytes, that second text under an id of its own, refused."""
    known = kept.get(operation.id)
    if known is None or known.hash == operation.hash:
        return operation
    return Incoming(**{**operation.__dict__, "id": new_id(), "fault": "operation.id_reused"})


def _delivered_before(wire: dict, delivered: dict[int, Delivery]) -> str | None:
    """The operation that came under this number before; another hash under the same number means a copied phone."""
    row = delivered.get(wire["seq"])
    if row is None:
        return None
    if row.hash != hash_of(wire["body"]):
        raise Refused("device.forked")
    return row.operation_id
