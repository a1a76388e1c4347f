"""A database that was set back to a backup begins a new history: phones are told, and the office is told what it must do again."""

from datetime import datetime

from server.domain.acts import Act
from server.store.change_log import begin_epoch as begin_new_epoch


def begin_epoch(act: Act, *, restored_to: str) -> None:
    """Another random epoch, and an item for the city's desk: what desks did after `restored_to` (ISO 8601) is gone."""
    begin_new_epoch(act.work.session, act.at, datetime.fromisoformat(restored_to))
    said = {"by_name": act.actor.name, "at": act.at.isoformat(), "restored_to": restored_to}
    act.flag("server.restored", [said])
