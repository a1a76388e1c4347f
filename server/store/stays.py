"""What happens while somebody stays: tests, health rounds, each change of the clock; and which edition holds where."""

from datetime import date, datetime

from sqlalchemy import JSON, Date, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.change_log import RecordKey
from server.store.database import Base, UtcTime


class OfStay:
    """A row that a phone sees inside its stay."""

    stay_id: Mapped[str]

    def record_keys(self) -> list[RecordKey]:
        return [("stay", self.stay_id)]


class StayTest(OfStay, Base):
    """A test of the person, or of the room around them (`kind` environment). Taken back it stays, and counts for nothing."""

    __tablename__ = "stay_test"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    stay_id: Mapped[str] = mapped_column(ForeignKey("stay.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))  # person, environment
    taken_at: Mapped[datetime] = mapped_column(UtcTime)
    result: Mapped[str] = mapped_column(String(10))  # negative, positive, invalid
    ct: Mapped[float | None] = mapped_column(Float)  # the lower of its genes
    samples: Mapped[int] = mapped_column(Integer, default=1)
    by_id: Mapped[str | None] = mapped_column(String(36))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcTime)


class HealthCheck(OfStay, Base):
    """What a round saw of one person: morning or evening of a local day. The newest of a round stands."""

    __tablename__ = "health_check"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    stay_id: Mapped[str] = mapped_column(ForeignKey("stay.id"))
    day: Mapped[date] = mapped_column(Date)
    part: Mapped[str] = mapped_column(String(8))  # morning, evening
    at: Mapped[datetime] = mapped_column(UtcTime)
    temperature: Mapped[float | None] = mapped_column(Float)  # null: told to be normal, without the number
    symptoms: Mapped[list] = mapped_column(JSON, default=list)
    medicine_days: Mapped[int | None] = mapped_column(Integer)  # for how many days medicines still last
    request: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[str | None] = mapped_column(String(36))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_health_check_stay_day", "stay_id", "day"),)


class ClockChange(OfStay, Base):
    """Each time a clock was set anew, and why: reset after a positive, extended, another edition, a corrected exposure."""

    __tablename__ = "clock_change"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    stay_id: Mapped[str] = mapped_column(ForeignKey("stay.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))  # reset, extended, pack, corrected
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    was_due_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(String(200))
    cause_stay_id: Mapped[str | None] = mapped_column(String(36))  # of a reset: whose test was positive
    by_id: Mapped[str | None] = mapped_column(String(36))
    operation_id: Mapped[str] = mapped_column(String(36))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcTime)


class PackChoice(Base):
    """Which edition holds in an area (null: everywhere) from a day on; `pack` null follows the dates of the editions again."""

    __tablename__ = "pack_choice"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))
    pack: Mapped[str | None] = mapped_column(String(16))
    from_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(200))
    carried_over: Mapped[int] = mapped_column(Integer, default=0)  # running stays that went over to it, by the same act
    by_id: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(UtcTime)
