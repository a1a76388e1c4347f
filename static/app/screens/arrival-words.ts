import type { Line, Moment, MomentRecord } from "../records.ts";
import type { ShownTransfer } from "../projection/view.ts";
import type { Shown } from "./shown.tsx";
import { hourOf } from "../messages/times.ts";
import { words } from "../messages/words.ts";

/** Transfers that bring people to this person's site. */
export const arrivalsOf = ({ view, phone }: Shown): ShownTransfer[] =>
  view.transfers.filter(({ destination, cancelled }) => !cancelled && (destination.id === phone.user?.site || !phone.user?.site))
    .sort((one, other) => urgency(one) - urgency(other));

/** Transfers that take people away from this person's site, and have not yet. */
export const departuresOf = ({ view, phone }: Shown): ShownTransfer[] =>
  view.transfers.filter(({ origin, cancelled, lines }) => !cancelled && origin !== null && origin.id === phone.user?.site && lines.some(({ state }) => state === "expected"))
    .sort((one, other) => (one.depart_at ?? "9999").localeCompare(other.depart_at ?? "9999"));

/** The live step of a trip, from the last moment that its crew recorded. */
export function stageOf({ moments }: ShownTransfer): keyof typeof words.arrivals.stage {
  const last = (["at_site", "left_pickup", "at_pickup", "en_route"] as const).find((moment) => moments[moment]);
  return last ?? (moments.people_called ? "at_pickup" : "planned");
}

/** When it should be here, ms: counted from the last moment with the minutes of the route card; null when nobody can say. */
export function expectedAt({ moments, route, depart_at }: ShownTransfer): number | null {
  if (moments.at_site) return Date.parse(moments.at_site.at);
  const from = (["left_pickup", "en_route"] satisfies Moment[]).map((moment) => lastTold(moments[moment])).find(Boolean) ?? (depart_at && Date.parse(depart_at));
  return from && route ? from + route.minutes * 60_000 : null;
}

/** The shift of a moment at the site: from eight to eight (server/domain/site_duty.py). */
export function shiftAt(at: number): "day" | "night" {
  const hour = hourOf(at);
  return hour >= 8 && hour < 20 ? "day" : "night";
}

/** A round leaves several stops: the last time counts. */
const lastTold = (moment: MomentRecord | null): number | null =>
  moment && Math.max(...[moment, ...Object.values(moment.stops ?? {})].map((told) => Date.parse(told!.at)));

/** Those who may still come through the door: not received, and not taken elsewhere. */
export const toReceive = (line: Line): boolean => line.received === null && (line.state === "expected" || line.state === "aboard") && line.outcome === null;

export const isReceived = (transfer: ShownTransfer): boolean => 
  transfer.state === "closed" || (transfer.handover.site !== null && !transfer.lines.some((line) => line.state === "aboard" && !line.received));

/** At the door first, then by when they should come, what is over last. */
function urgency(transfer: ShownTransfer): number {
  if (isReceived(transfer)) return Number.MAX_SAFE_INTEGER;
  return transfer.moments.at_site ? 0 : (expectedAt(transfer) ?? Date.parse(transfer.depart_at ?? "9999-01-01"));
}
