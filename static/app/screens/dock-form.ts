import { typedOrNull } from "../elements/fields.tsx";
import { laterWords } from "../messages/later.ts";
import { words } from "../messages/words.ts";
import type { Arguments, DockRefusal } from "../operations.ts";
import { DOCK_PARTS } from "../records.ts";
import { goesHome } from "../rules/gates.ts";
import { readyIn, untimed, type Readiness } from "./answer-form.ts";
import type { OneTransfer } from "./of-transfer.tsx";

/** What somebody heard on the telephone: beds, rooms and staff are null until they were asked. */
export interface CallForm extends Readiness {
  number: string; who: string; result: Arguments["record_dock_call"]["result"] | null; rooms_promised: number | null; gate: string;
  reason: DockRefusal | null; note: string;
}

const UNASKED: Readiness = { beds: null, rooms: null, staff: null, later: { beds: null, rooms: null, staff: null } };

export const freshCall = (transfer: Pick<OneTransfer, "destination" | "lines">): CallForm => ({
  number: transfer.destination.phone ?? "", who: "", result: null, rooms_promised: goesHome(transfer) ? null : transfer.lines.length,
  gate: "", reason: null, note: "", ...UNASKED,
});

/** What still has to be said. Whoever asks for one of the three asks for all; nobody has to. */
export function missingIn(form: CallForm): string | null {
  const { result, who, reason } = form;
  if (result === null) return words.dock.resultFirst;
  if (result === "no_answer") return null;
  if (!who.trim()) return words.dock.whoFirst;
  if (result === "refused") return reason === null ? words.answer.reasonFirst : null;
  const asked = DOCK_PARTS.filter((part) => form[part] !== null).length;
  return asked > 0 && asked < DOCK_PARTS.length ? laterWords().heard.askAll : untimed(form);
}

/** A refusal and a call that nobody took tell of no bed, whatever was ticked before. */
export function argumentsFrom(form: CallForm, now: number): Arguments["record_dock_call"] {
  const { number, who, result, rooms_promised, gate, reason, note } = form;
  const confirmed = result === "confirmed";
  return {
    number: number.trim(), answered_by: result === "no_answer" ? null : typedOrNull(who), result: result ?? "no_answer",
    rooms_promised: confirmed ? rooms_promised : null, reason: result === "refused" ? reason : null, gate: confirmed ? typedOrNull(gate) : null,
    note: typedOrNull(note), ...readyIn(confirmed ? form : UNASKED, now),
  };
}
