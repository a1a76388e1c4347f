import type { Arguments, DockRefusal } from "../operations.ts";
import { DOCK_PARTS, type DockPart, type LineId, type RoomId, type Time } from "../records.ts";
import { words } from "../messages/words.ts";

/** `later`: how many minutes from now what is not ready will be. */
export interface AnswerForm {
  beds: boolean; rooms: boolean; staff: boolean; later: Record<DockPart, number | null>;
  gate: string; given: Record<string, string>; reason: DockRefusal | null; note: string;
}

/** The moment so many minutes from now. */
export const timeIn = (minutes: number, now: number): Time => new Date(now + minutes * 60_000).toISOString();

const timeOf = (form: AnswerForm, part: DockPart, now: number): Time | null =>
  form[part] || form.later[part] === null ? null : timeIn(form.later[part], now);

/** What still has to be said: by when each part that is not ready will be. */
export const untimed = (form: AnswerForm): string | null =>
  DOCK_PARTS.some((part) => !form[part] && form.later[part] === null) ? words.answer.laterFirst : null;

/** The three answers as they go up. */
export const readyIn = (form: AnswerForm, now: number): Pick<Arguments["answer_docking"], `${DockPart}_ready` | `${DockPart}_ready_at`> => ({
  beds_ready: form.beds, rooms_ready: form.rooms, staff_ready: form.staff,
  beds_ready_at: timeOf(form, "beds", now), rooms_ready_at: timeOf(form, "rooms", now), staff_ready_at: timeOf(form, "staff", now),
});

export const roomsGiven = ({ given }: AnswerForm): Record<LineId, RoomId> | null => (Object.keys(given).length ? (given as Record<LineId, RoomId>) : null);
