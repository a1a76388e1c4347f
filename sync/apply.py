"""Operations in, verdicts out: numbers without a gap, each operation once, all in one transaction (PROTOCOL §1, §2)."""

from dataclasses import dataclass, replace
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

    `wires` are `{id, seq, body}`; `announced` what the device says of itself: app, unsent.
    """
    wires = sorted(wires, key=lambda wire: wire["seq"])
    return in_one_transaction(at, lambda work: _apply(work, wires, device_id, author, announced))


def _apply(work: Work, wires: list[dict], device_id: str, author: Actor, announced: dict) -> Applied:
    device = _lock_device(work, device_id, author, announced)
    delivered = _delivered_before(work, device, wires)
    following = _next_in_line(wires, device.last_seq)
    kept = _kept(work, {wire["id"] for wire in following} | {row.operation_id for row in delivered.values()})
    incoming = _incoming(following, kept, author, device.id)
    fresh = {operation.id: operation for operation in incoming if operation.id not in kept}

    work.load(fresh.values())
    for operation in fresh.values():
        work.judge(operation)
    for wire, operation in zip(following, incoming, strict=True):
        row = {"device_id": device.id, "seq": wire["seq"], "operation_id": operation.id, "hash": operation.hash}
        work.insert(Delivery, row)
    device.last_seq += len(following)
    verdicts = kept | {verdict.id: verdict for verdict in work.finish()}

    known_as = {seq: row.operation_id for seq, row in delivered.items()}
    known_as |= {wire["seq"]: operation.id for wire, operation in zip(following, incoming, strict=True)}
    results = [{**result(verdicts[known_as[wire["seq"]]]), "id": wire["id"]} for wire in wires if wire["seq"] in known_as]
    return Applied(results, device.last_seq + 1)


def _lock_device(work: Work, device_id: str, author: Actor, announced: dict) -> Device:
    """The device's row, locked. A device seen for the first time is enrolled for the person signed in on it."""
    found = select(Device).where(Device.id == device_id).with_for_update(key_share=True)
    device = work.session.scalar(found)
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


def _delivered_before(work: Work, device: Device, wires: list[dict]) -> dict[int, Delivery]:
    """What came under these numbers before. Another text under the same number means a copied phone: device.forked."""
    numbers = [wire["seq"] for wire in wires if wire["seq"] <= device.last_seq]
    found = select(Delivery).where(Delivery.device_id == device.id, Delivery.seq.in_(numbers))
    delivered = {row.seq: row for row in work.session.scalars(found)} if numbers else {}
    for wire in wires:
        if wire["seq"] in delivered and delivered[wire["seq"]].hash != hash_of(wire["body"]):
            raise Refused("device.forked")
    return delivered


def _next_in_line(wires: list[dict], last: int) -> list[dict]:
    """Those that follow the last number without a gap; a number sent twice counts once, unless its text differs: device.forked."""
    following: list[dict] = []
    for wire in wires:
        if wire["seq"] == last + len(following) + 1:
            following.append(wire)
        elif following and wire["seq"] == following[-1]["seq"] and wire["body"] != following[-1]["body"]:
            raise Refused("device.forked")
    return following


def _kept(work: Work, ids: set[str]) -> dict[str, Operation]:
    """The operations that the log already holds under these ids."""
    return {row.id: row for row in work.session.scalars(select(Operation).where(Operation.id.in_(ids)))} if ids else {}


def _incoming(following: list[dict], kept: dict[str, Operation], author: Actor, device_id: str) -> list[Incoming]:
    """Each as an Incoming; one whose id is known with another text or author is kept under an id of its own, refused."""
    known = {row.id: (row.hash, row.author_id) for row in kept.values()}
    incoming = []
    for wire in following:
        operation = read_operation(wire, author, device_id)
        mine = (operation.hash, author.id)
        if known.setdefault(operation.id, mine) != mine:
            operation = replace(operation, id=new_id(), fault=operation.fault or "operation.id_reused")
        incoming.append(operation)
    return incoming
