"""What goes wrong on the way: problems that block a step until they are solved, and emergencies, which nothing stops."""

from server.domain.acts import Act
from server.domain.progress import settle
from server.domain.told import line_of, told_by, witnessed_transfer
from server.problems import Refused


def report_problem(act: Act, *, step: str, reason: str, line: str | None = None, note: str | None = None) -> None:
    """Something stands in the way of a step. A fact: refuses target.unknown only."""
    transfer = witnessed_transfer(act)
    if line:
        line_of(transfer, line)
    told = {"id": act.operation.id, **told_by(act), "step": step, "reason": reason, "line": line, "note": note}
    act.put(transfer, "problems", act.operation.id, {**told, "resolved_at": None})
    settle(act, transfer)


def solve_problem(act: Act, *, problem: str, note: str | None = None) -> None:
    """The way is free again. Refuses: target.unknown."""
    transfer = witnessed_transfer(act)
    told = next((one for one in transfer.problems if one.get("id") == problem), None)
    if told is None:
        raise Refused("target.unknown")
    if not told.get("resolved_at"):
        solved = {"resolved_at": act.at.isoformat(), "resolved_by": act.actor.name, "solution": note}
        act.put(transfer, "problems", problem, {**told, **solved})
    settle(act, transfer)


def report_emergency(
    act: Act, *, line: str | None = None, called_120: bool = False, hospital: str | None = None, note: str | None = None
) -> None:
    """Somebody needs a doctor now. Heard in every state, by whoever tells it. A fact: refuses target.unknown only."""
    transfer = witnessed_transfer(act)
    if line:
        line_of(transfer, line)
    told = {"line": line, "called_120": called_120, "hospital": hospital, "note": note}
    act.put(transfer, "emergencies", act.operation.id, {"id": act.operation.id, **told_by(act), **told})
    settle(act, transfer)
