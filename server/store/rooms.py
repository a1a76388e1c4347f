"""Rooms and beds, and the stays in them."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.change_log import RecordKey
from server.store.database import Base, UtcTime

# Said as what it is not: said as what it is, SQLite looks for each state in another index, and sorts what it finds.
IN_TURNOVER = text("state NOT IN ('ready', 'reserved', 'occupied', 'blocked', 'hold', 'staff_use', 'awaiting_acceptance', 'building_up')")


class Room(Base):
    """An isolation room or a bed of a fangcang. `state` as in the domain's cycle; a reserved one names its line and until when."""

    __tablename__ = "room"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    building: Mapped[str] = mapped_column(String(30))
    floor: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    own_bathroom: Mapped[bool | None] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[str | None] = mapped_column(String(36))
    reason: Mapped[str | None] = mapped_column(String(200))
    transfer_id: Mapped[str | None] = mapped_column(ForeignKey("transfer.id"), index=True)
    reserved_until: Mapped[datetime | None] = mapped_column(UtcTime)
    last_vacated_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_ready_at: Mapped[datetime | None] = mapped_column(UtcTime)
    turnover_id: Mapped[str | None] = mapped_column(String(36))  # the turnover it is in, or that made it ready

    __table_args__ = (
        UniqueConstraint("site_id", "building", "floor", "number"),
        Index("ix_room_site_state", "site_id", "state"),
        Index("ix_room_state_since", "state", "since", "id"),  # rooms of a ledger have one moment together
        Index("ix_room_in_turnover", "site_id", "state", "since", sqlite_where=IN_TURNOVER, postgresql_where=IN_TURNOVER),
        CheckConstraint("(state = 'reserved') = (transfer_id IS NOT NULL)", name="reserved_for_a_transfer"),
    )

    def record_keys(self) -> list[RecordKey]:
        return [("room", self.id)]


RELEASED_HERE = text("released_at IS NOT NULL AND ended_at IS NULL")
LEFT_BY_TESTS = text("ended_at IS NOT NULL AND released_at IS NOT NULL AND due_on IS NULL")


class Stay(Base):
    """One person's time in a room (or at home). `clock_from` is the last exposure for contacts, not the check-in.

    A released person is in the room until they leave (`ended_at`); when that is too long says `domain/overstays.py`.
    """

    __tablename__ = "stay"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    room_id: Mapped[str | None] = mapped_column(ForeignKey("room.id"))
    place: Mapped[int] = mapped_column(Integer, default=1)  # 2, 3 … only beside a group reason
    group_reason: Mapped[str | None] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(12))  # isolation, quarantine, home, monitoring
    category: Mapped[str] = mapped_column(String(20))
    needs: Mapped[list] = mapped_column(JSON, default=list)
    checked_in_at: Mapped[datetime] = mapped_column(UtcTime)
    pack: Mapped[str | None] = mapped_column(String(16))  # the edition it began with; a later choice changes it only by name
    clock_basis: Mapped[str | None] = mapped_column(String(16))  # last_exposure, arrival, positive_sample, reset
    clock_from: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    extended_reason: Mapped[str | None] = mapped_column(String(200))
    referred_at: Mapped[datetime | None] = mapped_column(UtcTime)  # found positive here: to be moved, not released
    released_at: Mapped[datetime | None] = mapped_column(UtcTime)
    release_basis: Mapped[str | None] = mapped_column(String(16))
    released_by: Mapped[str | None] = mapped_column(String(36))
    release_word: Mapped[dict | None] = mapped_column(JSON)  # who allowed it earlier, and why: {allowed_by, reason, lacked}
    certificate_no: Mapped[str | None] = mapped_column(String(40))
    vacate_due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_how: Mapped[str | None] = mapped_column(String(20))
    on_phones: Mapped[bool] = mapped_column(Boolean, default=True)  # false a day after it ended

    __table_args__ = (
        Index(
            "uq_stay_one_in_a_room",
            "room_id",
            "place",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND room_id IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND room_id IS NOT NULL"),
        ),
        Index(
            "uq_stay_one_of_a_person",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_stay_site_open", "site_id", "ended_at"),
        Index("ix_stay_came", "checked_in_at", "site_id", "ended_how"),
        Index("ix_stay_site_came", "site_id", "checked_in_at"),
        Index(
            "ix_stay_left",
            "ended_at",
            "site_id",
            "ended_how",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index(
            "ix_stay_leaving",
            "due_on",
            "site_id",
            "place",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_stay_by_tests", "ended_at", "site_id", "place", sqlite_where=LEFT_BY_TESTS, postgresql_where=LEFT_BY_TESTS),
        Index("uq_stay_certificate", "certificate_no", unique=True),
        Index("ix_stay_released", "site_id", "released_at", sqlite_where=RELEASED_HERE, postgresql_where=RELEASED_HERE),
        Index("ix_stay_vacate", "vacate_due_at", "released_at", sqlite_where=RELEASED_HERE, postgresql_where=RELEASED_HERE),
        CheckConstraint("place = 1 OR group_reason IS NOT NULL", name="shared_for_a_reason"),
    )

    def record_keys(self) -> list[RecordKey]:
        return [("stay", self.id)]
