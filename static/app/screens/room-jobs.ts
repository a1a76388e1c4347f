import type { RoomState } from "../records.ts";
import { CYCLE, lateFrom, overAt } from "../rules/turnover.ts";
import type { ShownRoom, View } from "../projection/view.ts";
import { nextState } from "./room-words.ts";

/** The same next step for several rooms of a floor: what somebody does in one go. */
interface Job { floor: string; state: RoomState; next: RoomState; rooms: ShownRoom[]; late: number; lateByMs: number }

export const floorOf = ({ building, floor }: ShownRoom): string => `${building} ${floor}`;

let lastFloor: string | null = null;

/** The floor that is looked at, in the list of rooms and while its rooms are worked: the one told now, the last one told, or the first. */
export function currentFloor(rooms: ShownRoom[], told?: string): string | null {
  if (told) lastFloor = told;
  return rooms.some((room) => floorOf(room) === lastFloor) ? lastFloor : (rooms[0] ? floorOf(rooms[0]) : null);
}

/** Due work by floor and stage. What is most over its target comes first; while people on the way have no room, what is nearest to ready. */
export function jobsIn(rooms: ShownRoom[], view: View, now: number): Job[] {
  const jobs = new Map<string, Job>();
  for (const room of rooms) {
    const next = nextState(room.state);
    if (!next || !isDue(room, view, now)) continue;
    const key = `${floorOf(room)} ${room.state}`;
    const job = jobs.get(key) ?? { floor: floorOf(room), state: room.state, next, rooms: [], late: 0, lateByMs: -Infinity };
    const lateByMs = now - (lateFrom(room, view.settings.turnover) ?? Infinity);
    jobs.set(key, { ...job, rooms: [...job.rooms, room], late: job.late + Number(lateByMs > 0), lateByMs: Math.max(job.lateByMs, lateByMs) });
  }
  const owed = roomsOwed(view) > 0;
  const nearest = (one: Job, other: Job) => (owed ? CYCLE.indexOf(other.state) - CYCLE.indexOf(one.state) : 0);
  return [...jobs.values()].sort((one, other) => nearest(one, other) || other.lateByMs - one.lateByMs);
}

/** A room whose next step somebody can do now: what runs by itself is due when its time is up. */
export function isDue(room: ShownRoom, view: View, now: number): boolean {
  if (room.state === "ready" || room.state === "occupied" || !CYCLE.includes(room.state)) return false;
  return (overAt(room, view.settings.turnover) ?? 0) <= now;
}

/** People on the way to this site who have no room yet: rooms are wanted for them before all others. */
export const roomsOwed = (view: View): number =>
  view.transfers.filter(({ state, destination }) => state !== "closed" && state !== "cancelled" && destination.kind === "site")
    .flatMap(({ lines }) => lines).filter(({ state, room }) => (state === "expected" || state === "aboard") && room === null).length;
