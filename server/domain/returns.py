"""Point-to-point return: a community takes its people back, by name, before they are called out of their rooms (domain F9, L-12).

The community's word is step 2 of a return, as the site's is of every other transfer. It does not grow old as that of a site does:
rooms are given away within the hour, homes are not.
"""

from collections.abc import Iterable

from server.domain.acts import Act
from server.domain.categories import POSITIVES, turned_positive
from server.domain.people import WAITING
from server.domain.progress import settle
from server.domain.reach import reaches_transfer
from server.domain.told import about, told_by
from server.problems import Refused
from server.store.people import Person
from server.store.rooms import Stay
from server.store.transfers import Transfer


def refuse_to_send_home(act: Act, people: Iterable[Person]) -> None:
    """Who may not be planned to go home: a positive who is to be moved, and whoever is not released from the room they are in.

    An earlier release is allowed by name, and by the edition: in release_stay, not here. Of whom no isolation is known, none is asked.
    Refuses: return.is_positive, return.not_released.
    """
    for person in people:
        stay = act.loaded.around.stay_of(person.id)
        if _is_to_be_isolated(person, stay):
            raise Refused("return.is_positive", name=person.name)
        if stay and stay.kind != "monitoring" and stay.released_at is None:
            raise Refused("return.not_released", name=person.name)


def accept_return(act: Act, *, accepted_by: str) -> None:
    """The community takes these people back. Refuses: target.unknown, transfer.already_ended, transfer.already_accepted,
    person.name_missing."""
    transfer = _asked_return(act, accepted_by)
    if transfer.acceptance:
        raise Refused("transfer.already_accepted")
    transfer.acceptance = {"by": act.actor.id, "by_name": accepted_by, "at": act.at.isoformat()}
    _answer(act, transfer, accepted_by, "confirmed")
    settle(act, transfer)


def decline_return(act: Act, *, declined_by: str, reason: str) -> None:
    """The community does not take them (L-12: it wanted a younger test). The desk gets an item, and decides; people stay where they are.

    Also after it had accepted. Refuses: target.unknown, transfer.already_ended, person.name_missing, reason.missing.
    """
    transfer = _asked_return(act, declined_by)
    if not reason.strip():
        raise Refused("reason.missing")
    accepted, transfer.acceptance = transfer.acceptance, None
    _answer(act, transfer, declined_by, "refused", reason="other", note=reason)
    act.flag(
        "return.declined", [*([accepted] if accepted else []), {**told_by(act), "by_name": declined_by, "says": reason}], **about(transfer)
    )
    settle(act, transfer)


def _is_to_be_isolated(person: Person, stay: Stay | None) -> bool:
    """Whether this person is known to be positive and was not released as one."""
    if stay is None:
        return person.category in POSITIVES and person.state in WAITING
    return stay.referred_at is not None or turned_positive(stay.category, person.category)


def _asked_return(act: Act, name: str) -> Transfer:
    transfer = act.loaded.transfer(act.operation.target)
    if transfer is None or transfer.kind != "return" or not reaches_transfer(act, "returns.accept", transfer):
        raise Refused("target.unknown")
    if transfer.ended_at:
        raise Refused("transfer.already_ended")
    if not name.strip():
        raise Refused("person.name_missing")
    return transfer


def _answer(act: Act, transfer: Transfer, name: str, state: str, **more) -> None:
    calls = transfer.dock.get("calls", [])
    says = {**told_by(act), "by_name": name, "answered_by": name, "on_behalf": False, "state": state, "calls": calls}
    act.change(transfer, dock={**says, **more})
