import type { Room, RoomState, Time, Turnover } from "../records.ts";

/** The numbers of a turnover, as the office tells them (setting `turnover`). */
export interface TurnoverRules {
  least: Record<string, { contact_minutes: number; aired_minutes: number; strength_mg_l: number | null }>;
  stages: Partial<Record<RoomState, { target_minutes: number; owner: string }>>;
  checklist: string[];
  also: string[];
}

/** What somebody says a room is now, and what they add to its record. `by` is a user's id. */
export interface Word extends Partial<Details> { state: RoomState; by: string | null; at: Time; reason?: string | null }
export interface Details {
  agent: string | null; strength_mg_l: number | null; contact_minutes: number | null; aired_minutes: number | null; provisioned: string[] | null;
}
export type InCycle = Pick<Room, "state" | "since" | "turnover" | "stay">;

export const CYCLE: readonly RoomState[] = ["vacated_dirty", "disinfecting", "contact_time", "aerating", "inspecting", "provisioning", "ready"];
const FROM_ANYWHERE: readonly RoomState[] = ["blocked", "hold", "vacated_dirty"];
/** Believed without a reason, which is missed until somebody tells it. */
export const WANTS_REASON: readonly RoomState[] = ["blocked", "hold"];

/**
 * What a word lacks to be believed, as codes; nothing when it may be. The same rules as `server/domain/turnovers.py` and `rooms.py`;
 * both read `tests/contract/rooms.json`. `order`: a stage would be skipped, the word is older than what is known, or somebody is in there.
 */
export function lacking(room: InCycle, word: Word, rules: TurnoverRules): string[] {
  if (room.stay || (Date.parse(word.at) < Date.parse(room.since) && !isUrgent(room, word))) return ["order"];
  const hasReason = Boolean(word.reason?.trim());
  if (FROM_ANYWHERE.includes(word.state)) return room.state === "hold" && !hasReason ? ["reason"] : [];
  if (word.state === "occupied") return hasReason ? [] : ["reason"];
  if (!isInOrder(room.state, word.state)) return ["order"];
  if (!CYCLE.includes(room.state) || !room.turnover) return [];
  const guard = GUARDS[word.state];
  return guard ? guard(withDetails(room.turnover, word), word, rules) : [];
}

/** The room after a word that lacks nothing. A state that it has already adds to its record, unless it is older: then it may be of another turnover. */
export function moved(room: InCycle, word: Word): InCycle {
  const isOlder = Date.parse(word.at) < Date.parse(room.since);
  if (room.state === word.state) return room.turnover && CYCLE.includes(room.state) && !isOlder ? { ...room, turnover: withDetails(room.turnover, word) } : room;
  const since = isOlder ? room.since : word.at;
  return { ...room, state: word.state, since, turnover: turnoverAfter(room, word, since) };
}

/** When a stage that runs by itself is over: the agent has worked, the room is aired. Null for stages that wait for people. */
export function overAt({ state, turnover }: InCycle, rules: TurnoverRules): number | null {
  if (!turnover) return null;
  if (state === "contact_time" && turnover.contact_at) return Date.parse(turnover.contact_at) + contactMinutes(turnover, rules) * 60_000;
  if (state === "aerating" && turnover.aerating_at) return Date.parse(turnover.aerating_at) + airedMinutes(turnover, rules) * 60_000;
  return null;
}

/** When a stage should have ended: its target after it began; null where none is set. */
export function lateFrom({ state, since }: Pick<Room, "state" | "since">, rules: TurnoverRules): number | null {
  const stage = rules.stages[state];
  return stage ? Date.parse(since) + stage.target_minutes * 60_000 : null;
}

/** Of a list of codes to tick, those that are not. */
const unticked = (turnover: Turnover | null, rules: TurnoverRules): string[] =>
  rules.checklist.filter((item) => !turnover?.provisioned.includes(item));

function isUrgent(room: InCycle, { state, at }: Word): boolean {
  if (state === "vacated_dirty") return (room.state === "ready" || room.state === "reserved") && !isBefore(at, room.turnover?.ready_at);
  return (state === "blocked" || state === "hold") && room.state !== "blocked" && room.state !== "hold";
}

const isBefore = (at: Time, then: Time | null | undefined): boolean => Boolean(then) && Date.parse(at) < Date.parse(then!);

const BESIDE: Partial<Record<RoomState, RoomState>> = { staff_use: "ready", awaiting_acceptance: "building_up", building_up: "awaiting_acceptance" };

function isInOrder(now: RoomState, then: RoomState): boolean {
  if (then in BESIDE) return BESIDE[then] === now;
  if (then === "ready" && now === "awaiting_acceptance") return true;
  const [from, to] = [CYCLE.indexOf(now), CYCLE.indexOf(then)];
  return from >= 0 && now !== "ready" && to >= 0 && (to === from + 1 || to < from);
}

type Guard = (turnover: Turnover, word: Word, rules: TurnoverRules) => string[];
const GUARDS: Partial<Record<RoomState, Guard>> = {
  aerating: (turnover, { at }, rules) => (hasWorked(turnover, at, rules) ? [] : ["contact_time"]),
  inspecting: (turnover, { at }, rules) => (hasAired(turnover, at, rules) ? [] : ["aired"]),
  provisioning: ({ disinfected_by, contact_by }, { by }) => (by === disinfected_by || by === contact_by ? ["second_person"] : []),
  ready: (turnover, { at }, rules) => {
    const least = rules.least[turnover.agent ?? ""];
    return [
      ...(least ? [] : ["agent"]),
      ...((turnover.strength_mg_l ?? 0) < (least?.strength_mg_l ?? 0) ? ["strength"] : []),
      ...(hasWorked(turnover, turnover.aerating_at ?? at, rules) ? [] : ["contact_time"]),
      ...(hasAired(turnover, turnover.inspecting_at ?? at, rules) ? [] : ["aired"]),
      ...(turnover.inspected_by === null && turnover.seen_from !== "provisioning" ? ["inspector"] : []),
      ...unticked(turnover, rules),
    ];
  },
};

const leastFor = ({ agent }: Turnover, rules: TurnoverRules) => rules.least[agent ?? "chlorine"] ?? rules.least.chlorine!;
const contactMinutes = (turnover: Turnover, rules: TurnoverRules): number => Math.max(turnover.contact_minutes ?? 0, leastFor(turnover, rules).contact_minutes);
const airedMinutes = (turnover: Turnover, rules: TurnoverRules): number => Math.max(turnover.aired_minutes ?? 0, leastFor(turnover, rules).aired_minutes);

function hasWorked(turnover: Turnover, until: Time, rules: TurnoverRules): boolean {
  if (!turnover.contact_at) return (turnover.contact_minutes ?? 0) >= leastFor(turnover, rules).contact_minutes || cameAfter(turnover, "contact_time");
  return Date.parse(until) - Date.parse(turnover.contact_at) >= contactMinutes(turnover, rules) * 60_000;
}

function hasAired(turnover: Turnover, until: Time, rules: TurnoverRules): boolean {
  if (!turnover.aerating_at) return (turnover.aired_minutes ?? 0) >= leastFor(turnover, rules).aired_minutes || cameAfter(turnover, "aerating");
  return Date.parse(until) - Date.parse(turnover.aerating_at) >= airedMinutes(turnover, rules) * 60_000;
}

/** Whether a ledger brought the room into the register when this stage was over. */
const cameAfter = ({ seen_from }: Turnover, stage: RoomState): boolean => CYCLE.indexOf(seen_from) > CYCLE.indexOf(stage);

const NOTHING_SAID = { agent: null, strength_mg_l: null, contact_minutes: null, aired_minutes: null };
const NOTHING_BEGUN = { vacated_at: null, disinfecting_at: null, contact_at: null, aerating_at: null, inspecting_at: null, provisioning_at: null };
const BEGAN_AT = { vacated_dirty: "vacated_at", disinfecting: "disinfecting_at", contact_time: "contact_at", aerating: "aerating_at",
  inspecting: "inspecting_at", provisioning: "provisioning_at" } as const;
const TOLD_BY = { disinfecting: "disinfected_by", contact_time: "contact_by", provisioning: "inspected_by" } as const;
type Stage = keyof typeof BEGAN_AT;
const STAGES = Object.keys(BEGAN_AT) as Stage[];

function turnoverAfter(room: InCycle, word: Word, since: Time): Turnover | null {
  if (STAGES.includes(word.state as Stage)) return withDetails(reached(turnoverToGoOn(room, word.state), word as Word & { state: Stage }, since), word);
  if (word.state === "occupied" && !room.turnover?.ready_at) return null; // people came before it was ready: what they leave begins another one
  return room.turnover && word.state === "ready" ? { ...withDetails(room.turnover, word), ready_at: since } : room.turnover;
}

/** A turnover that was interrupted goes on; after it was ready, and after people, another one begins. */
function turnoverToGoOn({ turnover }: InCycle, from: RoomState): Turnover {
  if (turnover && !turnover.ready_at) return turnover;
  return {
    seen_from: from, ...NOTHING_BEGUN, ready_at: null, ...NOTHING_SAID, disinfected_by: null, contact_by: null, inspected_by: null, provisioned: [],
  };
}

/** A stage begins. What is done again is recorded again: nothing of it and of the stages after it counts any more. */
function reached(turnover: Turnover, { state, by }: Word & { state: Stage }, since: Time): Turnover {
  const after: Turnover = { ...turnover, provisioned: [], ...(state === "vacated_dirty" || state === "disinfecting" ? NOTHING_SAID : {}) };
  for (const later of STAGES.slice(STAGES.indexOf(state) + 1)) {
    after[BEGAN_AT[later]] = null;
    if (later in TOLD_BY) after[TOLD_BY[later as keyof typeof TOLD_BY]] = null;
  }
  if (state in TOLD_BY) after[TOLD_BY[state as keyof typeof TOLD_BY]] = by;
  if (state !== "vacated_dirty" || !after.vacated_at) after[BEGAN_AT[state]] = since;
  return after;
}

function withDetails(turnover: Turnover, { agent, strength_mg_l, contact_minutes, aired_minutes, provisioned }: Word): Turnover {
  return {
    ...turnover, agent: agent ?? turnover.agent, strength_mg_l: strength_mg_l ?? turnover.strength_mg_l,
    contact_minutes: contact_minutes ?? turnover.contact_minutes, aired_minutes: aired_minutes ?? turnover.aired_minutes,
    provisioned: provisioned ?? turnover.provisioned,
  };
}
