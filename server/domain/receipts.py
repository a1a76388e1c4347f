"""What was refused is put away by the one who sees it: read, and dealt with."""

from server.domain.acts import Act
from server.problems import Refused


def acknowledge_refusal(act: Act, *, operation: str) -> None:
    """The author has seen that an operation was not accepted. Again is no fault. Refuses: target.unknown."""
    said = act.work.said(operation)
    if said is None or said.author_id != act.actor.id or said.verdict not in ("refused", "held"):
        raise Refused("target.unknown")
    act.work.mark(operation, acknowledged_at=act.at)
    act.touched.add(("receipt", operation))
