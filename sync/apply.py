"""Operations in, verdicts out: numbers without a gap, each operation once, all in one transaction (PROTOCOL §1, §2)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar

from sqlalchemy import bindparam, select, update

from server.access import mark_seen
from server.domain.acts import Actor, Incoming, Verdict, new_id
from server.domain.batches import AfterCommit, AnswerOf, Batch, judge_batch
from server.domain.write_path import Work
from server.problems import Refused
from server.store.change_log import Delivery, Operation
from server.store.database import db
from server.store.users import Device
from sync.held import judge_held
from sync.messages import result
from sync.operations import read_operation
from sync.tries import tries

Answer = TypeVar("Answer")

DEVICE_SEEN_EVERY = timedelta(minutes=1)
ON_RECORD = select(Device.user_id, Device.revoked, Device.seen_at, Device.app, Device.unsent, Device.last_seq).where(
    Device.id == bindparam("id")
)


@dataclass(frozen=True)
class Applied:
    """The results of a request's operations in their order, the number the device is to go on with, and what they set free."""

    results: list[dict]
    expected_seq: int
    freed: list[str]  # held operations that waited for one of these


@dataclass(frozen=True)
class Sent:
    """An operation as a device numbered it."""

    seq: int
    operation: Incoming


def apply_operations(
    wires: list[dict],
    *,
    device_id: str,
    author: Actor,
    at: datetime,
    announced: dict,
    phone_id: str | None = None,
    not_seen: str | None = None,
    written: AfterCommit = lambda work: None,
) -> Applied:
    """Judge what is new, give back the first verdict of what is known. Refuses: device.forked, device.revoked.

    `wires` are `{id, seq, body}`, read before anything is locked; `announced` what the device says of itself: app, unsent; `phone_id`
    the phone by whose right it speaks; `not_seen` a session to mark as seen; `written` is that of a batch (batches.py).
    """
    sent = [Sent(wire["seq"], read_operation(wire, author, device_id)) for wire in sorted(wires, key=lambda wire: wire["seq"])]

    def judge(part: list[Sent], alone: bool = False) -> Applied:
        def one_after_another(work: Work) -> AnswerOf[Applied]:
            if not_seen:
                mark_seen(work.session, not_seen)
            return _judge(work, part, _own_device(work, device_id, phone_id, author, announced))

        return judge_batch(Batch([one.operation for one in part], at, one_after_another, device_id, written), alone)

    parts = judge_safely(sent, device_id, judge)
    results, freed = (list(chain(*lists)) for lists in zip(*((part.results, part.freed) for part in parts), strict=True))
    judge_held(freed, at)
    return Applied(results, parts[-1].expected_seq, freed)


def nothing_new(device_id: str, author: Actor, at: datetime, announced: dict) -> Applied | None:
    """What is answered to a phone that brings nothing and was heard of a moment ago: it needs no word written. None when it does."""
    device = db.session.connection().execute(ON_RECORD, {"id": device_id}).first()
    if device is None or device.user_id != author.id or device.revoked or at - device.seen_at >= DEVICE_SEEN_EVERY:
        return None
    if (device.app, device.unsent) != (announced["app"], announced["unsent"]):
        return None
    return Applied([], device.last_seq + 1, [])


def judge_safely(sent: list[Sent], device_id: str, judge: Callable[..., Answer]) -> list[Answer]:
    """All in one transaction; but what a process has died over is judged one by one, and what kills again and again not at all."""
    if not sent:
        return [judge(sent)]
    first, last, tried = sent[0].seq, sent[-1].seq, tries()
    if not tried.deaths(device_id, first, last):
        with tried.trying(device_id, first, last):
            return [judge(sent)]
    parts = []
    with tried.alone():
        for one in sent:
            part = replace(one, operation=replace(one.operation, held="internal")) if tried.is_deadly(device_id, one.seq) else one
            with tried.trying(device_id, one.seq, one.seq):
                parts.append(judge([part], alone=True))
    return parts


def _judge(work: Work, sent: list[Sent], device: Device) -> AnswerOf[Applied]:
    delivered = _delivered_before(work, device, sent)
    following = _next_in_line(sent, device.last_seq)
    kept = work.loaded.logged({one.operation.id for one in following} | {row.operation_id for row in delivered.values()})
    incoming = numbered(following, kept)
    fresh = {operation.id: operation for operation in incoming.values() if operation.id not in kept}
    for operation in fresh.values():
        work.judge(operation)
    for seq, operation in incoming.items():
        work.insert(Delivery, {"device_id": device.id, "seq": seq, "operation_id": operation.id, "hash": operation.hash})
    device.last_seq += len(following)
    expected_seq = device.last_seq + 1
    known_as = {seq: row.operation_id for seq, row in delivered.items()}
    known_as |= {seq: operation.id for seq, operation in incoming.items()}

    def answer(verdicts: dict[str, Verdict]) -> Applied:
        verdicts = kept | verdicts
        results = [{**result(verdicts[known_as[one.seq]]), "id": one.operation.id} for one in sent if one.seq in known_as]
        return Applied(results, expected_seq, work.take_freed())

    return answer


def _own_device(work: Work, device_id: str, phone_id: str | None, author: Actor, announced: dict) -> Device:
    """The device's row, locked, with what it says of itself."""
    device = device_of(work, device_id, phone_id, author)
    device.seen_at = work.at
    for name, value in announced.items():
        setattr(device, name, value)
    return device


def device_of(work: Work, device_id: str, phone_id: str | None, author: Actor) -> Device:
    """The device's row, locked. One that nobody has heard of is enrolled for its person, as one more of that person's phone.

    Refuses: device.forked (another person's), device.revoked.
    """
    device = work.loaded.get("device", device_id)
    if device is None:
        grown_from = phone_id if phone_id != device_id else None
        device = Device(id=device_id, user_id=author.id, grown_from=grown_from, last_seq=0, enrolled_at=work.at, seen_at=work.at)
        work.session.add(device)
        work.loaded.keep("device", device)
        if grown_from:  # what waited under the other numbers of this phone waits under these now
            others = (Device.id == grown_from) | (Device.grown_from == grown_from)
            work.session.execute(update(Device).where(others, Device.id != device_id).values(unsent=0))
    if device.user_id != author.id:
        raise Refused("device.forked")
    if device.revoked:
        raise Refused("device.revoked")
    return device


def _delivered_before(work: Work, device: Device, sent: list[Sent]) -> dict[int, Delivery]:
    """What came under these numbers before. Another text under the same number means a copied phone: device.forked."""
    numbers = [one.seq for one in sent if one.seq <= device.last_seq]
    if not numbers:
        return {}
    found = select(Delivery).where(Delivery.device_id == device.id, Delivery.seq.in_(numbers))
    delivered = {row.seq: row for row in work.session.scalars(found)}
    for one in sent:
        if one.seq in delivered and delivered[one.seq].hash != one.operation.hash:
            raise Refused("device.forked")
    return delivered


def _next_in_line(sent: list[Sent], last: int) -> list[Sent]:
    """Those that follow the last number without a gap; a number sent twice counts once, unless its text differs: device.forked."""
    following: list[Sent] = []
    for one in sent:
        if one.seq == last + len(following) + 1:
            following.append(one)
        elif following and one.seq == following[-1].seq and one.operation.hash != following[-1].operation.hash:
            raise Refused("device.forked")
    return following


def numbered(following: list[Sent], kept: dict[str, Operation]) -> dict[int, Incoming]:
    """Each by its number; one whose id is known with another text or author is kept under an id of its own, refused."""
    known = {row.id: (row.hash, row.author_id) for row in kept.values()}
    incoming = {}
    for one in following:
        operation = one.operation
        mine = (operation.hash, operation.author.id)
        if known.setdefault(operation.id, mine) != mine:
            operation = replace(operation, id=new_id(), fault=operation.fault or "operation.id_reused")
        incoming[one.seq] = operation
    return incoming
