"""Who holds a person: exactly one holder at any moment, and a trail of every move."""

from server.domain.acts import Act, new_id
from server.store.change_log import CustodyEvent
from server.store.people import Custody
from server.store.transfers import Transfer


def begin_custody(act: Act, person_id: str, holder: str = "origin", holder_id: str | None = None, transfer_id: str | None = None) -> None:
    """A listed person begins at the place where they are (`origin`); one who came along unlisted, with the crew."""
    custody = Custody(person_id=person_id, holder=holder, holder_id=holder_id, transfer_id=transfer_id, since=act.at)
    act.loaded.custodies[person_id] = act.add(custody)
    keep_custody(act, custody)


def move_custody(act: Act, person_id: str, holder: str, holder_id: str | None = None, transfer_id: str | None = None) -> Custody:
    """Put a person into other hands. Whether the fact that does so wins is decided before (a fact that loses moves nobody)."""
    custody = act.loaded.custody(person_id)
    if (custody.holder, custody.holder_id, custody.transfer_id) == (holder, holder_id, transfer_id):
        return custody
    act.change(custody, holder=holder, holder_id=holder_id, transfer_id=transfer_id, since=act.at)
    keep_custody(act, custody)
    return custody


def may_take(custody: Custody, transfer: Transfer) -> bool:
    """Whether the people of this transfer may take the person over: from their door, from its own crew, or from where it starts.

    A contact who turns out positive at a site, or one whom a hospital gives back, waits like others and is fetched like others: from
    where they were when the transfer was made. Whom this transfer itself has put into other hands, it does not fetch from there.
    """
    if custody.holder in ("origin", "home"):
        return True
    if custody.holder == "crew":
        return custody.transfer_id == transfer.id
    if custody.holder == "hospital" and custody.transfer_id == transfer.id:
        return False
    if custody.holder == "site" and transfer.origin_site_id:
        return transfer.origin_site_id == custody.holder_id
    return transfer.kind != "outbound" or custody.since <= transfer.created_at


def keep_custody(act: Act, custody: Custody) -> None:
    """Write a move into the trail."""
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
