"""Pictures that operations name by their hash: in parts while they come, one row a picture and its owner."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, LargeBinary, String, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.store.database import Base, UtcTime


class Blob(Base):
    """One picture of one person, by its SHA-256. What another has sent under the same hash is another row: nobody learns of it."""

    __tablename__ = "blob"
    owner_id: Mapped[str] = mapped_column(ForeignKey("user.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)  # bytes, as announced
    came: Mapped[int] = mapped_column(Integer, default=0)  # bytes that are there, from the first on
    kind: Mapped[str | None] = mapped_column(String(12))  # image/jpeg, image/png, image/webp: known once it is whole
    whole: Mapped[bool] = mapped_column(Boolean, default=False)  # all of it is there, and its hash is right
    began_at: Mapped[datetime] = mapped_column(UtcTime)


class BlobPart(Base):
    """Some of its bytes, as they came."""

    __tablename__ = "blob_part"
    owner_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    start: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def content_of(session: Session, blob: Blob) -> bytes:
    """All bytes that are there, in order."""
    parts = select(BlobPart.content).where(BlobPart.owner_id == blob.owner_id, BlobPart.hash == blob.hash)
    return b"".join(session.scalars(parts.order_by(BlobPart.start)))


def whole_blobs(session: Session, wanted: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these (owner, hash) that are whole."""
    here = select(Blob.owner_id, Blob.hash).where(tuple_(Blob.owner_id, Blob.hash).in_(sorted(wanted)), Blob.whole)
    return {(owner, hash) for owner, hash in session.execute(here)}
