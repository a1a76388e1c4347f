"""Step 5, the vehicle's moments: on its way, at the pick-up, people called down, left, at the site."""

from server.domain.acts import Act
from server.domain.gates import flag_gates
from server.domain.progress import settle
from server.domain.told import recorded_transfer, stands, told_by

MOMENTS = ("en_route", "at_pickup", "people_called", "left_pickup", "at_site")


def record_moment(act: Act, *, moment: str, stop: str | None = None, allowed_by: str | None = None) -> None:
    """The vehicle is on its way, at the pick-up, people called down, left, at the site. A fact: refuses target.unknown only.

    The first telling is the transfer's moment; of a round with several stops each stop keeps its own beside it (`stops`).
    """
    transfer = recorded_transfer(act)
    first = transfer.moments.get(moment)
    told = first["stops"].get(stop) if first and stop else first
    if stands(act, transfer, f"moment.{moment}", told):
        return
    flag_gates(act, transfer, moment, allowed_by, stop=stop)
    told = {**told_by(act), "allowed_by": allowed_by}
    at_stop = {stop: told} if stop else {}
    kept = {**first, "stops": {**first["stops"], **at_stop}} if first and stop else {**told, "stops": at_stop}
    act.put(transfer, "moments", moment, kept)
    settle(act, transfer)
