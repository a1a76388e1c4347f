// Times as a screen says them: 24 hours, in the zone of the setting, and as "2 小时 10 分" rather than a timestamp.
import type { Time } from "../records.ts";
import { language, words } from "./words.ts";

const formats = new Map<string, Intl.DateTimeFormat>();
let zone = "Asia/Shanghai";

/** The zone of the setting `time_zone`. */
export function tellTimeIn(chosen: string): void {
  zone = chosen;
}

/** "14:05"; with the day before it when it is not the day of `now`. */
export function clock(time: Time, now: number): string {
  const hours = format("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(Date.parse(time));
  return dayKey(Date.parse(time)) === dayKey(now) ? hours : `${day(time)} ${hours}`;
}

/** "4月5日" or "5 Apr". */
export const day = (time: Time): string => format(locale(), { month: language === "zh" ? "long" : "short", day: "numeric" }).format(Date.parse(time));

/** "4月5日 周二" or "Tue 5 Apr". */
export const dayAndWeekday = (time: number): string =>
  format(locale(), { month: language === "zh" ? "long" : "short", day: "numeric", weekday: "short" }).format(time);

/** "2022-04-05" in the zone: days compare as text. */
export const dayKey = (time: number): string => format("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" }).format(time);

/** The hour in the zone, 0 to 23. */
export const hourOf = (time: number): number => Number(format("en-GB", { hour: "2-digit", hourCycle: "h23" }).format(time));

/** "9 小时 28 分", from whole minutes; days from two days on. */
export function span(minutes: number): string {
  const whole = Math.max(0, Math.floor(minutes));
  if (whole >= 48 * 60) return words.time.days(Math.floor(whole / 1440));
  if (whole < 60) return words.time.minutes(whole);
  return whole % 60 ? words.time.hoursMinutes(Math.floor(whole / 60), whole % 60) : words.time.hours(whole / 60);
}

/** The same for a small place: whole hours from one hour on. */
export const roughSpan = (minutes: number): string => span(minutes < 60 ? minutes : Math.floor(minutes / 60) * 60);

export const minutesBetween = (from: Time, now: number): number => Math.floor((now - Date.parse(from)) / 60_000);

/** How long something has waited by now; in the first minute nothing. */
export const spanSince = (from: Time, now: number, say = span): string => (minutesBetween(from, now) < 1 ? "" : say(minutesBetween(from, now)));

/** The same for a small place. */
export const roughSince = (from: Time, now: number): string => spanSince(from, now, roughSpan);

/** "余 2 小时 10 分" or "已超 5 分". */
export function deadlineIn(deadline: Time, now: number): string {
  const left = -minutesBetween(deadline, now);
  return left >= 0 ? words.time.remaining(span(left)) : words.time.late(span(-left));
}

const locale = () => (language === "zh" ? "zh-CN" : "en-GB");

/** Making a format takes a cheap phone several milliseconds, and lists ask for hundreds. */
function format(where: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${where} ${zone} ${Object.entries(options).join()}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(where, { timeZone: zone, ...options })));
  return found;
}
