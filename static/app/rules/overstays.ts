import type { Release, Time } from "../records.ts";
import { dayIn } from "./time.ts";

/** What a stay's record says of its end. */
export interface Ending { due_at: string | null; referred_at?: Time | null; released?: Pick<Release, "at" | "vacate_due_at"> | null }

const VACATE_WITHIN = 24 * 3_600_000;

/**
 * Expired, not vacated: the last day is over, or the time that a release leaves. The same rule as `server/domain/overstays.py`; both read
 * `tests/contract/overstays.json`.
 */
export function isOver({ due_at, referred_at, released }: Ending, now: number, zone: string): boolean {
  if (referred_at) return false;
  if (due_at && due_at < dayIn(zone, now)) return true;
  return Boolean(released) && vacateBy(released!) <= now;
}

/** Until when a released person is to leave. */
export const vacateBy = ({ at, vacate_due_at }: Pick<Release, "at" | "vacate_due_at">): number =>
  vacate_due_at ? Date.parse(vacate_due_at) : Date.parse(at) + VACATE_WITHIN;
