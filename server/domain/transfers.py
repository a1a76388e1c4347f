"""Transfers as a desk makes and changes them: one vehicle, one group, one destination, rooms held in the same act."""

from datetime import datetime

from sqlalchemy import select

from server.domain import deadlines
from server.domain.acts import Act, new_id
from server.domain.categories import class_of_group
from server.domain.choosing_rooms import choose_rooms, hold
from server.domain.crews import refuse_unknown_crew, set_crew
from server.domain.custody import move_custody
from server.domain.destinations import Destination, destination_of
from server.domain.families import TOGETHER_REASON, refuse_parted_children, share_a_room
from server.domain.giving_rooms import let_go
from server.domain.permissions import extent
from server.domain.reach import transfer_in_reach
from server.domain.returns import refuse_to_send_home
from server.domain.steps import someone_aboard
from server.domain.stops import stops_for
from server.domain.told import about, told_by
from server.domain.vehicles import sendable_vehicle, set_state
from server.problems import Refused
from server.store.areas import Area
from server.store.people import Person
from server.store.rooms import Room
from server.store.transfers import Line, Transfer

KINDS = ("outbound", "return", "hospital", "site_to_site")
PRIORITIES = ("normal", "high", "emergency")


def make_transfer(
    act: Act,
    *,
    kind: str,
    people: list[str],
    destination: dict,
    vehicle: str | None = None,
    driver: str | None = None,
    escort: str | None = None,
    depart_at: datetime | None = None,
    backup_site: str | None = None,
    rooms: dict[str, str] | None = None,
    priority: str = "normal",
    repeats: dict | None = None,
    split_approved_by: str | None = None,
    split_reason: str | None = None,
    priority_passed_by: str | None = None,
    priority_reason: str | None = None,
    notes: str | None = None,
) -> str:
    """Plan a transfer and hold its rooms, vehicle and crew in the same act. Gives its id.

    `destination` is `{"kind": "site" | "hospital", "id"}`, `{"kind": "home", "id": community}` or
    `{"kind": "elsewhere", "name", "address", "phone"}`; `rooms` fixes rooms by person; whoever passes the
    priority of newly freed rooms says who allowed it and why. A vehicle or a driver may follow later.
    Refuses with the code of the rule that fails: people, return, categories, families, site, rooms, vehicle, crew. Nothing is held then.
    """
    if kind not in KINDS or priority not in PRIORITIES:
        raise Refused("request.unreadable")
    group = people_to_move(act, people, kind)
    category = class_of_group(group)
    if not (split_approved_by and split_reason):
        refuse_parted_children(act.work.session, group, act.at)
    goal = destination_of(act, destination, category)
    passes = bool(priority_passed_by and priority_reason)
    chosen = choose_rooms(act, goal.site, group, rooms, past_priority=passes) if goal.site else {}
    coach = sendable_vehicle(act, vehicle, len(group)) if vehicle else None
    refuse_unknown_crew(act, driver, escort)

    transfer = Transfer(
        id=new_id(),
        code=next_code(act),
        kind=kind,
        category=category,
        priority=priority,
        state="planned",
        area_id=responsible_area(act, group),
        vehicle_id=vehicle,
        backup_site_id=backup_site,
        origin_site_id=_origin_site(act, group),
        depart_at=depart_at,
        repeats=repeats,
        notes=noted(notes, (split_approved_by, split_reason), (priority_passed_by, priority_reason)),
        created_at=act.at,
        created_by=act.actor.id,
        crew_sees=True,
        site_sees=True,
        diverted=False,
        stops=[], dock={}, moments={}, handover={}, problems=[], emergencies=[], lines=[], crew=[],
        **goal.columns(),
    )  # fmt: skip
    transfer.desk_name, transfer.desk_phone = desk_of(act, transfer)
    transfer.deadline_at, transfer.deadline_rule = _deadline(act, kind, group)
    act.loaded.keep("transfer", transfer)
    act.add(transfer)
    _fill(act, transfer, group, chosen)
    if driver:
        set_crew(act, transfer, driver, escort)
    set_state(coach, "assigned", act.at)
    return transfer.id


def noted(notes: str | None, *words: tuple[str | None, str | None]) -> str | None:
    """The notes of a transfer with who allowed what of the usual rules, and why."""
    return " · ".join(filter(None, [notes, *(f"{by}: {why}" for by, why in words if by and why)])) or None


def people_to_move(act: Act, ids: list[str], kind: str) -> list[Person]:
    """The people of a new transfer, in the order given. Refuses: transfer.no_people, person.unknown, transfer.person_busy, and what
    refuse_to_send_home does."""
    if not ids:
        raise Refused("transfer.no_people")
    act.loaded.load({"person": ids})
    people = [act.loaded.get("person", id) for id in dict.fromkeys(ids)]
    for person in people:
        if person is None or person.merged_into or not _in_area(act, person):
            raise Refused("person.unknown")
    busy = select(Person.name, Transfer.code).join(Line, Line.person_id == Person.id).join(Transfer).where(Line.open)
    for name, code in act.work.session.execute(busy.where(Person.id.in_(ids)).limit(1)):
        raise Refused("transfer.person_busy", name=name, code=code)
    if kind == "return":
        refuse_to_send_home(act, people)
    return people


def responsible_area(act: Act, group: list[Person]) -> str | None:
    """The area whose desk answers for the transfer: the group's own, or of a mixed group the maker's."""
    areas = {person.responsible_area_id for person in group}
    return areas.pop() if len(areas) == 1 else act.actor.area_id


def next_code(act: Act) -> str:
    """The short name people say on the telephone: month and day, then a number that begins anew each day.

    On the same day of a later year it goes on from the last one: no code ever stands for two transfers.
    """
    day = act.at.astimezone(act.work.settings.time_zone).strftime("%m%d")
    known = select(Transfer.code).where(Transfer.code.like(f"{day}-%"))
    made = [row.code for row in act.loaded.all("transfer") if row.code.startswith(f"{day}-")]
    numbers = [int(code.split("-")[1]) for code in [*act.work.session.scalars(known), *made]]
    return f"{day}-{max(numbers, default=0) + 1:03}"


def reassign_transfer(act: Act, *, driver: str, escort: str | None = None, vehicle: str | None = None) -> None:
    """Give a transfer to another crew or vehicle. Refuses: target.unknown, transfer.already_ended, transfer.people_aboard
    (a crew that holds anyone is relieved instead), and what the vehicle's rules refuse."""
    transfer = changeable_transfer(act, "transfers.reassign")
    refuse_people_aboard(transfer)
    refuse_unknown_crew(act, driver, escort)
    if vehicle and vehicle != transfer.vehicle_id:
        coach = sendable_vehicle(act, vehicle, sum(line.open for line in transfer.lines))
        free_vehicle(act, transfer)
        transfer.vehicle_id, transfer.vehicle_check = vehicle, None
        set_state(coach, "assigned", act.at)
    set_crew(act, transfer, driver, escort)
    act.touch(transfer)


def relieve_crew(act: Act, *, driver: str, place: str, people: int, escort: str | None = None, vehicle: str | None = None) -> None:
    """Another crew takes over the people aboard, at a named place, with their count. A count that differs is shown.

    After a breakdown in another `vehicle` too; with people aboard it is not refused for its state or its seats, and that is shown.
    Refuses: target.unknown, transfer.already_ended, user.unknown, vehicle.unknown, vehicle.busy.
    """
    transfer = changeable_transfer(act, "transfers.reassign")
    aboard = [line for line in transfer.lines if line.state == "aboard"]
    refuse_unknown_crew(act, driver, escort)
    if vehicle and vehicle != transfer.vehicle_id:
        _change_over(act, transfer, vehicle, len(aboard))
    set_crew(act, transfer, driver, escort)
    for line in aboard:
        move_custody(act, line.person_id, "crew", driver, transfer.id)
    if people != len(aboard):
        says = [{"says": len(aboard)}, {"by": act.actor.id, "by_name": act.actor.name, "says": people, "at": act.at.isoformat()}]
        act.flag("relief.count_differs", says, transfer_id=transfer.id, site_id=transfer.site_id, area_id=transfer.area_id)
    told = {"id": act.operation.id, **told_by(act), "step": "move", "reason": "crew_relieved", "line": None, "note": place}
    told["resolved_at"] = act.at.isoformat()  # it is told, and stands in nobody's way
    transfer.problems = [*transfer.problems, told]
    act.touch(transfer)


def _change_over(act: Act, transfer: Transfer, vehicle: str, aboard: int) -> None:
    """The people change into another vehicle on the way; the one they leave is to be disinfected."""
    try:
        coach = sendable_vehicle(act, vehicle, aboard)
    except Refused as refusal:
        coach = act.loaded.get("vehicle", vehicle)
        if not aboard or refusal.code in ("vehicle.unknown", "vehicle.busy"):
            raise
        act.flag("gate.passed", [{**told_by(act), "says": coach.plate, "reason": refusal.code}], **about(transfer))
    free_vehicle(act, transfer)
    if aboard:
        set_state(act.loaded.get("vehicle", transfer.vehicle_id), "contaminated", act.at)
    transfer.vehicle_id, transfer.vehicle_check = vehicle, None
    set_state(coach, "loaded" if aboard else "assigned", act.at)


def cancel_transfer(act: Act, *, reason: str) -> None:
    """End a planned transfer: its people wait again, its rooms, vehicle and crew are free. One that repeats is the last of its series.

    Refuses: target.unknown, reason.missing, transfer.already_ended, transfer.people_aboard.
    """
    transfer = changeable_transfer(act, "transfers.cancel")
    if not reason.strip():
        raise Refused("reason.missing")
    refuse_people_aboard(transfer)
    waiting = [line for line in transfer.lines if line.open]
    for line in waiting:
        line.open, line.state, line.ended_at, line.outcome = False, "ended", act.at, "cancelled"
        line.person.state = "awaiting_transfer" if transfer.kind == "outbound" else line.person.state
    for line in waiting:
        let_go(act, transfer, line)
    free_vehicle(act, transfer)
    transfer.state, transfer.ended_at = "cancelled", act.at
    transfer.cancelled = {"at": act.at.isoformat(), "by": act.actor.id, "by_name": act.actor.name, "reason": reason}
    act.touch(transfer)


def divert_transfer(act: Act, *, reason: str, site: str | None = None, community: str | None = None) -> None:
    """Send a transfer to another site (the backup, or any open one) and hold rooms there; the first site's rooms are free again.
    A return may go to another `community` instead, which is then asked as the first one was.

    With people aboard no rule of the site stops it: they have to get out somewhere, and what the desk agreed on is kept and shown.
    Refuses: target.unknown, reason.missing, transfer.already_ended, site.unknown, and with nobody aboard what the site's rules refuse.
    """
    transfer = changeable_transfer(act, "transfers.reassign")
    if not reason.strip():
        raise Refused("reason.missing")
    going = [line for line in transfer.lines if line.open]
    if community and transfer.kind == "return":
        goal, chosen = destination_of(act, {"kind": "home", "id": community}, transfer.category), {}
    else:
        goal, chosen = _room_elsewhere(act, transfer, site, going)
    for line in going:
        let_go(act, transfer, line)
    for column, value in goal.columns().items():
        setattr(transfer, column, value)
    hold_lines(act, transfer, going, chosen)
    transfer.diverted, transfer.dock = True, {"state": "asked", "calls": transfer.dock.get("calls", []), "diverted_because": reason}
    transfer.acceptance = None
    act.touch(transfer)


def _room_elsewhere(act: Act, transfer: Transfer, site: str, going: list[Line]) -> tuple[Destination, dict[str, Room]]:
    """Another site and its rooms; with people aboard a site without rooms too, or one that is paused."""
    try:
        goal = destination_of(act, {"kind": "site", "id": site}, transfer.category)
        people, past_priority = [line.person for line in going], someone_aboard(transfer)
        return goal, choose_rooms(act, goal.site, people, past_priority=past_priority)
    except Refused as refusal:
        known = act.loaded.get("site", site)
        if known is None or not someone_aboard(transfer):
            raise
        act.flag("gate.passed", [{**told_by(act), "says": known.name, "reason": refusal.code}], **{**about(transfer), "site_id": known.id})
        return Destination("site", site=known), {}


def changeable_transfer(act: Act, permission: str) -> Transfer:
    """The transfer, if it has not ended, or has somebody aboard all the same: a coach that left before it heard of the end is still led.

    Refuses: target.unknown, transfer.already_ended.
    """
    transfer = transfer_in_reach(act, permission)
    if transfer.ended_at and not someone_aboard(transfer):
        raise Refused("transfer.already_ended")
    return transfer


def refuse_people_aboard(transfer: Transfer) -> None:
    """Refuses: transfer.people_aboard."""
    aboard = sum(line.state == "aboard" for line in transfer.lines)
    if aboard:
        raise Refused("transfer.people_aboard", people=aboard)


def free_vehicle(act: Act, transfer: Transfer) -> None:
    """The vehicle of a transfer that will not use it: clean if it never left, else to be disinfected."""
    vehicle = act.loaded.get("vehicle", transfer.vehicle_id)
    set_state(vehicle, "contaminated" if transfer.moments.get("at_pickup") else "clean_ready", act.at)


def hold_lines(act: Act, transfer: Transfer, lines: list[Line], rooms: dict[str, Room]) -> None:
    """Hold each line its room, and say why two share one."""
    sharing = share_a_room([line.person for line in lines], act.at)
    for line in lines:
        room = rooms.get(line.person_id)
        hold(act, transfer, line, room)
        if room and line.person_id in sharing and rooms.get(sharing[line.person_id]) is room:
            line.group_reason = TOGETHER_REASON
        act.touch(line)


def desk_of(act: Act, transfer: Transfer) -> tuple[str, str | None]:
    """Whom the crew calls: the responsible area's desk, else the one that made the transfer."""
    area = act.work.session.get(Area, transfer.area_id) if transfer.area_id else None
    return (f"{area.short}专班" if area else act.actor.name), None


def _fill(act: Act, transfer: Transfer, group: list[Person], rooms: dict[str, Room]) -> None:
    """Give the transfer its stops and its lines, in the order of the doors."""
    transfer.stops, stop_of, ordered = stops_for(act, transfer, group)
    for position, person in enumerate(ordered, start=1):
        line = Line(
            id=new_id(), transfer_id=transfer.id, person_id=person.id, position=position, stop_id=stop_of.get(person.id),
            state="expected", open=True, from_room_id=_room_left(act, person),
        )  # fmt: skip
        line.person = person
        transfer.lines.append(line)
        if person.state in ("listed", "verified", "awaiting_transfer"):
            person.state = "awaiting_transfer"
    hold_lines(act, transfer, transfer.lines, rooms)


def _in_area(act: Act, person: Person) -> bool:
    reach = extent(act.actor.role, "transfers.make")
    return reach == "all" or act.actor.role == "clock" or person.responsible_area_id == act.actor.area_id


def _deadline(act: Act, kind: str, group: list[Person]) -> tuple[datetime | None, str | None]:
    """By when those who wait are to be moved. When somebody was found says nothing about when they go home."""
    return (None, None) if kind == "return" else deadlines.of_group(group, act.work.settings.time_zone)


def _room_left(act: Act, person: Person) -> str | None:
    stay = act.loaded.around.stay_of(person.id)
    return stay.room_id if stay else None


def _origin_site(act: Act, group: list[Person]) -> str | None:
    """The site that the group leaves, where they are all held by one."""
    holders = {(custody.holder, custody.holder_id) for person in group if (custody := act.loaded.custody(person.id))}
    holder, id = holders.pop() if len(holders) == 1 else (None, None)
    return id if holder == "site" else None
