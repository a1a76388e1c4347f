"""Pictures (photos, signatures): taken in part by part, kept whole only when the hash is right, shown to who may see the record."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from server.domain.acts import Actor
from server.domain.people_reach import within_of
from server.domain.permissions import extent
from server.problems import Refused
from server.store.blobs import Blob, BlobPart, content_of, whole_blobs
from server.store.change_log import Operation
from server.store.json_text import parse
from server.store.lists.transfers import one_transfer
from server.store.users import User

BYTES_MAX = 2 * 1024 * 1024
PART_BYTES_MAX = 256 * 1024
A_DAY_MAX = 500
NAMED_MAX = 10  # of one operation; what it names beyond is not shown

A_HASH = re.compile(r"[0-9a-f]{64}\Z")
BEGINNINGS = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}


@dataclass(frozen=True)
class Taken:
    """How a picture stands after a part of it came. `fault`: all of it was there and it was not what it should be, so it is gone."""

    offset: int
    whole: bool
    fault: str | None = None


def take_part(session: Session, owner: str, hash: str, *, size: int, start: int, part: bytes, at: datetime) -> Taken:
    """Put this part behind what is there. A part for another place changes nothing, so a lost answer is found out by sending again
    (P18: whole only when the hash is right). Faults: blob.wrong_hash, blob.not_a_picture. Refuses: blob.too_large, blob.too_many.
    """
    if size > BYTES_MAX or len(part) > PART_BYTES_MAX or start + len(part) > size:
        raise Refused("blob.too_large")
    session.execute(select(User.id).where(User.id == owner).with_for_update(key_share=True))  # one part of a person at a time
    blob = session.get(Blob, (owner, hash))
    if not part or (start != (blob.came if blob else 0)):
        return Taken(blob.came, blob.whole) if blob else Taken(0, False)
    blob = blob or begin(session, owner, hash, size, at)
    session.add(BlobPart(owner_id=owner, hash=hash, start=start, content=part))
    blob.came += len(part)
    session.flush()
    if blob.came < blob.size and size == blob.size:
        return Taken(blob.came, False)
    fault = finish(session, blob)
    return Taken(0 if fault else blob.came, fault is None, fault)


def begin(session: Session, owner: str, hash: str, size: int, at: datetime) -> Blob:
    """A row for a picture of which nothing is there. Refuses: blob.too_many, more than a person takes in a day."""
    today = select(func.count()).where(Blob.owner_id == owner, Blob.began_at > at - timedelta(days=1))
    if session.scalar(today) >= A_DAY_MAX:
        raise Refused("blob.too_many", retry_after_s=3600)
    blob = Blob(owner_id=owner, hash=hash, size=size, came=0, kind=None, whole=False, began_at=at)
    session.add(blob)
    return blob


def finish(session: Session, blob: Blob) -> str | None:
    """All of it is there: is it what it is called, and a picture? Else nothing of it stays, and it may be sent anew."""
    content = content_of(session, blob)
    right = hashlib.sha256(content).hexdigest() == blob.hash
    blob.kind = next((kind for kind, begins in BEGINNINGS.items() if begins.match(content)), None)
    blob.whole = right and blob.kind is not None
    if blob.whole:
        return None
    session.execute(delete(BlobPart).where(BlobPart.owner_id == blob.owner_id, BlobPart.hash == blob.hash))
    session.delete(blob)
    return "blob.not_a_picture" if right else "blob.wrong_hash"


def named_blobs(operation: Operation) -> list[str]:
    """The pictures that an operation of a phone names."""
    if operation.door != "phone" or '"blobs"' not in operation.body:
        return []
    try:
        named = parse(operation.body).get("blobs")
    except (ValueError, AttributeError, RecursionError):
        return []
    return [hash for hash in named if isinstance(hash, str) and A_HASH.match(hash)][:NAMED_MAX] if isinstance(named, list) else []


def picture(session: Session, reader: Actor, operation_id: str, hash: str) -> Blob:
    """A picture that an operation names, for a reader whom its transfer reaches.

    Refuses: blob.unknown, whether there is no such operation, it is not theirs, or the bytes have not come.
    """
    operation = session.get(Operation, operation_id)
    if operation is None or hash not in named_blobs(operation) or not shown_to(session, reader, operation):
        raise Refused("blob.unknown")
    blob = session.get(Blob, (operation.author_id, hash))
    if blob is None or not blob.whole:
        raise Refused("blob.unknown")
    return blob


def pictures_shown(session: Session, reader: Actor, operations: list[Operation]) -> dict[str, list[tuple[str, bool]]]:
    """{operation: [(hash, has it come)]} for operations of a transfer that the reader sees."""
    named = {row.id: (row.author_id, hashes) for row in operations if for_site(reader, row) and (hashes := named_blobs(row))}
    here = whole_blobs(session, {(author, hash) for author, hashes in named.values() for hash in hashes}) if named else set()
    return {id: [(hash, (author, hash) in here) for hash in hashes] for id, (author, hashes) in named.items()}


def shown_to(session: Session, reader: Actor, operation: Operation) -> bool:
    """Whether the reader's part of the register has the operation's transfer. A site sees what was signed with it, not what was
    photographed at people's doors."""
    if extent(reader.role, "transfers.read") is None or operation.target is None or not for_site(reader, operation):
        return False
    return one_transfer(session, within_of(session, reader, "transfers.read"), operation.target) is not None


def for_site(reader: Actor, operation: Operation) -> bool:
    """Always so for who is not of a site."""
    of_site = extent(reader.role, "transfers.read") in ("site", "sites")
    return not of_site or operation.type == "sign_handover" or operation.author_id == reader.id
