"""People, their households, the history of their category, who holds them, and which records are one person."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.database import Base, UtcTime

HOLDERS = ("origin", "crew", "site", "hospital", "home")


class Household(Base):
    """People who live behind one door."""

    __tablename__ = "household"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    door: Mapped[str] = mapped_column(String(160), index=True)  # area, compound, building, unit and room in one comparable text


class Person(Base):
    """One listed person. The ID number is kept sealed (`id_sealed`), compared by `id_key`, shown by its tail."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    sex: Mapped[str | None] = mapped_column(String(6))
    birth_year: Mapped[int | None] = mapped_column(Integer)
    birth_date: Mapped[date | None] = mapped_column(Date)
    id_sealed: Mapped[str | None] = mapped_column(Text)
    id_key: Mapped[str | None] = mapped_column(String(64), index=True)
    id_tail: Mapped[str | None] = mapped_column(String(4), index=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    second_phone: Mapped[str | None] = mapped_column(String(20))
    home_area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))
    pickup_area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))
    responsible_area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))
    community_id: Mapped[str | None] = mapped_column(ForeignKey("community.id"), index=True)
    household_id: Mapped[str | None] = mapped_column(ForeignKey("household.id"), index=True)
    compound: Mapped[str | None] = mapped_column(String(60))
    building: Mapped[str | None] = mapped_column(String(20))
    unit: Mapped[str | None] = mapped_column(String(20))
    room: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(200))  # as it was written
    address_key: Mapped[str | None] = mapped_column(String(160), index=True)  # comparable: spelling does not matter
    category: Mapped[str | None] = mapped_column(String(20))
    category_from: Mapped[datetime | None] = mapped_column(UtcTime)
    case_type: Mapped[str | None] = mapped_column(String(12))  # mild, ordinary, severe, critical
    found: Mapped[str | None] = mapped_column(String(16))  # under_control, community
    detected_at: Mapped[datetime | None] = mapped_column(UtcTime)
    sampled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_exposed_on: Mapped[date | None] = mapped_column(Date)
    listed_at: Mapped[datetime] = mapped_column(UtcTime)
    waits_from: Mapped[datetime] = mapped_column(UtcTime)  # the result, or where none is told the listing
    state: Mapped[str] = mapped_column(String(20))
    needs: Mapped[list] = mapped_column(JSON, default=list)  # [{"code", "detail"}]
    words: Mapped[str | None] = mapped_column(Text)  # remarks that were not understood
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    extra: Mapped[dict] = mapped_column(JSON, default=dict)

    __table_args__ = (
        # With the id: who waits, and who of them has a room held, is told from the index alone.
        Index("ix_person_waiting", "state", "responsible_area_id", "category", "waits_from", "merged_into", "id"),
        Index("ix_person_found", "waits_from", "category", "responsible_area_id", "merged_into"),
        # SQLite asks at each insert of a person who is merged into it. Only merged ones: else "merged into nobody" would be looked up here.
        Index(
            "ix_person_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
        Index(
            "uq_person_one_id",
            "id_key",
            unique=True,
            sqlite_where=text("id_key IS NOT NULL AND merged_into IS NULL"),
            postgresql_where=text("id_key IS NOT NULL AND merged_into IS NULL"),
        ),
    )


class Merge(Base):
    """Two records that are one person: what the kept one took over, so that it can be undone exactly."""

    __tablename__ = "merge"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kept_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    merged_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    taken: Mapped[dict] = mapped_column(JSON, default=dict)  # {column: [was, now]} of the kept record
    reason: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(UtcTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcTime)


class CategoryHistory(Base):
    """Each category a person had, since when, and by which operation."""

    __tablename__ = "category_history"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    category: Mapped[str | None] = mapped_column(String(20))
    case_type: Mapped[str | None] = mapped_column(String(12))
    found: Mapped[str | None] = mapped_column(String(16))
    from_at: Mapped[datetime] = mapped_column(UtcTime)
    operation_id: Mapped[str] = mapped_column(String(36))


class Custody(Base):
    """Who holds a person now. One row a person: nobody is in two hands."""

    __tablename__ = "custody"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(8))
    holder_id: Mapped[str | None] = mapped_column(String(36), index=True)  # user of a crew, site or hospital
    transfer_id: Mapped[str | None] = mapped_column(String(36), index=True)
    since: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (CheckConstraint("holder IN ('origin','crew','site','hospital','home')", name="known_holder"),)


class ContactAttempt(Base):
    """A door knock or a call: who tried, how, and what came of it."""

    __tablename__ = "contact_attempt"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    channel: Mapped[str] = mapped_column(String(12))  # door, phone
    result: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(UtcTime)
