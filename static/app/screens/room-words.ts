import type { IconName } from "../elements/icon.tsx";
import type { RoomState } from "../records.ts";
import { roomWords } from "../messages/rooms.ts";
import { dayKey, roughSince, roughSpan, span } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import type { ShownRoom, ShownStay, View } from "../projection/view.ts";
import { isOver, overSince } from "../rules/overstays.ts";
import { CYCLE, WANTS_REASON, lateFrom, overAt } from "../rules/turnover.ts";

export const ROOM_LOOKS: Record<RoomState, { look: "fine" | "kept" | "watch" | "stop" | ""; icon: IconName }> = {
  ready: { look: "fine", icon: "fine" }, reserved: { look: "kept", icon: "lock" }, occupied: { look: "", icon: "person" },
  vacated_dirty: { look: "watch", icon: "clock" }, disinfecting: { look: "watch", icon: "spray" }, contact_time: { look: "watch", icon: "spray" },
  aerating: { look: "watch", icon: "air" }, inspecting: { look: "watch", icon: "list" }, provisioning: { look: "watch", icon: "list" },
  blocked: { look: "stop", icon: "repair" }, hold: { look: "stop", icon: "stop" }, staff_use: { look: "", icon: "lock" },
  building_up: { look: "", icon: "repair" }, awaiting_acceptance: { look: "", icon: "clock" },
};

/** The usual next state of a room; null where people, not rooms, decide it. */
export function nextState(state: RoomState): RoomState | null {
  if (state === "occupied") return "vacated_dirty";
  const at = CYCLE.indexOf(state);
  return at >= 0 && at < CYCLE.length - 1 ? CYCLE[at + 1]! : null;
}

/** The line under a room's state: a timer, a day of how many, or a reason. */
export function roomTime(room: ShownRoom, view: View, now: number): string {
  const [stay] = staysIn(room, view);
  if (stay && room.state === "occupied") return stayTime(stay, view, now);
  if (OUT_OF_USE.includes(room.state)) return room.reason || (WANTS_REASON.includes(room.state) ? roomWords().noReason : "");
  const { idle, waits, runs } = words.roomList;
  if (room.state === "ready") return sinceWords(room, idle, now);
  const until = overAt(room, view.settings.turnover);
  if (until !== null && until > now) return roomWords().left(span(Math.ceil((until - now) / 60_000)));
  const late = lateFrom(room, view.settings.turnover);
  if (late !== null && late < now) return roomWords().over(roughSpan(Math.floor((now - late) / 60_000)));
  if (until !== null) return roomWords().timeUp;
  return sinceWords(room, room.state === "vacated_dirty" || room.state === "inspecting" ? waits : runs, now);
}

/** How long a room is in its state, in these words. */
export function sinceWords(room: ShownRoom, say: (span: string) => string, now: number): string {
  const waited = roughSince(room.since, now);
  return waited ? say(waited) : roomWords().justNow;
}

const OUT_OF_USE: readonly RoomState[] = ["blocked", "hold", "staff_use"];

/** A floor's name; with its building where the site has several. */
export function floorName({ building, floor }: ShownRoom, rooms: ShownRoom[]): string {
  const several = rooms.some((room) => room.building !== building);
  return several ? `${building} ${words.roomList.floor(floor)}` : words.roomList.floor(floor);
}

/** A room whose guest should have left stands out like a blocked one. */
export const isOverstayed = (room: ShownRoom, view: View, now: number): boolean => {
  const [stay] = staysIn(room, view);
  return stay !== undefined && isOver(stay, now, view.settings.time_zone);
};

/** Everybody who lives in a room, who is due first before the others: a family shares one. */
export const staysIn = (room: ShownRoom, view: View): ShownStay[] =>
  room.state === "occupied" || room.state === "hold"
    ? view.stays.filter((stay) => stay.ended_at === null && (stay.id === room.stay || stay.room === room.id)).sort((one, other) => (one.due_at ?? "9").localeCompare(other.due_at ?? "9"))
    : [];

function stayTime(stay: ShownStay, { settings: { time_zone } }: View, now: number): string {
  if (isOver(stay, now, time_zone)) return words.roomList.overdue(roughSpan(Math.floor((now - overSince(stay, time_zone)!) / 60_000)));
  const { clock_from, checked_in_at, due_at } = stay;
  const from = Date.parse(clock_from ?? checked_in_at);
  const day = Math.max(1, Math.floor((now - from) / 86_400_000) + 1);
  if (!due_at) return words.due.days(day);
  if (due_at === dayKey(now)) return words.roomList.dueToday;
  if (due_at === dayKey(now + 86_400_000)) return words.roomList.dueTomorrow;
  return words.roomList.day(day, Math.max(day, Math.round((Date.parse(due_at) - from) / 86_400_000)));
}
