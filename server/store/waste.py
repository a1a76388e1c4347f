"""Infectious waste that left a site: the register with two names. Hospitals keep theirs for three years, the waste for two days at most."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.database import Base, UtcTime


class WastePickup(Base):
    """One collection: how much, who handed it over, who took it, and since when the oldest of it was in store."""

    __tablename__ = "waste_pickup"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    stored_since: Mapped[datetime | None] = mapped_column(UtcTime)
    collected_at: Mapped[datetime] = mapped_column(UtcTime)
    bags: Mapped[int] = mapped_column(Integer)
    weight_kg: Mapped[float | None] = mapped_column(Float)
    handed_by: Mapped[str] = mapped_column(String(60))  # signs for the site
    collected_by: Mapped[str] = mapped_column(String(60))  # signs for whoever takes it
    company: Mapped[str | None] = mapped_column(String(60))
    by_id: Mapped[str | None] = mapped_column(String(36))
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (Index("ix_waste_pickup_site", "site_id", "collected_at"),)
