"""A database that was set back to a backup begins a new history: phones are told, and the office is told what it must do again."""

from datetime import datetime

from server.domain.acts import Act
from server.store.change_log import begin_epoch as begin_new_epoch
from server.store.change_log import current_epoch


def begin_epoch(act: Act, *, restored_to: str, instead_of: str | None = None) -> None:
    """Another random epoch, and an item for the city's desk: what desks did after `restored_to` (ISO 8601) is gone.

    `instead_of` names the epoch that a phone has found out to be another history: of two that found it, one begins the new one."""
    if instead_of not in (None, current_epoch(act.work.session)):
        return
    begin_new_epoch(act.work.session, act.at, datetime.fromisoformat(restored_to))
    said = {"by_name": act.actor.name, "at": act.at.isoformat(), "restored_to": restored_to}
    act.flag("server.restored", [said])
