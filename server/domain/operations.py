"""The catalogue of operations: what each one is, who may call it, and the verb that does it.

class `fact`: never refused for a rule, a state or a time · `check`: a fact about a list · `decision`: refused when its rule fails.
"""

from collections.abc import Callable
from dataclasses import dataclass

from server.domain import (
    activation,
    after_release,
    assumptions,
    boarding,
    care,
    conflicts,
    contacts,
    copies,
    disinfection,
    docking,
    freed_rooms,
    handovers,
    health_rounds,
    histories,
    imports,
    ledgers,
    merging,
    moves,
    occupants,
    overrides,
    pack_choices,
    passing,
    people,
    phone_settings,
    putting_down,
    readiness,
    receipts,
    reception,
    releases,
    releasing,
    reports,
    returns,
    room_counts,
    room_targets,
    rooms,
    routes,
    site_checks,
    site_days,
    site_duty,
    site_stages,
    stay_tests,
    transfers,
    users,
    vehicles,
    verification,
    walk_ins,
    waste,
    withdrawing,
)


@dataclass(frozen=True)
class Kind:
    """One type of operation. `noun` says what its target is, so that a batch's targets are loaded together."""

    kind: str
    noun: str | None
    needs: str | None
    verb: Callable


def fact(noun: str | None, needs: str | None, verb: Callable) -> Kind:
    """What a person saw happen: never refused for a rule. `needs` is a permission."""
    return Kind("fact", noun, needs, verb)


def check(noun: str | None, needs: str | None, verb: Callable) -> Kind:
    """A step that somebody looked through: kept like a fact, and it may lack something."""
    return Kind("check", noun, needs, verb)


def decision(noun: str | None, needs: str | None, verb: Callable) -> Kind:
    """What somebody wants: refused where a rule or their reach does not allow it."""
    return Kind("decision", noun, needs, verb)


OPERATIONS: dict[str, Kind] = {
    # the register
    "save_area": decision(None, "imports.run", ledgers.save_area),
    "save_community": decision(None, "imports.run", ledgers.save_community),
    "save_site": decision(None, "imports.run", ledgers.save_site),
    "save_room": decision(None, "imports.run", ledgers.save_room),
    "save_vehicle": decision(None, "imports.run", ledgers.save_vehicle),
    "save_hospital": decision(None, "imports.run", ledgers.save_hospital),
    "save_contact": decision(None, "imports.run", contacts.save_contact),
    "remove_contact": decision(None, "imports.run", contacts.remove_contact),
    "list_person": decision(None, "imports.run", people.list_person),
    "list_again": decision("person", "imports.run", imports.list_again),
    "save_room_state": decision(None, "imports.run", ledgers.save_room_state),
    "save_staff": decision(None, "imports.run", ledgers.save_staff),
    "save_occupant": decision(None, "imports.run", occupants.save_occupant),
    "take_held_row": decision(None, "people.edit", imports.take_held_row),
    "mend_row": decision(None, "imports.run", imports.mend_row),
    "drop_row": decision(None, "imports.run", imports.drop_row),
    "close_held_rows": decision(None, "imports.run", imports.close_held_rows),
    "save_mapping": decision(None, "imports.run", imports.save_mapping),
    "enter_person": decision(None, "people.edit", people.enter_person),
    "edit_person": decision("person", "people.edit", people.edit_person),
    "set_category": decision("person", "people.edit", people.set_category),
    "reveal_id": decision("person", "people.reveal", people.reveal_id),
    "log_door_knock": fact("person", None, people.log_door_knock),
    "merge_people": decision("person", "people.edit", merging.merge_people),
    "unmerge_people": decision("person", "people.edit", merging.unmerge_people),
    "add_user": decision(None, "users.manage", users.add_user),
    "change_user": decision(None, "users.manage", users.change_user),
    "give_compounds": decision(None, "users.manage", users.give_compounds),
    "disable_user": decision(None, "users.manage", users.disable_user),
    "enable_user": decision(None, "users.manage", users.enable_user),
    "invite_user": decision(None, "users.manage", users.invite_user),
    "reset_password": decision(None, "users.manage", users.reset_password),
    "set_password": decision(None, "users.manage", users.set_password),
    "accept_invitation": decision(None, None, users.accept_invitation),
    "revoke_device": decision(None, "phones.manage", users.revoke_device),
    "begin_epoch": decision(None, "settings.manage", histories.begin_epoch),
    "read_in_copy": decision(None, "copies.read_in", copies.read_in_copy),
    "restore_device": decision(None, "phones.manage", users.restore_device),
    "tell_settings": decision(None, "settings.manage", phone_settings.tell_settings),
    # transfers, as a desk makes and changes them
    "make_transfer": decision(None, "transfers.make", transfers.make_transfer),
    "reassign_transfer": decision("transfer", "transfers.reassign", transfers.reassign_transfer),
    "relieve_crew": decision("transfer", "transfers.reassign", transfers.relieve_crew),
    "cancel_transfer": decision("transfer", "transfers.cancel", transfers.cancel_transfer),
    "divert_transfer": decision("transfer", "transfers.reassign", transfers.divert_transfer),
    "release_rooms": decision("transfer", "transfers.cancel", releases.release_rooms),
    "put_down_person": decision("transfer", "transfers.cancel", putting_down.put_down_person),
    "override_readiness": decision("transfer", "readiness.override", overrides.override_readiness),
    "accept_return": decision("transfer", "returns.accept", returns.accept_return),
    "decline_return": decision("transfer", "returns.accept", returns.decline_return),
    "resolve_conflict": decision("conflict", "conflicts.resolve", conflicts.resolve_conflict),
    "propose_resolution": decision("conflict", "conflicts.propose", conflicts.propose_resolution),
    "judge_again": decision(None, "conflicts.resolve", conflicts.judge_again),
    "settle_quarantined": decision(None, "conflicts.resolve", conflicts.settle_quarantined),
    # sites, from candidate to closed
    "plan_stage": decision("site", "sites.plan", site_stages.plan_stage),
    "reach_stage": decision("site", "sites.plan", site_stages.reach_stage),
    "check_site": decision("site", "sites.plan", site_checks.check_site),
    "begin_works": decision("site", "sites.run", site_checks.begin_works),
    "save_duty": decision("site", "sites.run", site_duty.save_duty),
    "order_activation": decision("site", "sites.open", activation.order_activation),
    "set_room_target": decision(None, "sites.plan", room_targets.set_room_target),
    "open_site": decision("site", "sites.open", site_stages.open_site),
    "pause_site": decision("site", "sites.open", site_stages.pause_site),
    "close_site": decision("site", "sites.open", site_stages.close_site),
    "set_vehicle_state": decision("vehicle", "vehicles.edit", vehicles.set_vehicle_state),
    # people in their rooms
    "release_stay": decision("stay", "stays.release", releasing.release_stay),
    "extend_stay": decision("stay", "stays.release", releasing.extend_stay),
    "record_test_result": fact("stay", None, stay_tests.record_test_result),
    "record_health": fact("stay", None, health_rounds.record_health),
    "choose_pack": decision(None, "packs.choose", pack_choices.choose_pack),
    # how the days to come are planned
    "save_assumptions": decision(None, "plan.set", assumptions.save_assumptions),
    "save_freed_rooms_first": decision(None, "plan.set", freed_rooms.save_freed_rooms_first),
    # what is due by itself (server/ticker.py)
    "expire_hold": decision("transfer", None, passing.expire_hold),
    "leave_phones": decision("transfer", None, passing.leave_phones),
    "retire_stays": decision(None, None, passing.retire_stays),
    "end_monitoring": decision(None, None, after_release.end_monitoring),
    "retire_conflicts": decision(None, None, passing.retire_conflicts),
    "forget_departed": decision(None, None, passing.forget_departed),
    "repeat_transfer": decision("transfer", None, passing.repeat_transfer),
    "keep_site_days": decision(None, None, site_days.keep_site_days),
    # what is noticed at a sign-in
    "note_emptied_phone": fact(None, None, users.note_emptied_phone),
    # what people tell of a transfer (PROTOCOL §4). A fact names no permission: whom it reaches is asked of the transfer (told.py),
    # so that a driver who has become a receiver is still heard
    "verify_person": check("transfer", None, verification.verify_person),
    "record_dock_call": fact("transfer", None, docking.record_dock_call),
    "answer_docking": decision("transfer", "docking.answer", docking.answer_docking),
    "check_vehicle": check("transfer", None, readiness.check_vehicle),
    "plan_route": check("transfer", None, routes.plan_route),
    "record_moment": fact("transfer", None, moves.record_moment),
    "board_person": fact("transfer", None, boarding.board_person),
    "record_outcome": fact("transfer", None, boarding.record_outcome),
    "add_extra_person": fact("transfer", None, boarding.add_extra_person),
    "hand_to_care": fact("transfer", None, care.hand_to_care),
    "receive_person": fact("transfer", None, reception.receive_person),
    "sign_handover": fact("transfer", None, handovers.sign_handover),
    "close_transfer": decision("transfer", "transfers.cancel", handovers.close_transfer),
    "disinfect_vehicle": fact("transfer", None, disinfection.disinfect_vehicle),
    "report_problem": fact("transfer", None, reports.report_problem),
    "solve_problem": decision("transfer", None, reports.solve_problem),
    "report_emergency": fact("transfer", None, reports.report_emergency),
    "set_room_state": fact("room", None, rooms.set_room_state),
    "count_rooms": fact("site", None, room_counts.count_rooms),
    "admit_walk_in": fact("room", None, walk_ins.admit_walk_in),
    "record_waste": fact("site", None, waste.record_waste),
    "withdraw": fact("transfer", None, withdrawing.withdraw),
    "acknowledge_refusal": decision(None, None, receipts.acknowledge_refusal),
}
