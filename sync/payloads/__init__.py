"""What a phone may send: the shape of each operation's `args`, one file per noun, and how older versions are brought up to it.

A payload that changes gets an up-caster: a function from the `args` of the version before to those of the next. Its version is one more
than the number of its up-casters. Every version that was ever shipped is read for good: tests/contract/shipped holds their bytes.
"""

from collections.abc import Callable

from sync.payloads import docking, handovers, moves, own_operations, readiness, reports, rooms, routes, stays, verification, waste

PAYLOADS = {
    **verification.PAYLOADS,
    **docking.PAYLOADS,
    **readiness.PAYLOADS,
    **routes.PAYLOADS,
    **moves.PAYLOADS,
    **handovers.PAYLOADS,
    **reports.PAYLOADS,
    **rooms.PAYLOADS,
    **waste.PAYLOADS,
    **stays.PAYLOADS,
    **own_operations.PAYLOADS,
}

UpCast = Callable[[dict], dict]
UPCASTS: dict[str, list[UpCast]] = {**docking.UPCASTS, **handovers.UPCASTS, **rooms.UPCASTS}


def version_of(type: str) -> int:
    """The version of a type that this server writes of and reads without up-casting."""
    return 1 + len(UPCASTS.get(type, ()))


def brought_up(type: str, version: int, args: dict) -> dict:
    """The arguments of an older version as the newest says them."""
    for step in UPCASTS.get(type, ())[version - 1 :]:
        args = step(args)
    return args
