"""Areas (the nine units and the partner cities), and the compounds inside them."""

from datetime import date

from sqlalchemy import Date, Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.change_log import RecordKey
from server.store.database import Base


class Area(Base):
    """A unit or a partner city. `tier` is the zone the command ordered (red, yellow, green), with the day it began."""

    __tablename__ = "area"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    short: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    adcode: Mapped[str | None] = mapped_column(String(6))
    lat: Mapped[float | None] = mapped_column(Float)
    lng: Mapped[float | None] = mapped_column(Float)
    tier: Mapped[str | None] = mapped_column(String(8))
    tier_from: Mapped[date | None] = mapped_column(Date)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))
    population: Mapped[int | None] = mapped_column(Integer)
    rooms_per_10k: Mapped[int | None] = mapped_column(Integer)  # isolation rooms to have for 10,000 residents

    def record_keys(self) -> list[RecordKey]:
        return [("area", self.id)]


class Community(Base):
    """A residential compound (小区): where a vehicle stops, and whom it calls there."""

    __tablename__ = "community"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    lat: Mapped[float | None] = mapped_column(Float)
    lng: Mapped[float | None] = mapped_column(Float)
    contact_name: Mapped[str | None] = mapped_column(String(40))
    contact_phone: Mapped[str | None] = mapped_column(String(20))
