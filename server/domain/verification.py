"""Step 1: each person is verified at their door, or by telephone: identity, address, needs, and who stays behind."""

from server.domain.acts import Act
from server.domain.gates import someone_cares
from server.domain.progress import settle
from server.domain.told import about, crew_standing, line_of, recorded_transfer, told_by
from server.store.people import Person
from server.store.transfers import Line, Transfer

ADDRESS_FIELDS = ("compound", "building", "unit", "room")


def verify_person(act: Act, *, line: str, address: dict | None = None, needs: list[str], **answers) -> None:
    """What was asked of one person. A check: what is missing is a warning on it. Refuses target.unknown only.

    `answers` are those of PROTOCOL §4. Needs are added to those known. An address is `{field: {was, now}}`: where somebody has changed
    the same field since the person looked (`was` is stale), both are kept and shown, and the newer one stands.
    `stays_behind` and `pets` are None where nobody could be asked. Whether the person agrees is told here; that somebody is absent or
    refuses is an outcome, and told as such.
    """
    transfer = recorded_transfer(act)
    row = line_of(transfer, line)
    told = {**told_by(act), "needs": needs, "address": address, **answers}
    told["missing"] = missing_answers(told, leaves_home=transfer.kind != "return")
    told["complete"] = not told["missing"]
    _flag_missing(act, transfer, row, told)
    _change_address(act, transfer, row, address or {})
    _add_needs(act, row.person, needs)
    if _supersedes(act, transfer, row, told):
        act.change(row, verified=told)
        if row.person.state == "listed":
            act.change(row.person, state="verified")
    settle(act, transfer)


def missing_answers(told: dict, leaves_home: bool = True) -> list[str]:
    """What a verification still lacks (the same as `isComplete` in static/app/rules/checks.ts). Who is on the way home leaves nobody
    behind: they are not asked who does."""
    missing = ["identity"] if len(set(told["identity"])) < 2 else []
    missing += [name for name in ("sources_agree", "address_read_back", "told") if not told[name]]
    if told["agrees"] != "agrees":
        missing.append("agrees")
    return missing if not leaves_home or someone_cares(told) else [*missing, "carer"]


def _flag_missing(act: Act, transfer: Transfer, row: Line, told: dict) -> None:
    asked = told["stays_behind"] is not None
    if asked and "carer" in told["missing"]:
        act.flag("dependant.without_carer", [{**told_by(act), "says": told["stays_behind"]}], **about(transfer, row))
    others = [name for name in told["missing"] if name != "carer" or not asked]
    if others:
        act.flag("check.incomplete", [{**told_by(act), "says": "verify_person", "missing": others}], **about(transfer, row))


def _change_address(act: Act, transfer: Transfer, row: Line, edits: dict) -> None:
    for field, edit in edits.items():
        now = getattr(row.person, field)
        if now == edit["now"]:
            continue
        if now == edit["was"]:
            act.change(row.person, **{field: edit["now"]})
            act.touch(transfer)
        else:
            says = [{"says": {field: now}}, {**told_by(act), "says": {field: edit["now"]}, "was": edit["was"]}]
            act.flag("address.changed_by_two", says, **about(transfer, row))


def _add_needs(act: Act, person: Person, codes: list[str]) -> None:
    known = {need["code"] for need in person.needs}
    new = [{"code": code, "detail": None} for code in dict.fromkeys(codes) if code not in known]
    if new:
        act.change(person, needs=[*person.needs, *new])


def _supersedes(act: Act, transfer: Transfer, row: Line, told: dict) -> bool:
    """A later check of the same crew takes the place of an earlier one; one of a relieved crew does not. Who disagree are shown."""
    before = row.verified
    if not before or before["by"] == act.actor.id:
        return True
    standings = crew_standing(transfer, before["by"]), crew_standing(transfer, act.actor.id)
    differs = any(before.get(name) != told.get(name) for name in ("agrees", "stays_behind", "sources_agree"))
    if set(standings) == {"present", "former"}:
        act.flag("told_by_two_crews", [before, told], **about(transfer, row))
        return standings[1] == "present"
    if differs:
        act.flag("told_differently", [before, told], **about(transfer, row))
    return True
