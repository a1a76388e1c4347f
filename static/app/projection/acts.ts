import type { ActRow } from "../database/view.ts";
import type { About, Reach } from "../database/user_database.ts";
import type { Arguments, OperationType, Target } from "../operations.ts";
import { remembered } from "./remembered.ts";
import type { ConflictId, Held, LineId, OperationId, Time, Verdict } from "../records.ts";

/** One tick, two ticks, two with a flag, waiting, not accepted. */
export type Mark = "saved" | "received" | "flagged" | "held" | "refused";

/** One thing that a person did on this phone. */
export type Act<Type extends OperationType = OperationType> = { [T in Type]: {
  id: OperationId; type: T; target: Target<T>; args: Arguments[T];
  /** When it was done, by the office's clock as far as the phone knew it then. */
  at: Time;
  line: LineId | null; about: About; mark: Mark;
  /** Why it was flagged, held or refused. */
  code: string | null;
  conflict: ConflictId | null;
  /** Taken back by a later act of the same person: `waiting` until the records show that, then `done`. */
  withdrawn: false | "waiting" | "done";
  /** The records hold its effect already, or it has none: it is not laid over them any more. */
  covered: boolean;
  /** When the office gave its verdict, by the office's clock, ms. */
  settledAt: number | null;
} }[Type];

/**
 * The acts of this phone with their marks. A receipt tells the newest verdict of an operation, since a held one moves once.
 * P9: an act is laid over the records until they reach its stamp or it is refused; a held one stays. What was judged after the
 * office was set back has a stamp of another history, maybe a small one, and may be back before any record of that history.
 */
export function readActs(rows: ActRow[], receipts: ReadonlyMap<string, Held<"receipt">>, reach: Reach): Act[] {
  const acts = rows.map((row): Act => {
    const receipt = receipts.get(row.id);
    const { verdict = null, code = null, stamp = null, conflict = null } = receipt ?? row.kept ?? {};
    const ofTheseRecords = Boolean(receipt) || row.kept?.epoch === reach.epoch;
    const covered = isCovered(verdict, stamp, ofTheseRecords ? reach.high : 0);
    return theAct(row, [verdict, code, conflict, covered], () => readAct(row, markOf(verdict), code, conflict, covered));
  });
  const taken = new Map(acts.filter(isActOf("withdraw")).filter(({ mark }) => mark !== "refused").map((act) => [act.args.operation, act.covered]));
  return acts.map((act) => (taken.has(act.id) ? withdrawn(act, taken.get(act.id) ? "done" : "waiting") : act)).sort(byTime);
}

const theAct = remembered<ActRow, Act>();
const theWithdrawn = remembered<Act, Act>();

function readAct({ id, body, about, kept }: ActRow, mark: Mark, code: string | null, conflict: ConflictId | null, covered: boolean): Act {
  const { type, target, args, occurred_at, clock_offset_ms } = body;
  const at = new Date(Date.parse(occurred_at) + (clock_offset_ms ?? 0)).toISOString();
  return { id, type, target, args, at, line: "line" in args ? args.line : null, about, mark, code, conflict, withdrawn: false, covered, settledAt: kept?.settled_at ?? null } as Act;
}

const withdrawn = (act: Act, how: "waiting" | "done"): Act => theWithdrawn(act, [how], () => ({ ...act, withdrawn: how }) as Act);

export const isActOf = <Type extends OperationType>(...types: Type[]) => (act: Act): act is Extract<Act, { type: Type }> => types.includes(act.type as Type);

/** A verdict that this version does not know is one that waits: its effect stays on the screen until a version that knows it says more. */
const markOf = (verdict: Verdict | null): Mark => (verdict ? (MARKS[verdict] ?? "held") : "saved");

const MARKS: Record<Verdict, Mark> = { applied: "received", flagged: "flagged", held: "held", refused: "refused" };

function isCovered(verdict: Verdict | null, stamp: number | null, high: number): boolean {
  if (verdict === null || verdict === "held" || !(verdict in MARKS)) return false;
  return verdict === "refused" || stamp === null || stamp <= high;
}

/** The ids sort in the order in which they were made on this phone, also when its clock was set back (uuid7.ts). */
const byTime = (one: Act, other: Act): number => (one.id < other.id ? -1 : 1);
