"""Who may do what, and over how much of the register: the table that routes, verbs and tests read.

Extents: `all` · `area` the user's own area (its people, its transfers) · `site` the user's one site · `sites` the sites of the user's
area (a partner city's desk) · `own` the transfers the user is or was in the crew of · `compounds` those a community worker looks after.
"""

EXTENTS = ("own", "compounds", "site", "sites", "area", "all")

ROLES = (
    "driver",
    "escort",
    "receiver",
    "site_head",
    "community_worker",
    "district_desk",
    "partner_desk",
    "dispatcher",
    "commander",
    "auditor",
    "administrator",
)

_DRIVER = {
    "transfers.read": "own",
    "transfers.record": "own",
    "people.read": "own",
    "phone.use": "own",
    "conflicts.read": "own",
    "hospitals.read": "all",
}
_RECEIVER = {
    "transfers.read": "site",
    "people.read": "site",
    "docking.answer": "site",
    "reception.record": "site",
    "sites.read": "site",
    "rooms.record": "site",
    "stays.read": "site",
    "stays.record": "site",
    "stays.release": "site",
    "conflicts.read": "site",
    "conflicts.propose": "site",
    "phone.use": "own",
    "hospitals.read": "all",
}
_DESK = {
    "today.read": "area",
    "people.read": "area",
    "people.edit": "area",
    "people.reveal": "area",
    "transfers.read": "area",
    "transfers.make": "area",
    "transfers.reassign": "area",
    "transfers.cancel": "area",
    "transfers.record": "area",
    "sites.read": "all",
    "sites.plan": "area",
    "sites.run": "area",
    "stays.read": "area",
    "stays.record": "area",
    "stays.release": "area",
    "vehicles.read": "all",
    "vehicles.edit": "area",
    "conflicts.read": "area",
    "conflicts.resolve": "area",
    "imports.run": "area",
    "imports.read": "area",
    "phones.read": "area",
    "copies.read_in": "all",
    "hospitals.read": "all",
}
_CITY_DESK = {
    **{permission: "all" for permission in _DESK},
    "sites.open": "all",
    "rooms.record": "all",
    "docking.answer": "all",
    "packs.choose": "all",
    "returns.accept": "all",
    "doors.log": "all",
    "plan.set": "all",
}

PERMISSIONS: dict[str, dict[str, str]] = {
    "driver": _DRIVER,
    "escort": _DRIVER,
    "receiver": _RECEIVER,
    "site_head": {**_RECEIVER, "sites.open": "site", "sites.run": "site", "rooms.count": "site"},
    "community_worker": {
        "people.read_masked": "compounds",
        "returns.accept": "compounds",
        "reception.record": "compounds",
        "doors.log": "compounds",
        "transfers.read": "compounds",
        "hospitals.read": "all",
    },
    "district_desk": _DESK,
    "partner_desk": {
        "people.read": "sites",
        "transfers.read": "sites",
        "docking.answer": "sites",
        "sites.read": "sites",
        "sites.run": "sites",
        "rooms.record": "sites",
        "stays.read": "sites",
        "stays.record": "sites",
        "stays.release": "sites",
        "conflicts.read": "sites",
        "conflicts.propose": "sites",
        "hospitals.read": "all",
    },
    "dispatcher": _CITY_DESK,
    "commander": {
        "today.read": "all",
        "people.read_masked": "all",
        "stays.read": "all",
        "transfers.read": "all",
        "readiness.override": "all",
        "sites.read": "all",
        "vehicles.read": "all",
        "conflicts.read": "all",
        "imports.read": "all",
        "phones.read": "all",
        "day.close": "all",
        "plan.set": "all",
        "hospitals.read": "all",
    },
    "auditor": {
        "today.read": "all",
        "people.read_masked": "all",
        "stays.read": "all",
        "transfers.read": "all",
        "sites.read": "all",
        "vehicles.read": "all",
        "conflicts.read": "all",
        "imports.read": "all",
        "phones.read": "all",
        "audit.read": "all",
        "hospitals.read": "all",
    },
    "administrator": {"users.manage": "all", "phones.manage": "all", "phones.read": "all", "settings.manage": "all"},
}


def extent(role: str | None, permission: str) -> str | None:
    """Over how much a role has a permission, or None when it has not."""
    return PERMISSIONS.get(role or "", {}).get(permission)
