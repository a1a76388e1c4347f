import type { Act } from "../projection/acts.ts";
import { VEHICLE_ITEMS } from "../operations.ts";
import { words } from "../messages/words.ts";

/**
 * One thing that a person did, in words: whom it is about, and what was done. It has words even after the record left.
 * On the transfer's own page (`here`) its number need not be said.
 */
export function actWords(act: Act, here = false): string {
  const { code, name } = act.about;
  return [name ?? (here ? null : code), detail(act) ?? words.operations[act.type]].filter(Boolean).join(" ");
}

/** What was done, where the operation's name alone would not say it; undefined where it does. */
function detail(act: Act): string | undefined {
  switch (act.type) {
    case "record_outcome": return words.outcomes[act.args.outcome];
    case "receive_person": return words.receptions[act.args.outcome];
    case "record_moment": return act.args.moment === "at_site" ? words.arrivals.atDoor : words.moments[act.args.moment];
    case "set_room_state": return words.roomStates[act.args.state];
    case "report_problem": return `${words.problem.title}${words.colon}${words.problemReasons[act.args.reason]}`;
    case "record_dock_call": return `${words.operations.record_dock_call}${words.colon}${words.dockResults[act.args.result]}`;
    case "check_vehicle": return `${words.operations.check_vehicle} ${Object.values(act.args.items).filter(Boolean).length}/${VEHICLE_ITEMS.length}`;
    case "answer_docking": return `${words.operations.answer_docking}${words.colon}${act.args.answer === "accepted" ? words.dockResults.confirmed : words.dockResults.refused}`;
    default: return undefined;
  }
}
