import { enStays } from "../messages/en-stays.ts";
import { day, dayKey } from "../messages/times.ts";
import { language, words } from "../messages/words.ts";
import { zhStays, type StayWords } from "../messages/zh-stays.ts";
import type { DayPart, HealthCheck } from "../records.ts";
import { lacking, type Lack } from "../rules/clocks.ts";
import { minuteOfDay } from "../rules/time.ts";
import type { ShownRoom, ShownStay, View } from "../projection/view.ts";

export const stayWords = (): StayWords => (language === "en" ? enStays : zhStays);

/** Who is here now, door by door; who has been found positive too, until they are fetched. */
export const staysHere = (view: View): ShownStay[] => {
  const place = new Map(view.rooms.map(({ id }, at) => [id as string, at]));
  const at = ({ room }: ShownStay): number => (room && place.get(room)) ?? Infinity;
  return view.stays.filter(({ ended_at }) => ended_at === null).sort((one, other) => at(one) - at(other));
};

export const roomOf = ({ room }: ShownStay, view: View): ShownRoom | undefined => (room ? view.room(room) : undefined);

/** "主楼 2": what a floor goes by; of somebody without a room none. */
export const floorOf = (stay: ShownStay, view: View): string => {
  const room = roomOf(stay, view);
  return room ? `${room.building} ${room.floor}` : "";
};

/** The building is named only where there are several. */
export function floorName(floor: string, view: View): string {
  const [building, number] = [floor.slice(0, floor.lastIndexOf(" ")), floor.slice(floor.lastIndexOf(" ") + 1)];
  const several = new Set(view.rooms.map((room) => room.building)).size > 1;
  return floor ? `${several ? `${building} ` : ""}${words.roomList.floor(number)}` : words.none;
}

export const lacksOf = (stay: ShownStay, now: number, indexNegative = false): Lack[] | null =>
  stay.clock ? lacking(stay.clock, stay.tests ?? [], dayKey(now), indexNegative) : null;

export const lackWords = (lacks: readonly Lack[]): string =>
  lacks.map(({ code, on, day: number }) => stayWords().lack[code](on ? day(on) : "", number)).join(words.comma);

/** Which day of the count today is; the day it counts from is day 0. */
export function clockWords({ clock_from, clock_basis, due_at, checked_in_at }: ShownStay, now: number): string {
  const said = stayWords();
  const from = clock_from ?? dayKey(Date.parse(checked_in_at));
  const since = said.basis[clock_basis ?? "arrival"](day(from));
  if (due_at && due_at < dayKey(now)) return said.clockOver(since, daysBetween(from, due_at));
  return due_at ? said.clock(since, daysBetween(from, dayKey(now)), daysBetween(from, due_at)) : said.clockByTests(since, daysBetween(from, dayKey(now)));
}

const daysBetween = (from: string, until: string): number => Math.round((Date.parse(until) - Date.parse(from)) / 86_400_000);

/** The round that people are on at this time. */
export const partNow = (now: number, zone: string): DayPart => (minuteOfDay(zone, now) < EVENING_FROM ? "morning" : "evening");
const EVENING_FROM = 14 * 60;

/** The newest word of this round on somebody: a later one stands in the place of an earlier. */
export const checkOf = ({ health = [] }: ShownStay, part: DayPart, today: string): HealthCheck | undefined =>
  health.filter((check) => check.part === part && check.day === today).sort((one, other) => Date.parse(one.at) - Date.parse(other.at)).at(-1);

export function checkWords({ temperature, symptoms, medicine_days, request }: HealthCheck): string {
  const said = stayWords();
  const told = [temperature === null ? said.well : `${temperature.toFixed(1)}°`, ...symptoms.map((code) => words.symptoms[code] ?? code)];
  return [...told, medicine_days === null ? "" : said.medicineDays(medicine_days), request ?? ""].filter(Boolean).join(words.comma);
}
