"""Point-to-point return: the community accepts by name before the vehicle leaves (domain F9, L-12)."""

from sqlalchemy import select

from server.domain.acts import Act
from server.domain.permissions import extent
from server.problems import Refused
from server.store.transfers import Transfer
from server.store.users import UserCompound


def accept_return(act: Act, *, accepted_by: str) -> None:
    """The community takes these people back. Refuses: target.unknown, transfer.already_accepted, person.name_missing."""
    transfer = act.loaded.transfer(act.operation.target)
    if transfer is None or transfer.kind != "return" or not _is_of_compound(act, transfer):
        raise Refused("target.unknown")
    if transfer.acceptance:
        raise Refused("transfer.already_accepted")
    if not accepted_by.strip():
        raise Refused("person.name_missing")
    transfer.acceptance = {"by": act.actor.id, "by_name": accepted_by, "at": act.at.isoformat()}
    act.touch(transfer)


def _is_of_compound(act: Act, transfer: Transfer) -> bool:
    if extent(act.actor.role, "returns.accept") != "compounds":
        return True
    own = select(UserCompound).where(UserCompound.user_id == act.actor.id, UserCompound.community_id == transfer.community_id)
    return act.work.session.scalar(own) is not None
