"""Floors that somebody walked: what stood behind each door, beside what the register said at that moment."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.database import Base, UtcTime


class RoomCount(Base):
    """One floor counted once. `seen` has each room with both words; the numbers are of the rooms of which both are known."""

    __tablename__ = "room_count"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    building: Mapped[str] = mapped_column(String(30))
    floor: Mapped[str] = mapped_column(String(20))
    counted_at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[str | None] = mapped_column(String(36))
    seen: Mapped[list] = mapped_column(JSON, default=list)  # [{"room", "number", "seen": occupied/empty/unclear, "register": state}]
    rooms: Mapped[int] = mapped_column(Integer)  # of the floor in the register
    occupied: Mapped[int] = mapped_column(Integer)  # counted
    registered: Mapped[int] = mapped_column(Integer)  # occupied by the register, of the same rooms
    differences: Mapped[int] = mapped_column(Integer)  # rooms of which the two say different things
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (Index("ix_room_count_site", "site_id", "counted_at"),)
