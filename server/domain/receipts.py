"""What was refused is put away by the one who sees it: read, and dealt with."""

from server.domain.acts import Act
from server.problems import Refused


def acknowledge_refusal(act: Act, *, operation: str) -> None:
    """The author has seen that an operation was not accepted. Again is no fault. Refuses: target.unknown, also of what is held: that is
    still to be judged."""
    said = act.work.said(operation)
    if said is None or said.author_id != act.actor.id or said.verdict != "refused":
        raise Refused("target.unknown")
    act.work.mark(operation, acknowledged_at=act.at)
    act.touched.add(("receipt", operation))
