import type { DockRefusal } from "../operations.ts";
import { DOCK_PARTS, type DockPart, type LineId, type RoomId, type Time } from "../records.ts";
import { words } from "../messages/words.ts";

/** Whether each part is ready, null where nobody asked. `later`: how many minutes from now what is not ready will be. */
export type Readiness<Told = boolean | null> = Record<DockPart, Told> & { later: Record<DockPart, number | null> };

export interface AnswerForm extends Readiness<boolean> {
  gate: string; given: Record<string, string>; reason: DockRefusal | null; note: string;
}

/** The moment so many minutes from now. */
export const timeIn = (minutes: number, now: number): Time => new Date(now + minutes * 60_000).toISOString();

const timeOf = (form: Readiness, part: DockPart, now: number): Time | null =>
  form[part] !== false || form.later[part] === null ? null : timeIn(form.later[part], now);

/** What still has to be said: by when each part that is not ready will be. */
export const untimed = (form: Readiness): string | null =>
  DOCK_PARTS.some((part) => form[part] === false && form.later[part] === null) ? words.answer.laterFirst : null;

/** The three answers as they go up. */
export const readyIn = <Told extends boolean | null>(form: Readiness<Told>, now: number): Record<`${DockPart}_ready`, Told> & Record<`${DockPart}_ready_at`, Time | null> => ({
  beds_ready: form.beds, rooms_ready: form.rooms, staff_ready: form.staff,
  beds_ready_at: timeOf(form, "beds", now), rooms_ready_at: timeOf(form, "rooms", now), staff_ready_at: timeOf(form, "staff", now),
});

export const roomsGiven = ({ given }: AnswerForm): Record<LineId, RoomId> | null => (Object.keys(given).length ? (given as Record<LineId, RoomId>) : null);
