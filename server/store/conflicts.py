"""Conflict items: two things people said that cannot both stand, until somebody decides by name."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.store.change_log import RecordKey
from server.store.database import Base, UtcTime


class Conflict(Base):
    """`values` is what each side says: [{"by", "at", "says"}]. Closed by `resolve_conflict`, or with the act that is taken back."""

    __tablename__ = "conflict"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    transfer_id: Mapped[str | None] = mapped_column(ForeignKey("transfer.id"), index=True)
    line_id: Mapped[str | None] = mapped_column(String(36))
    room_id: Mapped[str | None] = mapped_column(String(36))
    person_id: Mapped[str | None] = mapped_column(String(36))
    site_id: Mapped[str | None] = mapped_column(String(36), index=True)
    area_id: Mapped[str | None] = mapped_column(String(36), index=True)
    author_id: Mapped[str | None] = mapped_column(String(36), index=True)
    operation_id: Mapped[str | None] = mapped_column(String(36))
    values: Mapped[list] = mapped_column(JSON, default=list)
    raised_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    state: Mapped[str] = mapped_column(String(8), default="open", index=True)
    resolution: Mapped[str | None] = mapped_column(Text)
    resolved_by: Mapped[str | None] = mapped_column(String(36))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    on_phones: Mapped[bool] = mapped_column(Boolean, default=True)  # false two weeks after it was closed

    def record_keys(self) -> list[RecordKey]:
        """The item, and the transfer that shows how many are open."""
        return [("conflict", self.id), *([("transfer", self.transfer_id)] if self.transfer_id else [])]


def opened_by(session: Session, operation_id: str, author_id: str | None) -> list[Conflict]:
    """The items still open that an operation of this author opened."""
    of_it = select(Conflict).where(Conflict.author_id == author_id, Conflict.operation_id == operation_id)
    return list(session.scalars(of_it.where(Conflict.state == "open")))
