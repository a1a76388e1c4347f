import { STEPS, type Line, type Step } from "../records.ts";
import type { ShownTransfer } from "../projection/view.ts";
import { clock, day, dayKey, deadlineIn } from "../messages/times.ts";
import { words } from "../messages/words.ts";

export const numberOf = (step: Step): number => STEPS.indexOf(step) + 1;

/** "天茂名苑等 3 站": where people are picked up; the origin's name where there are no stops. */
export function fromWords({ stops, origin }: ShownTransfer): string {
  return stops[0] ? words.stopOf(stops[0].name, stops.length) : (origin?.name ?? "");
}

/** "女 38", "9": what tells two people apart. */
export const personFacts = ({ sex, age }: Pick<Line, "sex" | "age">): string => words.personFacts(sex && words.sexes[sex], age);

/** "限时 24:00，余 9 小时": the deadline runs down. A deadline at midnight is the end of the day before. */
export function deadlineWords(deadline: string, now: number): { by: string; left: string; late: boolean } {
  return { by: words.today.before(endOfDay(deadline, now)), left: deadlineIn(deadline, now), late: Date.parse(deadline) < now };
}

function endOfDay(deadline: string, now: number): string {
  const minuteBefore = new Date(Date.parse(deadline) - 60_000).toISOString();
  const isMidnight = clock(deadline, Date.parse(deadline)) === "00:00";
  if (!isMidnight) return clock(deadline, now);
  return dayKey(Date.parse(minuteBefore)) === dayKey(now) ? "24:00" : `${day(minuteBefore)} 24:00`;
}

/** Who was turned away, or missed, at the door is still in the coach: says so by name; null when nobody is. */
export function stillAboard({ lines }: ShownTransfer): string | null {
  const names = lines.filter(({ state }) => state === "aboard").map(({ name }) => name);
  return names.length ? words.transfer.stillAboard(names.length, words.and(names)) : null;
}

/** True while this person is still to be picked up. */
export const isExpected = (line: Line): boolean => line.state === "expected" && line.outcome === null;

/** "主楼 2 层": where at a site people are called out of their rooms; null for those fetched at their own door. */
export const floorLeft = ({ from_room }: Line): string | null => (from_room ? `${from_room.building} ${words.roomList.floor(from_room.floor)}` : null);

/**
 * People of one home, or of one floor of the site that they leave, in the order of the list, those met first before others.
 * A person without a home stands alone.
 */
export function byHousehold<Person extends Line>(lines: Person[]): Person[][] {
  const homes = new Map<string, Person[]>();
  for (const line of lines) {
    const home = floorLeft(line) ?? line.household ?? line.id;
    homes.set(home, [...(homes.get(home) ?? []), line]);
  }
  return [...homes.values()];
}
