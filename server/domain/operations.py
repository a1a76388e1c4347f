"""The catalogue of operations: what each one is, who may call it, and the verb that does it.

class `fact`: never refused for a rule, a state or a time · `check`: a fact about a list · `decision`: refused when its rule fails.
"""

from collections.abc import Callable
from dataclasses import dataclass

from server.domain import ledgers, moves, people, users


@dataclass(frozen=True)
class Kind:
    """One type of operation. `noun` says what its target is, so that a batch's targets are loaded together."""

    kind: str
    noun: str | None
    needs: str | None
    verb: Callable


def fact(noun: str | None, needs: str | None, verb: Callable) -> Kind:
    return Kind("fact", noun, needs, verb)


def check(noun: str | None, needs: str | None, verb: Callable) -> Kind:
    return Kind("check", noun, needs, verb)


def decision(noun: str | None, needs: str | None, verb: Callable) -> Kind:
    return Kind("decision", noun, needs, verb)


OPERATIONS: dict[str, Kind] = {
    # the register
    "save_area": decision(None, "imports.run", ledgers.save_area),
    "save_community": decision(None, "imports.run", ledgers.save_community),
    "save_site": decision(None, "imports.run", ledgers.save_site),
    "save_room": decision(None, "imports.run", ledgers.save_room),
    "save_vehicle": decision(None, "imports.run", ledgers.save_vehicle),
    "save_hospital": decision(None, "imports.run", ledgers.save_hospital),
    "list_person": decision(None, "imports.run", people.list_person),
    "add_user": decision(None, "users.manage", users.add_user),
    # step 5
    "record_moment": fact("transfer", "transfers.record", moves.record_moment),
    "board_person": fact("transfer", "transfers.record", moves.board_person),
}
