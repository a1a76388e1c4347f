/** The minute of the day, 0 to 1439, in a zone such as `Asia/Shanghai`. */
export function minuteOfDay(zone: string, time: number): number {
  const [hour, minute] = clockFormat(zone).format(time).split(":").map(Number);
  return (hour! % 24) * 60 + minute!;
}

/** "2022-04-05" in a zone: days compare as text. */
export function dayIn(zone: string, time: number): string {
  return dayFormat(zone).format(time);
}

/** 24:00 of a day, "2022-04-05", in a zone. */
export function endOfDay(zone: string, day: string): number {
  const next = Date.parse(`${day}T00:00:00Z`) + 86_400_000;
  const midnight = next - minuteOfDay(zone, next) * 60_000;
  return dayIn(zone, next) > day ? midnight : midnight + 86_400_000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes a cheap phone several milliseconds, and lists ask for hundreds. */
function clockFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) formats.set(zone, (format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" })));
  return format;
}

const dayFormats = new Map<string, Intl.DateTimeFormat>();

function dayFormat(zone: string): Intl.DateTimeFormat {
  let format = dayFormats.get(zone);
  if (!format) dayFormats.set(zone, (format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" })));
  return format;
}
