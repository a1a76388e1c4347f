import type { Clock, Sample } from "../records.ts";

/**
 * One thing that a release lacks: `days` until `on`, a `test` (of day `day`, due `on`), a `pair` of samples, `environment`, `index_tests`,
 * two `negatives`, the `word` of somebody who may; or there is none: `positive`.
 */
export interface Lack {
  code: "positive" | "days" | "test" | "pair" | "environment" | "index_tests" | "negatives" | "word"; on: string | null; day: number | null;
}

/**
 * What a release today would lack, the gravest first, by what the record tells and this phone has recorded since. The same rule as
 * `server/domain/clocks.py`; both read `tests/contract/clocks.json`. `today` is a day as text, "2022-04-15".
 */
export function lacking(clock: Clock, taken: readonly Sample[], today: string, indexNegative = false): Lack[] {
  const own = taken.filter(({ kind }) => kind === "person").sort(byTime);
  if (isPositive(clock, own)) return [lack("positive")];
  const lacks = [...(clock.due_on && today < clock.due_on ? [lack("days", clock.due_on)] : []), ...LACKING[clock.release](clock, own)];
  const environmentNegative = taken.some(({ kind, result }) => kind === "environment" && result === "negative");
  if (clock.environment && !environmentNegative) lacks.push(lack("environment"));
  if (clock.index_tests && !indexNegative) lacks.push(lack("index_tests"));
  return lacks;
}

/** Whether somebody who is named may let this go past: the days where the edition says so, what is not written here, never a positive. */
export const mayBeAllowed = (clock: Clock, lacks: readonly Lack[]): boolean =>
  lacks.every(({ code }) => code !== "positive" && (code !== "days" || clock.earlier));

/** The tests of today and of days before that are not there: the day, and when it was due. */
export function testsToTake(clock: Clock, taken: readonly Sample[], today: string): Clock["tests_due"] {
  const own = taken.filter(({ kind }) => kind === "person").sort(byTime);
  const open = clock.tests_due.filter(({ on }, place) => on <= today && !testOf(clock, place, own));
  const last = clock.tests_due.at(-1);
  return open.filter((test) => test === last || nextAfter(clock, test.on) > today);
}

/** A test of before is not taken any more once the next one is due. */
const nextAfter = (clock: Clock, on: string): string => clock.tests_due.find((test) => test.on > on)?.on ?? "9999-12-31";

/** The newest test of a contact is positive. Of somebody who is isolated because of one, that is nothing new. */
function isPositive(clock: Clock, own: Sample[]): boolean {
  const last = own.filter(isRead).at(-1);
  return !["ct_twice", "negative_twice", "by_word"].includes(clock.release) && last?.result === "positive" && !releases(last);
}

const isRead = ({ result }: Sample): boolean => result !== "invalid";

/** Negative, or so little that it counts as negative where a positive is released. */
export const releases = ({ result, ct }: Sample): boolean => result === "negative" || (ct ?? 0) >= CT_RELEASES_FROM;
const CT_RELEASES_FROM = 35;

/** The newest readable sample for the test at this place of the list: taken from the day before it on, until the next one's. */
function testOf(clock: Clock, place: number, own: Sample[]): Sample | undefined {
  const begins = dayBefore(clock.tests_due[place]!.on);
  const next = clock.tests_due[place + 1];
  const ends = next ? dayBefore(next.on) : "9999-12-31";
  return own.filter(isRead).filter(({ on }) => begins <= on && on < ends).at(-1);
}

const dayBefore = (day: string): string => shifted(day, -1);
const shifted = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
const DAY_MS = 86_400_000;

function lastTest(clock: Clock, own: Sample[]): Lack[] {
  const due = clock.tests_due.at(-1);
  if (!due) return [];
  const sample = testOf(clock, clock.tests_due.length - 1, own);
  if (!sample || !releases(sample)) return [lack("test", due.on, due.day)];
  return sample.samples < clock.samples ? [lack("pair", due.on, due.day)] : [];
}

function allTests(clock: Clock, own: Sample[]): Lack[] {
  return clock.tests_due.flatMap(({ day, on }, place) => {
    const sample = testOf(clock, place, own);
    return sample && releases(sample) ? [] : [lack("test", on, day)];
  });
}

/** The newest two that were read, and 24 hours between them; one that does not release begins the count anew. */
function twice(clock: Clock, own: Sample[]): Lack[] {
  const read = own.filter(isRead);
  const counts = (sample: Sample): boolean => (clock.release === "ct_twice" ? releases(sample) : sample.result === "negative");
  const good = read.slice(read.map(counts).lastIndexOf(false) + 1);
  const [first, last] = [good[0], good.at(-1)];
  if (!first || !last) return [lack("negatives")];
  return Date.parse(last.at) - Date.parse(first.at) >= DAY_MS ? [] : [lack("negatives", shifted(first.on, 1))];
}

const LACKING: Record<Clock["release"], (clock: Clock, own: Sample[]) => Lack[]> = {
  days: () => [], last_test: lastTest, all_tests: allTests, negative_twice: twice, ct_twice: twice, by_word: () => [lack("word")],
};

const lack = (code: Lack["code"], on: string | null = null, day: number | null = null): Lack => ({ code, on, day });
const byTime = (one: Sample, other: Sample): number => Date.parse(one.at) - Date.parse(other.at);
