"""Step 4: the order of the stops, the time it takes, the night stop looked at, and where to go if the site refuses."""

from server.domain.acts import Act
from server.domain.progress import settle
from server.domain.readiness import check_stands
from server.domain.told import about, recorded_transfer, told_by


def plan_route(
    act: Act,
    *,
    stops: list[str],
    minutes: int,
    km: float | None = None,
    weather: str | None = None,
    night_checked: bool = False,
    backup_site: str | None = None,
    pass_no: str | None = None,
    note: str | None = None,
) -> None:
    """The route card. A check: a stop left out, or the night stop not looked at, is a warning. Refuses target.unknown only."""
    transfer = recorded_transfer(act)
    told = {
        **told_by(act),
        "stops": stops,
        "minutes": minutes,
        "km": km,
        "weather": weather,
        "night_checked": night_checked,
        "backup_site": backup_site,
        "pass_no": pass_no,
        "note": note,
    }
    missing = [] if night_checked else ["night_checked"]
    if not {stop["id"] for stop in transfer.stops} <= set(stops):
        missing.append("stops")
    if missing:
        act.flag("check.incomplete", [{**told_by(act), "says": "plan_route", "missing": missing}], **about(transfer))
    if check_stands(act, transfer, transfer.route, told):
        act.change(transfer, route=told)
    settle(act, transfer)
