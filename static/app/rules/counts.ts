import type { LineState, StopId, Transfer } from "../records.ts";

/** How many people of a transfer are where. `gone` are those who will not come aboard any more: at another place or ended. */
export interface Counts { listed: number; verified: number; expected: number; aboard: number; received: number; gone: number }

/** Counts of the whole transfer, or of one stop. */
export function countPeople({ lines }: Transfer, stop?: StopId): Counts {
  const here = stop === undefined ? lines : lines.filter((line) => line.stop === stop);
  const inState = (...states: LineState[]) => here.filter((line) => states.includes(line.state)).length;
  return {
    listed: here.length, verified: here.filter((line) => line.verified).length, expected: inState("expected"),
    aboard: inState("aboard"), received: inState("received"), gone: inState("elsewhere", "ended"),
  };
}

/** How many people more than usable seats the transfer still has; 0 when they fit. */
export function seatsShort({ vehicle, lines }: Transfer): number {
  const riding = lines.filter((line) => line.state === "expected" || line.state === "aboard").length;
  return vehicle ? Math.max(0, riding - vehicle.seats_usable) : 0;
}
