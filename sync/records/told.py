"""How a phone sees what was told: by name, with the fields that PROTOCOL §5 lists, and nothing else that the office keeps beside it."""

from server.domain.docking import PARTS


def shown(told: dict | None, *fields: str) -> dict | None:
    """A kept fact as `{"at", "by", …fields}`; `by` is the name of who said so."""
    if not told:
        return None
    return {"at": told.get("at"), "by": told.get("by_name"), **{field: told.get(field) for field in fields}}


def shown_all(told: list[dict], *fields: str) -> list[dict]:
    return [shown(one, *fields) for one in told]


def dock_body(dock: dict) -> dict:
    """What the site said; `ready` only where it was asked: beds, rooms, staff, and by when what is not ready will be."""
    ready = {part: {"ready": dock[f"{part}_ready"], "at": dock.get(f"{part}_ready_at")} for part in PARTS if f"{part}_ready" in dock}
    return {
        "state": dock.get("state", "asked"),
        **{field: dock.get(field) for field in ("answered_by", "at", "rooms_promised", "reason", "gate")},
        "on_behalf": bool(dock.get("on_behalf")),
        "ready": ready or None,
        "calls": shown_all(dock.get("calls", []), "number", "answered_by", "result", "rooms_promised"),
    }


def check_body(check: dict | None) -> dict | None:
    """The vehicle's list, with what a commander let pass as a list."""
    if not check:
        return None
    passed = [{"item": item, **shown(given, "reason")} for item, given in (check.get("overrides") or {}).items()]
    return {**shown(check, "items", "missing", "ppe", "checker_kind", "checker_name"), "overrides": passed}


def moments_body(moments: dict) -> dict:
    names = ("en_route", "at_pickup", "people_called", "left_pickup", "at_site")
    return {name: moment_body(moments.get(name)) for name in names}


def moment_body(moment: dict | None) -> dict | None:
    """The first telling of a moment, and beside it each stop's own."""
    if not moment:
        return None
    at_stops = {stop: shown(told, "allowed_by") for stop, told in (moment.get("stops") or {}).items()}
    return {**shown(moment, "allowed_by"), "stops": at_stops}


def handover_body(handover: dict) -> dict:
    sides = {side: shown(handover.get(side), "lines", "counterpart") for side in ("crew", "site")}
    return {**sides, "closed_at": handover.get("closed_at")}


def problems_body(problems: list[dict]) -> list[dict]:
    return shown_all(problems, "id", "step", "reason", "line", "note", "resolved_at")


def emergencies_body(emergencies: list[dict]) -> list[dict]:
    return shown_all(emergencies, "id", "line", "called_120", "hospital", "note")


def verified_body(verified: dict | None, for_crew: bool) -> dict | None:
    """Who stays behind at home, and who cares for them, is not the site's to know."""
    body = shown(verified, "agrees", "stays_behind", "complete", "missing")
    return body if for_crew or body is None else {**body, "stays_behind": None}


def received_body(received: dict | None) -> dict | None:
    return shown(received, "outcome", "room", "side")


def route_body(route: dict | None) -> dict | None:
    return shown(route, "stops", "minutes", "km", "night_checked", "weather", "backup_site")


def disinfection_body(told: dict | None) -> dict | None:
    fields = ("agent", "strength_mg_l", "contact_minutes", "aired_minutes", "by_name", "place")
    return {**shown(told, *fields), "by": told.get("told_by")} if told else None
