"""Telephone numbers that everybody may need, and the settings that phones must know."""

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.store.change_log import RecordKey
from server.store.database import Base
from server.store.users import User

DESKS = ("district_desk", "partner_desk")


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


def desk_phone(session: Session, area_id: str) -> str | None:
    """Where an area's desk is called: its number among the contacts, else that of somebody who works there."""
    contact = select(Contact.phone).where(Contact.area_id == area_id).order_by(Contact.name)
    somebody = select(User.phone).where(User.area_id == area_id, User.role.in_(DESKS), User.phone.is_not(None), User.disabled.is_(False))
    return session.scalar(contact.limit(1)) or session.scalar(somebody.order_by(User.username).limit(1))


def told_settings(session: Session) -> dict[str, object]:
    """The settings that phones have been told, by id."""
    return {row.id: row.value for row in session.scalars(select(Setting))}
