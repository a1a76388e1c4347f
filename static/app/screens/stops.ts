import type { Moment, MomentTold, StopId } from "../records.ts";
import type { ShownLine, ShownTransfer } from "../projection/view.ts";
import { words } from "../messages/words.ts";
import { isExpected } from "./transfer-words.ts";

/** Where people come aboard. `stop` is null at the origin of a transfer without stops, and for who stood on no list. */
export interface BoardingStop { key: string; stop: StopId | null; name: string; lines: ShownLine[]; expected: number; aboard: number }

/** Stops in the order of the route card; before there is one, as the office listed them. */
export function stopsInOrder({ stops, route }: ShownTransfer): ShownTransfer["stops"] {
  const order = route?.stops ?? [];
  const place = (id: StopId) => (order.includes(id) ? order.indexOf(id) : order.length);
  return [...stops].sort((one, other) => place(one.id) - place(other.id));
}

/** Every place with its people; nobody on the transfer is left out. */
export function boardingStops(transfer: ShownTransfer): BoardingStop[] {
  const stops = stopsInOrder(transfer).map(({ id, name }) => placeOf(id, name, transfer.lines.filter(({ stop }) => stop === id)));
  const others = transfer.lines.filter(({ stop }) => !transfer.stops.some(({ id }) => id === stop));
  return others.length ? [...stops, placeOf(null, transfer.origin?.name ?? words.boarding.extraTitle, others)] : stops;
}

/** What was told of a moment at this stop; where there is only one, naming it makes no difference. */
export function toldAt({ moments, stops }: Pick<ShownTransfer, "moments" | "stops">, moment: Moment, stop: StopId | null): MomentTold | null {
  const first = moments[moment];
  return stop && stops.length > 1 ? (first?.stops?.[stop] ?? null) : first;
}

/** The place to go to, or to be at: people are expected there, and nobody has said that the vehicle left it. */
export const placeToBoard = (transfer: ShownTransfer): BoardingStop | undefined =>
  boardingStops(transfer).find(({ expected, stop }) => expected > 0 && !toldAt(transfer, "left_pickup", stop));

const placeOf = (stop: StopId | null, name: string, lines: ShownLine[]): BoardingStop => ({
  key: stop ?? "origin", stop, name, lines, expected: lines.filter(isExpected).length,
  aboard: lines.filter(({ state }) => state === "aboard" || state === "received").length,
});
