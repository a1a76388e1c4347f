"""Transfers with their lines, their crews, and the vehicles."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.store.change_log import RecordKey
from server.store.database import Base, UtcTime


class Vehicle(Base):
    """A coach, minibus or ambulance. `seats` as rated; `state` as in the domain's cycle."""

    __tablename__ = "vehicle"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    plate: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    seats: Mapped[int] = mapped_column(Integer)
    area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"), index=True)
    owner: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime | None] = mapped_column(UtcTime)
    reason: Mapped[str | None] = mapped_column(String(200))
    partition: Mapped[bool | None] = mapped_column(Boolean)
    last_disinfected_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_category: Mapped[str | None] = mapped_column(String(20))
    facts: Mapped[dict] = mapped_column(JSON, default=dict)


class Transfer(Base):
    """One vehicle trip for one group. The JSON columns hold the accepted state of each step; every fact stands in the log."""

    __tablename__ = "transfer"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(16))  # outbound, return, hospital, site_to_site
    category: Mapped[str | None] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(10), default="normal")  # emergency, high, normal
    state: Mapped[str] = mapped_column(String(12), index=True)  # planned, under_way, arrived, closed, cancelled
    area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"), index=True)  # the responsible one
    desk_name: Mapped[str | None] = mapped_column(String(60))
    desk_phone: Mapped[str | None] = mapped_column(String(20))
    vehicle_id: Mapped[str | None] = mapped_column(ForeignKey("vehicle.id"), index=True)
    destination_kind: Mapped[str] = mapped_column(String(12))  # site, hospital, home, elsewhere
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"), index=True)
    hospital_id: Mapped[str | None] = mapped_column(ForeignKey("hospital.id"))
    community_id: Mapped[str | None] = mapped_column(ForeignKey("community.id"))  # of a return
    place: Mapped[dict | None] = mapped_column(JSON)  # a destination outside the register: name, address, phone
    origin_site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"), index=True)
    backup_site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    diverted: Mapped[bool] = mapped_column(Boolean, default=False)
    depart_at: Mapped[datetime | None] = mapped_column(UtcTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcTime)
    deadline_rule: Mapped[str | None] = mapped_column(String(40))
    stops: Mapped[list] = mapped_column(JSON, default=list)
    dock: Mapped[dict] = mapped_column(JSON, default=dict)
    vehicle_check: Mapped[dict | None] = mapped_column(JSON)
    route: Mapped[dict | None] = mapped_column(JSON)
    moments: Mapped[dict] = mapped_column(JSON, default=dict)
    handover: Mapped[dict] = mapped_column(JSON, default=dict)
    disinfection: Mapped[dict | None] = mapped_column(JSON)
    problems: Mapped[list] = mapped_column(JSON, default=list)
    emergencies: Mapped[list] = mapped_column(JSON, default=list)
    acceptance: Mapped[dict | None] = mapped_column(JSON)  # of a return, by the community
    repeats: Mapped[dict | None] = mapped_column(JSON)  # {"weekdays": [1…7], "until": day, "next": id} such as dialysis
    notes: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    created_by: Mapped[str | None] = mapped_column(String(36))
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)  # first put on a phone
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    cancelled: Mapped[dict | None] = mapped_column(JSON)
    crew_sees: Mapped[bool] = mapped_column(Boolean, default=True)  # false once it has left the crew's phones
    site_sees: Mapped[bool] = mapped_column(Boolean, default=True)

    __table_args__ = (
        Index("ix_transfer_open", "area_id", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )

    lines: Mapped[list["Line"]] = relationship(order_by="Line.position", lazy="raise")
    crew: Mapped[list["Assignment"]] = relationship(lazy="raise")

    def record_keys(self) -> list[RecordKey]:
        return [("transfer", self.id)]


class Line(Base):
    """One person on a transfer. `open` until it has an end: a person has one open line at the most."""

    __tablename__ = "line"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    transfer_id: Mapped[str] = mapped_column(ForeignKey("transfer.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    stop_id: Mapped[str | None] = mapped_column(String(36))
    room_id: Mapped[str | None] = mapped_column(ForeignKey("room.id"))
    group_reason: Mapped[str | None] = mapped_column(String(60))  # why this person shares the room with another line
    from_room_id: Mapped[str | None] = mapped_column(String(36))  # where at a site they are called out of: no foreign key, it only shows
    state: Mapped[str] = mapped_column(String(10), default="expected")  # expected, aboard, received, elsewhere, ended
    open: Mapped[bool] = mapped_column(Boolean, default=True)
    verified: Mapped[dict | None] = mapped_column(JSON)
    boarded_at: Mapped[datetime | None] = mapped_column(UtcTime)
    boarded: Mapped[dict | None] = mapped_column(JSON)  # who said so, and seat, temperature, mask
    care: Mapped[dict | None] = mapped_column(JSON)  # handed to an ambulance or a hospital: to whom, who says so
    outcome: Mapped[str | None] = mapped_column(String(16))
    outcome_at: Mapped[datetime | None] = mapped_column(UtcTime)
    received: Mapped[dict | None] = mapped_column(JSON)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    note: Mapped[str | None] = mapped_column(Text)

    person = relationship("Person", lazy="raise")
    held_room = relationship("Room", lazy="raise")

    __table_args__ = (
        Index(
            "uq_line_one_open_transfer_a_person",
            "person_id",
            unique=True,
            sqlite_where=text("open"),
            postgresql_where=text("open"),
        ),
        # Asked by pages: SQLite takes a partial index only where a condition says the same words, and this is how SQLAlchemy says it.
        Index(
            "ix_line_open",
            "person_id",
            "transfer_id",
            "room_id",
            "state",
            sqlite_where=text("open = 1"),
            postgresql_where=text("open"),
        ),
        CheckConstraint("open OR ended_at IS NOT NULL", name="ended_when_closed"),
    )

    def record_keys(self) -> list[RecordKey]:
        return [("transfer", self.transfer_id)]


class Assignment(Base):
    """Who is, and was, in the crew of a transfer, and from when to when. The four numbers at the end are written by nobody; a server of an
    earlier version beside this one still names them, so they stay for now (migrations/README.md)."""

    __tablename__ = "assignment"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    transfer_id: Mapped[str] = mapped_column(ForeignKey("transfer.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str] = mapped_column(String(8))  # driver, escort
    from_at: Mapped[datetime] = mapped_column(UtcTime)
    to_at: Mapped[datetime | None] = mapped_column(UtcTime)
    from_rev: Mapped[int | None] = mapped_column(Integer)
    to_rev: Mapped[int | None] = mapped_column(Integer)
    from_seq: Mapped[int | None] = mapped_column(Integer)
    to_seq: Mapped[int | None] = mapped_column(Integer)

    user = relationship("User", lazy="raise")

    def record_keys(self) -> list[RecordKey]:
        return [("transfer", self.transfer_id)]
