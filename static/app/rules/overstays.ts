import type { Release, Time } from "../records.ts";
import { endOfDay } from "./time.ts";

/** What a stay's record says of its end. */
export interface Ending { due_at: string | null; referred_at?: Time | null; released?: Pick<Release, "at" | "vacate_due_at"> | null }

const VACATE_WITHIN = 24 * 3_600_000;

/**
 * From when on somebody who is still here is expired and not vacated, past or to come: 24:00 of the last day, or the end of the time that a
 * release leaves, whichever is first. The same rule as `server/domain/overstays.py`; both read `tests/contract/overstays.json`.
 */
export function overSince({ due_at, referred_at, released }: Ending, zone: string): number | null {
  if (referred_at) return null;
  const ends = [...(due_at ? [endOfDay(zone, due_at)] : []), ...(released ? [vacateBy(released)] : [])];
  return ends.length ? Math.min(...ends) : null;
}

export function isOver(stay: Ending, now: number, zone: string): boolean {
  const since = overSince(stay, zone);
  return since !== null && since <= now;
}

/** Until when a released person is to leave. */
export const vacateBy = ({ at, vacate_due_at }: Pick<Release, "at" | "vacate_due_at">): number =>
  vacate_due_at ? Date.parse(vacate_due_at) : Date.parse(at) + VACATE_WITHIN;
