"""What became of a room over time: its spells (how long it was in which state), and its turnovers (from emptied to ready)."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.change_log import RecordKey
from server.store.database import Base, UtcTime


class RoomSpell(Base):
    """A continuous time of a room in one state. A room's spells follow one another with no hole; the open one is as the room is now."""

    __tablename__ = "room_spell"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    position: Mapped[int] = mapped_column(Integer)  # 1, 2, 3 … within the room
    state: Mapped[str] = mapped_column(String(20))
    from_at: Mapped[datetime] = mapped_column(UtcTime)
    until_at: Mapped[datetime | None] = mapped_column(UtcTime)  # none while it lasts
    by_id: Mapped[str | None] = mapped_column(String(36))
    operation_id: Mapped[str | None] = mapped_column(String(36))  # none for what was there before spells were kept
    ended_by: Mapped[str | None] = mapped_column(String(36))  # the operation; it stays when the next spell turns out to be another

    __table_args__ = (
        UniqueConstraint("room_id", "position"),
        Index("ix_room_spell_site_from", "site_id", "from_at"),
        Index("ix_room_spell_site_until", "site_id", "until_at"),
        Index("ix_room_spell_room_from", "room_id", "from_at"),
        Index(
            "ix_room_spell_open",
            "site_id",
            "state",
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="ends_after_it_began"),
    )


class Turnover(Base):
    """From one emptying of a room to its being ready for the next person: when each stage began, and the record of it (form F8).

    A stage that is done again begins again: its time is the last one's, and those of the stages after it are empty until then.
    """

    __tablename__ = "turnover"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    stay_id: Mapped[str | None] = mapped_column(ForeignKey("stay.id"))  # whose end emptied it; none where nobody was registered
    seen_from: Mapped[str] = mapped_column(String(20))  # the state in which the register saw it first: a ledger may begin in the middle
    vacated_at: Mapped[datetime | None] = mapped_column(UtcTime)
    disinfecting_at: Mapped[datetime | None] = mapped_column(UtcTime)
    contact_at: Mapped[datetime | None] = mapped_column(UtcTime)
    aerating_at: Mapped[datetime | None] = mapped_column(UtcTime)
    inspecting_at: Mapped[datetime | None] = mapped_column(UtcTime)
    provisioning_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_how: Mapped[str | None] = mapped_column(String(20))  # the state that ended it: ready, blocked, hold …; none while it goes on
    agent: Mapped[str | None] = mapped_column(String(20))
    strength_mg_l: Mapped[int | None] = mapped_column(Integer)
    contact_minutes: Mapped[int | None] = mapped_column(Integer)  # that this agent needs
    aired_minutes: Mapped[int | None] = mapped_column(Integer)  # that this room needs
    disinfected_by: Mapped[str | None] = mapped_column(String(36))  # who began
    contact_by: Mapped[str | None] = mapped_column(String(36))  # who had sprayed all of it
    inspected_by: Mapped[str | None] = mapped_column(String(36))
    provisioned: Mapped[list] = mapped_column(JSON, default=list)  # codes of the checklist that are there

    __table_args__ = (
        Index("ix_turnover_room_vacated", "room_id", "vacated_at"),
        Index("ix_turnover_site_ready", "site_id", "ready_at"),
        Index("ix_turnover_ready", "ready_at"),
        Index(
            "ix_turnover_under_way",
            "site_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    def record_keys(self) -> list[RecordKey]:
        return [("room", self.room_id)]
