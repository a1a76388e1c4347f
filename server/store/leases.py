"""Which process does a work that only one may do."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.database import Base, UtcTime


class Lease(Base):
    """`holder` does the work called `name` until then."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime] = mapped_column(UtcTime)
