"""Telephone numbers that everybody may need, and the settings that phones must know."""

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.store.change_log import RecordKey
from server.store.database import Base


class Contact(Base):
    """A number to call: a desk, 120, a utility."""

    __tablename__ = "contact"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    what: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(20))
    area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))

    def record_keys(self) -> list[RecordKey]:
        return [("contact", self.id)]


class Setting(Base):
    """A value that a phone's rules need: `dock_fresh_minutes`, `lease_hours`, `time_zone`, `demo`."""

    __tablename__ = "setting"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    value: Mapped[object] = mapped_column(JSON)

    def record_keys(self) -> list[RecordKey]:
        return [("setting", self.id)]


def told_settings(session: Session) -> dict[str, object]:
    """The settings that phones have been told, by id."""
    return {row.id: row.value for row in session.scalars(select(Setting))}
