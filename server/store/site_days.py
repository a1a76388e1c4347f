"""One row a site and day, written at 24:00: what the ledger tells of days that are over."""

from datetime import date, datetime

from sqlalchemy import JSON, Date, Float, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.database import Base, UtcTime


class SiteDay(Base):
    """What the rooms of a site did on one local day, and how they stood at its end. Times are seconds, summed over rooms."""

    __tablename__ = "site_day"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    site_state: Mapped[str] = mapped_column(String(20))
    rooms: Mapped[dict] = mapped_column(JSON, default=dict)  # {state: rooms} at 24:00
    available_seconds: Mapped[float] = mapped_column(Float)
    occupied_seconds: Mapped[float] = mapped_column(Float)
    ready_seconds: Mapped[float] = mapped_column(Float)
    idle_seconds: Mapped[float] = mapped_column(Float)  # of the ready ones, those during which somebody waited whom the room could serve
    check_ins: Mapped[int] = mapped_column(Integer)
    check_outs: Mapped[int] = mapped_column(Integer)
    overstays: Mapped[int] = mapped_column(Integer)  # at 24:00
    vacated_after: Mapped[str | None] = mapped_column(Text)  # `75,130`: minutes from release to leaving, of each who left; null: nobody
    reservations: Mapped[int] = mapped_column(Integer)
    expired: Mapped[int] = mapped_column(Integer)
    turnovers: Mapped[int] = mapped_column(Integer)  # rooms that became ready again
    turnaround_median: Mapped[float | None] = mapped_column(Float)  # seconds, of these
    turnaround_ninety: Mapped[float | None] = mapped_column(Float)
    written_at: Mapped[datetime] = mapped_column(UtcTime)
