"""What the desk has set for the office's own planning: one row a setting. No phone is told of them; the log keeps what stood before."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.store.database import Base, UtcTime


class PlanSetting(Base):
    """`assumptions`: what the forecast assumes of the days to come. `freed_rooms_first`: whom newly freed rooms go to first (S0-10)."""

    __tablename__ = "plan_setting"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict] = mapped_column(JSON)
    by_id: Mapped[str | None] = mapped_column(String(36))
    by_name: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime] = mapped_column(UtcTime)


def plan_setting(session: Session, id: str) -> PlanSetting | None:
    """What a desk set under this name; None where it set nothing."""
    return session.get(PlanSetting, id)
