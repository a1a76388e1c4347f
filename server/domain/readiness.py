"""Step 3: the vehicle's list is gone through by somebody else than who sets it up, and everybody's protection is on."""

from datetime import datetime

from server.domain.acts import Act
from server.domain.progress import settle
from server.domain.told import about, crew_standing, recorded_transfer, told_by
from server.store.transfers import Transfer

# Domain §5, F3.
ITEMS = (
    "partition_sealed", "vents_work", "waste_place", "vomit_kit", "disinfectant", "hand_rub", "masks", "spare_ppe", "fuel", "heating",
    "seat_belts", "fire_extinguisher", "first_aid", "phone_charger", "printed_list", "pass", "disinfected", "driver_hours",
)  # fmt: skip


def check_vehicle(
    act: Act,
    *,
    items: dict[str, bool],
    ppe: list[dict],
    checker_kind: str,
    checker_name: str,
    note: str | None = None,
) -> None:
    """The readiness list of the vehicle. A check: an item that was not ticked is missing, nothing is taken for granted.

    `ppe` is `[{"user", "on_at"}]`. Refuses target.unknown only. Flags what is missing, protection that nobody has put on, and a checker
    who is the person that recorded it. What a commander let pass stays let pass.
    """
    transfer = recorded_transfer(act)
    told = {
        **told_by(act),
        "items": items,
        "missing": [item for item in ITEMS if items.get(item) is not True],
        "ppe": [{"user": one["user"], "on_at": _text(one["on_at"])} for one in ppe],
        "checker_kind": checker_kind,
        "checker_name": checker_name,
        "note": note,
        "overrides": (transfer.vehicle_check or {}).get("overrides", {}),
    }
    told["without_ppe"] = _without_ppe(transfer, ppe)
    if told["missing"] or told["without_ppe"]:
        says = {**told_by(act), "says": "check_vehicle", "missing": told["missing"], "without_ppe": told["without_ppe"]}
        act.flag("check.incomplete", [says], **about(transfer))
    if checker_kind == "crew" and checker_name.strip() == act.actor.name.strip():
        act.flag("checker.same_person", [{**told_by(act), "says": checker_name}], **about(transfer))
    if check_stands(act, transfer, transfer.vehicle_check, told):
        act.change(transfer, vehicle_check=told)
    settle(act, transfer)


def check_stands(act: Act, transfer: Transfer, before: dict | None, told: dict) -> bool:
    """A later check takes the place of an earlier one, but that of a relieved crew does not take the present crew's."""
    before_standing, standing = crew_standing(transfer, (before or {}).get("by")), crew_standing(transfer, act.actor.id)
    if before and {before_standing, standing} == {"present", "former"}:
        act.flag("told_by_two_crews", [before, told], **about(transfer))
        return standing == "present"
    return True


def _without_ppe(transfer: Transfer, ppe: list[dict]) -> list[str]:
    """Names of the crew for whom no protection was recorded."""
    dressed = {one["user"] for one in ppe}
    return [member.user.name for member in transfer.crew if member.to_at is None and member.user_id not in dressed]


def _text(moment: datetime | str) -> str:
    return moment if isinstance(moment, str) else moment.isoformat()
