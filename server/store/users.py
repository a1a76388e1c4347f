"""Users, their sessions, and the devices they work on."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.database import Base, UtcTime


class User(Base):
    """A person who signs in. What the role may do stands in `server/domain/permissions.py`."""

    __tablename__ = "user"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    level: Mapped[str | None] = mapped_column(String(12))  # of a commander: national, province, city
    area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    phone: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5), default="zh")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    invitation_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    invitation_until: Mapped[datetime | None] = mapped_column(UtcTime)
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    facts: Mapped[dict] = mapped_column(JSON, default=dict)  # of the ledger of staff: licence, last test


class UserCompound(Base):
    """A compound that a community worker looks after."""

    __tablename__ = "user_compound"
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), primary_key=True)
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), primary_key=True)


class SignIn(Base):
    """A session: known by the hash of its token, ended by deleting the row, on all workers at once."""

    __tablename__ = "sign_in"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    device_id: Mapped[str | None] = mapped_column(String(36))
    began_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)


class SignInTry(Base):
    """A wrong password, so that guessing is slowed by account and by address."""

    __tablename__ = "sign_in_try"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)


class Device(Base):
    """One user's database on one browser: `last_seq` numbers delivered without a gap.

    A copied or set-back database goes on as another device of the same phone (`grown_from`): they are switched off together.
    """

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    grown_from: Mapped[str | None] = mapped_column(String(36), index=True)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    unsent: Mapped[int] = mapped_column(Integer, default=0)
    high: Mapped[int] = mapped_column(BigInteger, default=0)
    app: Mapped[str | None] = mapped_column(String(20))
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    enrolled_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked: Mapped[bool] = mapped_column(Boolean, default=False)
    repairs: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # how often its records were not what they should be
    repaired_at: Mapped[datetime | None] = mapped_column(UtcTime)
    emptied_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when its person came back with an empty store

    @property
    def phone_id(self) -> str:
        """What all devices of one user on one phone have in common: the id of the first."""
        return self.grown_from or self.id
