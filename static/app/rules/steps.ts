import { STEPS, type Line, type Step, type StepState, type Time, type Transfer } from "../records.ts";

/** Where one step stands. `waits_for` names the steps before it, `blocked_by` the reason code of a refusal or an open problem. */
export interface StepNow {
  state: StepState; waits_for: Step[]; blocked_by: string | null;
  done_at: Time | null; by: string | null; since: Time | null; owner: string | null;
}

/**
 * The six steps of a transfer, derived from what is recorded on it, so that work which the office has not seen yet counts too.
 * Only who owns a step and since when comes from the server. The same rule as `server/domain/steps.py`; both read
 * `tests/contract/steps.json`.
 */
export function stepsOf(transfer: Transfer): Record<Step, StepNow> {
  return Object.fromEntries(STEPS.map((step) => [step, stepOf(transfer, step)])) as Record<Step, StepNow>;
}

export const isDone = (transfer: Transfer, step: Step): boolean => DONE[step](transfer);

/** An ambulance trip for one whose life is in danger: nothing waits and nothing stops it. */
export const isEmergencyTrip = (transfer: Transfer): boolean => transfer.kind === "hospital" && transfer.priority === "emergency";

export const someoneAboard = (transfer: Transfer): boolean => transfer.lines.some((line) => line.state === "aboard");

/**
 * The step a person goes on with; null when the loop is closed. Once the drive has begun it is the drive, whatever a list still lacks:
 * an extra person aboard opens step 1 again, but sends no coach back.
 */
export function stepToDo(now: Record<Step, StepNow>): Step | null {
  if (now.handover.state === "done") return null;
  if (now.move.state === "done") return "handover";
  return now.move.waits_for.length === 0 ? "move" : (STEPS.find((step) => now[step].state !== "done") ?? null);
}

function stepOf(transfer: Transfer, step: Step): StepNow {
  const done = isDone(transfer, step);
  const blocked_by = done ? null : blockOf(transfer, step);
  const waits_for = done ? [] : waitsFor(transfer, step);
  const told = transfer.steps[step];
  return {
    state: done ? "done" : blocked_by ? "blocked" : waits_for.length ? "waiting" : "open",
    waits_for, blocked_by,
    done_at: done ? (told?.done_at ?? FINISHED[step](transfer)?.at ?? null) : null,
    by: done ? (told?.by ?? FINISHED[step](transfer)?.by ?? null) : null,
    since: told?.since ?? null, owner: told?.owner ?? null,
  };
}

const DONE: Record<Step, (transfer: Transfer) => boolean> = {
  verify: ({ lines }) => lines.length > 0 && lines.every((line) => line.state === "ended" || line.verified !== null),
  dock: ({ dock }) => dock.state === "confirmed" || dock.state === "confirmed_by_phone",
  vehicle: (transfer) => transfer.vehicle_check !== null && missingItems(transfer).length === 0,
  route: ({ route }) => route !== null,
  move: ({ lines, moments }) =>
    lines.length > 0 && (lines.every(isEnded) || (lines.every(isNoLongerExpected) && moments.at_site !== null)),
  handover: ({ handover }) => handover.closed_at !== null || (handover.crew !== null && handover.site !== null),
};

/** Items of the vehicle check that are missing and that no commander let pass. */
export function missingItems({ vehicle_check: check }: Transfer): string[] {
  return check ? check.missing.filter((item) => !check.overrides.some((override) => override.item === item)) : [];
}

function blockOf(transfer: Transfer, step: Step): string | null {
  if (step === "dock" && transfer.dock.state === "refused") return transfer.dock.reason ?? "other";
  return transfer.problems.find((problem) => problem.step === step && problem.resolved_at === null)?.reason ?? null;
}

function waitsFor(transfer: Transfer, step: Step): Step[] {
  if (isEmergencyTrip(transfer) || hasBegun(transfer, step)) return [];
  return BEFORE[step].filter((before) => !isDone(transfer, before));
}

const BEFORE: Record<Step, Step[]> = {
  verify: [], dock: ["verify"], vehicle: ["verify"], route: ["verify"], move: ["verify", "dock", "vehicle", "route"], handover: ["move"],
};

/** What people already began waits for nothing: a coach that drives is not sent back by a list. */
function hasBegun({ moments, lines }: Transfer, step: Step): boolean {
  const arrived = moments.at_site !== null || lines.some((line) => line.received !== null);
  if (step === "handover") return arrived;
  return step === "move" && (arrived || lines.some((line) => line.state === "aboard") || Object.values(moments).some(Boolean));
}

const isEnded = (line: Line): boolean => line.state === "ended";
const isNoLongerExpected = (line: Line): boolean => line.state !== "expected";

const FINISHED: Record<Step, (transfer: Transfer) => { at: Time | null; by: string | null } | null | undefined> = {
  verify: ({ lines }) => latest(lines.flatMap((line) => line.verified ?? [])),
  dock: ({ dock }) => ({ at: dock.at, by: dock.answered_by }),
  vehicle: ({ vehicle_check }) => vehicle_check,
  route: ({ route }) => route,
  move: ({ moments }) => moments.at_site,
  handover: ({ handover }) => latest([handover.crew, handover.site].flatMap((signature) => signature ?? [])),
};

const latest = <Entry extends { at: Time }>(entries: Entry[]): Entry | undefined =>
  entries.reduce<Entry | undefined>((last, entry) => (last && Date.parse(last.at) >= Date.parse(entry.at) ? last : entry), undefined);
