"""After the trip: the vehicle is disinfected and aired, without which it is not sent again (S0-23)."""

from datetime import timedelta

from server.domain.acts import Act
from server.domain.progress import empty_since, settle
from server.domain.rule_packs import pack_on
from server.domain.told import about, recorded_transfer, stands, told_by
from server.domain.vehicles import AWAY, last_used_at
from server.store.transfers import Transfer, Vehicle

TO_BE_CLEANED = ("at_site", "loaded", "contaminated", "disinfecting", "aerating", "checked")


def disinfect_vehicle(
    act: Act,
    *,
    agent: str,
    strength_mg_l: int | None = None,
    contact_minutes: int,
    aired_minutes: int,
    by_name: str,
    place: str,
) -> None:
    """The vehicle was disinfected and aired, ending now. A fact: refuses target.unknown only.

    It is clean only when the minutes reach those of the rule pack of that day and fit between the moment when the last person left it
    and now, for a phone's claim counts no further than both times support. Else the record is kept and flagged, and the vehicle is
    `disinfecting` until a whole record comes.
    """
    transfer = recorded_transfer(act)
    told = {
        **told_by(act),
        "agent": agent,
        "strength_mg_l": strength_mg_l,
        "contact_minutes": contact_minutes,
        "aired_minutes": aired_minutes,
        "by_name": by_name,
        "place": place,
        "told_by": act.actor.name,
    }
    before = transfer.disinfection
    if before and before["enough"] and stands(act, transfer, "disinfected", before, agent=agent, place=place):
        return
    short = _falls_short(act, transfer, told)
    told["enough"] = not short
    if short:
        act.flag("disinfection.too_little", [{**told, "says": short}], **about(transfer))
    act.change(transfer, disinfection=told)
    vehicle = act.loaded.get("vehicle", transfer.vehicle_id)
    if vehicle and _is_about_its_last_trip(act, transfer, vehicle):
        _move_on(act, transfer, vehicle, clean=not short)
    settle(act, transfer)


def _falls_short(act: Act, transfer: Transfer, told: dict) -> list[str]:
    """What is less than the rule pack asks for, or than the times support."""
    least = pack_on(act.at.astimezone(act.work.settings.time_zone).date()).disinfection[told["agent"]]
    short = [name for name in ("contact_minutes", "aired_minutes") if told[name] < getattr(least, name)]
    if least.strength_mg_l and (told["strength_mg_l"] or 0) < least.strength_mg_l:
        short.append("strength_mg_l")
    since = empty_since(transfer)
    if since and act.at - since < timedelta(minutes=told["contact_minutes"] + told["aired_minutes"]):
        short.append("time_since_the_last_person")
    return short


def _is_about_its_last_trip(act: Act, transfer: Transfer, vehicle: Vehicle) -> bool:
    """Whether the vehicle has waited for this record: nobody is aboard, and it has not been on another trip since."""
    if any(line.state == "aboard" for line in transfer.lines):
        return False
    if vehicle.state in AWAY:
        used = last_used_at(act, vehicle)
        return used is None or act.at >= used
    if vehicle.state not in TO_BE_CLEANED:
        return False
    return transfer.ended_at is None or vehicle.since is None or act.at >= vehicle.since


def _move_on(act: Act, transfer: Transfer, vehicle: Vehicle, clean: bool) -> None:
    """A clean vehicle can be sent again; one that is out of service stays so, and is clean when it comes back."""
    if clean:
        act.change(vehicle, last_disinfected_at=act.at, last_category=transfer.category)
    if vehicle.state in AWAY:
        return
    if clean:
        act.change(vehicle, state="clean_ready", since=act.at, reason=None)
    else:
        act.change(vehicle, state="disinfecting", since=act.at, reason=None)
