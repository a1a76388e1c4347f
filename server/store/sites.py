"""Isolation sites and hospitals: the places people are taken to."""

from datetime import datetime

from sqlalchemy import JSON, Float, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.change_log import RecordKey
from server.store.database import Base, UtcTime


class Site(Base):
    """An isolation site. `state` is its stage (domain: candidate … open, paused … closed); `accepts` the categories it may take."""

    __tablename__ = "site"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    area_id: Mapped[str] = mapped_column(ForeignKey("area.id"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    lat: Mapped[float | None] = mapped_column(Float)
    lng: Mapped[float | None] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String(20), index=True)
    accepts: Mapped[list] = mapped_column(JSON, default=list)
    head_name: Mapped[str | None] = mapped_column(String(40))
    head_phone: Mapped[str | None] = mapped_column(String(20))
    duty_phone: Mapped[str | None] = mapped_column(String(20))
    paused_reason: Mapped[str | None] = mapped_column(String(200))
    paused_until: Mapped[datetime | None] = mapped_column(UtcTime)
    state_since: Mapped[datetime | None] = mapped_column(UtcTime)
    facilities: Mapped[dict] = mapped_column(JSON, default=dict)
    legal_basis: Mapped[str | None] = mapped_column(String(200))
    works_since: Mapped[datetime | None] = mapped_column(UtcTime)
    works_what: Mapped[str | None] = mapped_column(String(200))
    recheck_since: Mapped[datetime | None] = mapped_column(UtcTime)  # its safety check is to be made again: it takes no new people
    activation_ordered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    activation_ordered_by: Mapped[str | None] = mapped_column(String(40))
    activation_rooms: Mapped[int | None] = mapped_column(Integer)  # how many rooms the promise is about

    def record_keys(self) -> list[RecordKey]:
        return [("site_card", self.id)]


# A site to which new people may be sent: it is open, and its safety check stands.
TAKES_NEW_PEOPLE = (Site.state == "open") & Site.recheck_since.is_(None)


class Hospital(Base):
    """One line of the public directory: yellow-code or green-code, with address, telephone and how to get there."""

    __tablename__ = "hospital"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    colour: Mapped[str] = mapped_column(String(10))
    area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    services: Mapped[list] = mapped_column(JSON, default=list)
    how_to_get_there: Mapped[str] = mapped_column(Text, default="")
    admission: Mapped[str] = mapped_column(Text, default="")
    checked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    lat: Mapped[float | None] = mapped_column(Float)
    lng: Mapped[float | None] = mapped_column(Float)

    def record_keys(self) -> list[RecordKey]:
        return [("hospital", self.id)]
