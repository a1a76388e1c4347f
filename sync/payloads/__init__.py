"""What a phone may send: the shape of each operation's `args`, one file per noun."""

from sync.payloads import docking, handovers, moves, own_operations, readiness, reports, rooms, routes, verification

PAYLOADS = {
    **verification.PAYLOADS,
    **docking.PAYLOADS,
    **readiness.PAYLOADS,
    **routes.PAYLOADS,
    **moves.PAYLOADS,
    **handovers.PAYLOADS,
    **reports.PAYLOADS,
    **rooms.PAYLOADS,
    **own_operations.PAYLOADS,
}
