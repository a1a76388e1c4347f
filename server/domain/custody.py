"""Who holds a person: exactly one holder at any moment, and a trail of every move."""

from server.domain.acts import Act, new_id
from server.store.change_log import CustodyEvent
from server.store.people import Custody


def begin_custody(act: Act, person_id: str) -> None:
    """A listed person begins at the place where they are (`origin`)."""
    custody = act.add(Custody(person_id=person_id, holder="origin", since=act.at))
    act.loaded.custodies[person_id] = custody
    _keep(act, custody)


def move_custody(
    act: Act, person_id: str, holder: str, holder_id: str | None = None, transfer_id: str | None = None
) -> Custody:
    """Put a person into other hands. Whether the fact that does so wins is decided before (a fact that loses moves nobody)."""
    custody = act.loaded.custody(person_id)
    if (custody.holder, custody.holder_id, custody.transfer_id) == (holder, holder_id, transfer_id):
        return custody
    custody.holder, custody.holder_id, custody.transfer_id, custody.since = holder, holder_id, transfer_id, act.at
    _keep(act, custody)
    return custody


def _keep(act: Act, custody: Custody) -> None:
    act.work.insert(
        CustodyEvent,
        {
            "id": new_id(),
            "person_id": custody.person_id,
            "holder": custody.holder,
            "holder_id": custody.holder_id,
            "transfer_id": custody.transfer_id,
            "operation_id": act.operation.id,
            "at": act.at,
        },
    )
