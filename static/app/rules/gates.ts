import type { Line, LineId, Moment, StaysBehind, StopId, Time, Transfer } from "../records.ts";
import type { Settings } from "./settings.ts";
import { minuteOfDay } from "./time.ts";
import { isDone, isEmergencyTrip, missingItems, someoneAboard } from "./steps.ts";

export type GateCode =
  | "room_waits.rooms" | "room_waits.dock" | "accepted" | "vehicle_waits" | "safe.readiness" | "safe.driver_hours" | "safe.night" | "steps" | "carer";

/** The buttons that a gate stands before. */
export type Button = Moment | "board_person";

/** A gate that is not met. One that does not stop is shown as a reason beside the button, which stays. */
export interface Gate {
  gate: GateCode;
  /** False once anyone is aboard: no rule leaves sick people in a coach. */
  stops: boolean;
  /** Who may go past it: a named person by `allowed_by`, a commander by an override, or nobody. */
  passed_by: "named_person" | "commander" | "nobody";
  /** What is missing: line ids, vehicle items or steps. */
  missing: string[];
}

/**
 * The gates before a button that are not met now, in the order of the agreement's §6. For `board_person` give the line, for a moment at one of several stops that stop.
 * The same rules as `server/domain/gates.py`; both read `tests/contract/gates.json`.
 */
export function gatesBefore(button: Button, transfer: Transfer, at: Time, settings: Settings, about: { line?: LineId; stop?: StopId } = {}): Gate[] {
  if (isEmergencyTrip(transfer)) return [];
  const stops = !someoneAboard(transfer);
  return GATES.filter((gate) => gate.before.includes(button)).flatMap(({ gate, passed_by, unmet }) => {
    const missing = unmet({ transfer, at, settings, line: transfer.lines.find(({ id }) => id === about.line), stop: about.stop });
    return missing ? [{ gate, stops, passed_by, missing }] : [];
  });
}

interface Situation { transfer: Transfer; at: Time; settings: Settings; line: Line | undefined; stop: StopId | undefined }
interface Rule {
  gate: GateCode; before: Button[]; passed_by: Gate["passed_by"];
  /** What is missing, perhaps nothing that has a name; null when the gate is met. */
  unmet: (situation: Situation) => string[] | null;
}

const GATES: Rule[] = [
  { gate: "room_waits.rooms", before: ["people_called", "left_pickup"], passed_by: "named_person", unmet: ({ transfer }) => namedOrMet(withoutRoom(transfer)) },
  { gate: "room_waits.dock", before: ["people_called", "left_pickup"], passed_by: "named_person",
    unmet: (now) => (goesHome(now.transfer) || dockIsFresh(now) ? null : []) },
  { gate: "accepted", before: ["people_called", "left_pickup"], passed_by: "named_person",
    unmet: ({ transfer }) => (goesHome(transfer) && !isDone(transfer, "dock") ? [] : null) },
  { gate: "vehicle_waits", before: ["people_called"], passed_by: "named_person",
    unmet: (now) => (isAtPickup(now) ? null : []) },
  { gate: "safe.readiness", before: ["en_route"], passed_by: "commander",
    unmet: ({ transfer }) => (transfer.vehicle_check ? namedOrMet(missingItems(transfer).filter(notDriverHours)) : []) },
  { gate: "safe.driver_hours", before: ["en_route"], passed_by: "nobody",
    unmet: ({ transfer }) => (transfer.vehicle_check?.items.driver_hours === true ? null : []) },
  { gate: "safe.night", before: ["en_route"], passed_by: "nobody", unmet: (now) => (drivesInTheNightStop(now) ? [] : null) },
  { gate: "steps", before: ["en_route"], passed_by: "named_person",
    unmet: ({ transfer }) => namedOrMet((["verify", "dock", "vehicle", "route"] as const).filter((step) => !isDone(transfer, step))) },
  { gate: "carer", before: ["board_person"], passed_by: "named_person",
    unmet: ({ transfer, line }) => (leavesHome(transfer) && line && !someoneCares(line.verified?.stays_behind) ? [line.id] : null) },
];

const namedOrMet = (missing: string[]): string[] | null => (missing.length ? missing : null);

/** Driver hours have a gate of their own, and no override. */
const notDriverHours = (item: string): boolean => item !== "driver_hours";

/** Only a site keeps a register of rooms. */
function withoutRoom({ destination, lines }: Transfer): string[] {
  if (destination.kind !== "site") return [];
  return lines.filter((line) => (line.state === "expected" || line.state === "aboard") && line.room === null).map((line) => line.id);
}

/** At the stop at hand: nobody is called down at the second because the vehicle stood at the first. A telling without a stop is good for all. */
function isAtPickup({ transfer: { moments: { at_pickup: told } }, stop }: Situation): boolean {
  if (!told) return false;
  return stop === undefined || !told.stops || Object.keys(told.stops).length === 0 || stop in told.stops;
}

/** Who goes home is expected there, by name; a community's word does not grow old. */
export const goesHome = ({ destination }: Pick<Transfer, "destination">): boolean => destination.kind === "home";

/** Nobody stays behind in the room that a released person leaves. */
export const leavesHome = ({ kind }: Pick<Transfer, "kind">): boolean => kind !== "return";

function dockIsFresh({ transfer: { dock }, at, settings }: Situation): boolean {
  const confirmed = dock.state === "confirmed" || dock.state === "confirmed_by_phone";
  return confirmed && dock.at !== null && Date.parse(at) - Date.parse(dock.at) <= settings.dock_fresh_minutes * 60_000;
}

/** Coaches rest from 02:00 to 05:00 local time (domain §4.6): no part of the drive lies in it. Without a route only now is known. */
function drivesInTheNightStop({ transfer, at, settings }: Situation): boolean {
  const leaves = minuteOfDay(settings.time_zone, Date.parse(at));
  const untilStop = (leaves < NIGHT_STOP.ends ? NIGHT_STOP.begins : NIGHT_STOP.begins + 24 * 60) - leaves;
  return untilStop <= (transfer.route?.minutes ?? 0);
}

const NIGHT_STOP = { begins: 2 * 60, ends: 5 * 60 }; // minutes of the day

/** It was asked who stays behind, and someone who cannot be left alone has a named carer, or the desk by name. */
export function someoneCares(answer: StaysBehind | null | undefined): boolean {
  if (answer?.answer === "carer") return Boolean(answer.carer_name?.trim());
  if (answer?.answer === "desk") return Boolean(answer.desk_name?.trim());
  return answer?.answer === "nobody" || answer?.answer === "can_be_alone";
}
