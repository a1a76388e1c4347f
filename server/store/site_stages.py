"""How a site comes about: its dated stages, the checks it passed, and who is on duty in it."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.database import Base, UtcTime

PLANNED = "actual_on IS NULL"
STANDING = "ended_at IS NULL"


class SiteStage(Base):
    """One stage of a site: who answers for it, when it is to be reached (`planned_on`), and when it was (`actual_on`, empty until then).

    A site is in a stage as often as it comes to it (paused twice: two rows); of each stage there is one plan at most.
    """

    __tablename__ = "site_stage"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    stage: Mapped[str] = mapped_column(String(20))
    owner_name: Mapped[str | None] = mapped_column(String(40))
    owner_phone: Mapped[str | None] = mapped_column(String(20))
    planned_on: Mapped[date | None] = mapped_column(Date)
    actual_on: Mapped[date | None] = mapped_column(Date)
    came_from: Mapped[str | None] = mapped_column(String(20))  # the stage before; None of what a ledger knew of the past
    note: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[str | None] = mapped_column(String(36))
    told_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_site_stage_site", "site_id", "told_at"),
        Index("uq_site_stage_plan", "site_id", "stage", unique=True, sqlite_where=text(PLANNED), postgresql_where=text(PLANNED)),
    )


class SiteCheck(Base):
    """Somebody looked whether a site is fit (`kind`: safety, qualification): each question answered. It stands until the next one, or
    until something reopens it (`ended_at`, `ended_why`)."""

    __tablename__ = "site_check"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(16))
    items: Mapped[dict] = mapped_column(JSON)
    passed: Mapped[bool] = mapped_column(Boolean)
    checked_by: Mapped[str] = mapped_column(String(40))
    checked_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[str | None] = mapped_column(String(36))
    told_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_why: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        Index("ix_site_check_site", "site_id", "told_at"),
        Index("uq_site_check_standing", "site_id", "kind", unique=True, sqlite_where=text(STANDING), postgresql_where=text(STANDING)),
    )


class SiteDuty(Base):
    """Who is on duty at a site in one shift of one day, a row a role: how many, and whom to call."""

    __tablename__ = "site_duty"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shift: Mapped[str] = mapped_column(String(8), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    people: Mapped[int] = mapped_column(Integer)
    lead_name: Mapped[str | None] = mapped_column(String(40))
    lead_phone: Mapped[str | None] = mapped_column(String(20))
    by_id: Mapped[str | None] = mapped_column(String(36))
    told_at: Mapped[datetime] = mapped_column(UtcTime)
