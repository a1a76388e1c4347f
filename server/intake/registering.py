"""From what a row says to what a verb is told: people of lists, and the rows of each ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.intake.keeping import cut
from server.intake.ledger_words import SITE_DAYS
from server.store.imports import ImportFile, ImportRow

KEPT_BESIDE = (
    "index_name",
    "relation",
    "street",
    "community",
    "destination",
    "contact_name",
    "ct_n",
    "ct_orf",
    "temperature",
    "symptoms",
    "id_type",
    "phone_written",
    "detected_at_written",
)
FOUND = {True: "under_control", False: "community"}
STAGE_OF = {"opened_on": "open"}
STAFF = {"partner_city_desk": "partner_desk", "city_desk": "dispatcher"}


class Places:
    """Areas by name and short name, compounds by area and name: read once for a file."""

    def __init__(self, areas: dict[str, str], compounds: dict[tuple[str, str], str], zone: ZoneInfo):
        self.areas, self.compounds, self.zone = areas, compounds, zone

    def area(self, name: str | None) -> str | None:
        return self.areas.get(name or "")

    def compound(self, area_id: str | None, name: str | None) -> str | None:
        return self.compounds.get((area_id or "", name or ""))


def person_said(values: dict[str, Any], row: ImportRow, file: ImportFile, places: Places) -> dict[str, Any]:
    """What `list_person` is told of a list's row. The ID number goes sealed, as it is kept."""
    home = places.area(values.get("area")) or file.area_id
    key = values.get("address_key")
    return {
        "name": cut(values.get("name"), 60),
        **_identity(values, row),
        **_body(values, places.zone),
        "second_phone": values.get("second_phone"),
        "home_area_id": home,
        "pickup_area_id": file.area_id or home,
        "responsible_area_id": file.area_id or home,
        "community_id": places.compound(home, values.get("compound")) or places.compound(file.area_id, values.get("compound")),
        **_some(values, compound=60, building=20, unit=20, room=20, address=200),
        "address_key": cut(key, 160) or None,
        "door": cut(f"{home or ''}|{row.household}", 160) if row.household else None,
        "case_type": values.get("case_type"),
        "found": FOUND.get(values.get("found_under_control")),
        "detected_at": values.get("detected_at"),
        "sampled_at": values.get("sample_at"),
        "last_exposed_on": _day(values.get("last_exposure_at"), places.zone),
        "needs": values.get("needs") or [],
        "words": "；".join(values.get("words_kept") or []) or None,
        "extra": {name: values[name] for name in KEPT_BESIDE if values.get(name)},
    }  # fmt: skip


def _identity(values: dict[str, Any], row: ImportRow) -> dict[str, Any]:
    written = values.get("id_number") or values.get("id_written")
    return {"id_sealed": row.id_sealed, "id_key": row.id_key, "id_tail": written[-4:] if written else None}


def _body(values: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "sex": values.get("sex"),
        "birth_date": _day(values.get("birth_date"), zone),
        "birth_year": values.get("birth_year"),
        "phone": cut(values.get("phone"), 20),
        "category": values.get("category"),
    }


def _day(moment: date | datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment


# ---- ledgers: (verb, what it is told) ----


def _area(values: dict, row: ImportRow, places: Places) -> dict:
    return {
        **_some(values, name=40, short=20, adcode=6),
        **_as_is(values, "lat", "lng", "tier"),
        **_told(values, "population", "rooms_per_10k"),
        "kind": values["kind"] or "district",
        "tier_from": _day(values["tier_from"], places.zone),
        "partner": values["partner_city"],
    }


def _community(values: dict, row: ImportRow, places: Places) -> dict:
    return {**_some(values, area=40, name=60, contact_name=40, contact_phone=20), **_as_is(values, "lat", "lng")}


def _site(values: dict, row: ImportRow, places: Places) -> dict:
    facilities = (
        "rooms_total",
        "beds_total",
        "aircon",
        "own_bathroom",
        "accepts_family",
        "barrier_free_rooms",
        "accepts_case_types",
        "datum",
    )
    return {
        **_some(values, code=20, name=80, area=40, head_name=40, head_phone=20, duty_phone=20),
        **_as_is(values, "lat", "lng"),
        "address": cut(values["address"], 200) or "",
        "kind": values["kind"] or "other",
        "state": values["state"] or "candidate",
        "accepts": values["accepts"] or [],
        "facilities": {name: values[name] for name in facilities if values.get(name) is not None},
        **_told(values, "legal_basis"),
        **_stages(values, places.zone),
    }


def _stages(values: dict, zone: ZoneInfo) -> dict:
    """The days of a site's stages, as far as the ledger has columns for them."""
    reached = {STAGE_OF.get(name, name.removesuffix("_on")): values[name] for name in SITE_DAYS if values.get(name)}
    opens = reached.pop("opens", None)
    return {
        "stages": {stage: _day(day, zone) for stage, day in reached.items()},
        "opens_on": _day(opens, zone),
        "stage_owner": cut(values.get("stage_owner"), 40),
    }


def _told(values: dict, *names: str) -> dict:
    """What this ledger says; where it has no such column, what is known stays."""
    return {name: values[name] for name in names if values.get(name) is not None}


def _place(values: dict) -> dict:
    return _some(values, site=80, building=30, floor=20, number=20)


def _room(values: dict, row: ImportRow, places: Places) -> dict:
    return {**_place(values), **_as_is(values, "own_bathroom"), "kind": values["kind"] or "single"}


def _room_state(values: dict, row: ImportRow, places: Places) -> dict:
    return {**_place(values), "state": values["state"], "since": values["state_since"], "reason": cut(values["reason"], 200)}


def _occupant(values: dict, row: ImportRow, places: Places) -> dict:
    area = places.area(values["area"])
    at = values["checked_in_at"]
    born = values.get("birth_date")
    year = born.year if born else (at.year - values["age"] if at and values["age"] is not None else None)
    return {
        **_place(values),
        **_identity(values, row),
        **_body({**values, "birth_year": year}, places.zone),
        "name": cut(values["name"], 60),
        "case_type": values["case_type"],
        "home_area_id": area,
        "pickup_area_id": area,
        "responsible_area_id": area,
        "checked_in_at": at,
        "last_exposed_on": _day(values["last_exposure_at"], places.zone),
    }


def _vehicle(values: dict, row: ImportRow, places: Places) -> dict:
    return {
        **_some(values, plate=20, area=40, owner=60),
        "kind": values["kind"] or "coach",
        "seats": values["seats"] or 0,
        "state": values["state"] or "clean_ready",
        "partition": values["cab_partition"],
        "last_disinfected_at": values["last_disinfected_at"],
        "facts": {name: values[name] for name in ("licensed", "lat", "lng") if values[name] is not None},
    }


def _staff(values: dict, row: ImportRow, places: Places) -> dict:
    facts = {"licence": values["licence"], "last_test_on": values["last_test_on"] and str(values["last_test_on"])}
    role = STAFF.get(values["role"], values["role"])
    return {**_some(values, name=60, phone=20), "role": role, "unit": values["unit"], "facts": facts}


def _hospital(values: dict, row: ImportRow, places: Places) -> dict:
    return {
        **_some(values, name=80, area=40, phone=20),
        **_as_is(values, "lat", "lng", "checked_at"),
        "address": cut(values["address"], 200) or "",
        "colour": values["colour"] or "green",
        "services": values["services"] or [],
        "how_to_get_there": values["how_to_get_there"] or "",
        "admission": values["admission"] or "",
    }


def _some(values: dict, **lengths: int) -> dict:
    return {name: cut(values.get(name), length) for name, length in lengths.items()}


def _as_is(values: dict, *names: str) -> dict:
    return {name: values.get(name) for name in names}


LEDGER_VERBS: dict[str, tuple[str, Callable[[dict, ImportRow, Places], dict]]] = {
    "areas": ("save_area", _area),
    "communities": ("save_community", _community),
    "sites": ("save_site", _site),
    "rooms": ("save_room", _room),
    "room_states": ("save_room_state", _room_state),
    "vehicles": ("save_vehicle", _vehicle),
    "staff": ("save_staff", _staff),
    "hospitals": ("save_hospital", _hospital),
    "occupants": ("save_occupant", _occupant),
}
ORDER = (*LEDGER_VERBS, "list")  # what is named first is needed by what follows
