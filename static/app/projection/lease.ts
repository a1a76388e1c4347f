import type { Line, User } from "../records.ts";
import type { ShownTransfer, View } from "./view.ts";

/**
 * The view after `lease_until`: who people are is hidden until the next sync, except of those in the reader's own custody: whom a
 * crew has aboard, and whom a site has received. Transfers, doors of rooms and steps stay, so recording stays possible.
 */
export function pastLease(view: View, me: Pick<User, "site">): View {
  const transfers = view.transfers.map((transfer) => ({ ...transfer, lines: transfer.lines.map((line) => (inCustody(line, me) ? line : { ...line, ...NOBODY })) }));
  const byId = new Map<string, ShownTransfer>(transfers.map((transfer) => [transfer.id, transfer]));
  return { ...view, transfers, transfer: (id) => byId.get(id), stays: me.site ? view.stays : [], conflicts: view.conflicts.map((conflict) => ({ ...conflict, values: [] })) };
}

export const leaseIsOver = (leaseUntil: string | null, now: number): boolean => leaseUntil !== null && now > Date.parse(leaseUntil);

const inCustody = ({ state }: Line, { site }: Pick<User, "site">): boolean => state === (site ? "received" : "aboard");

const NOBODY = {
  name: "•••", age: null, sex: null, id_tail: null, address: null, phone: null, second_phone: null, needs: [], words: null, note: null,
} satisfies Partial<Line>;
