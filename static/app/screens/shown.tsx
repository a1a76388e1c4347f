import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { Transfer } from "../records.ts";
import { leaseIsOver, pastLease } from "../projection/lease.ts";
import type { Phone, SyncState, View } from "../sync/phone.ts";

/** What every screen draws from: the phone, its records with the waiting work laid over them, and the state of sync. */
export interface Shown {
  phone: Phone;
  view: View;
  state: SyncState;
  /** Milliseconds, corrected by the office's clock; moves on by itself, so that waiting times and deadlines run. */
  now: number;
  /** No contact for so long that people's data are hidden until the next sync. */
  leaseOver: boolean;
}

const Current = createContext<Shown | null>(null);

export function usePhone(): Shown {
  const shown = useContext(Current);
  if (!shown) throw new Error("A screen was drawn outside of ShownPhone.");
  return shown;
}

/** Draws its children again when anything on the phone changed, and as time passes. */
export function ShownPhone({ phone, children }: { phone: Phone; children: () => ComponentChildren }) {
  const [, drawAgain] = useState(0);
  useLayoutEffect(() => phone.subscribe(() => drawAgain((count) => count + 1)), [phone]);
  useEffect(() => {
    const timer = setInterval(() => drawAgain((count) => count + 1), DRAW_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const now = phone.now();
  const leaseOver = leaseIsOver(phone.state.leaseUntil, now);
  const view = useMemo(() => (leaseOver && phone.user ? pastLease(phone.view, phone.user) : phone.view), [phone.view, phone.user, leaseOver]);
  return <Current.Provider value={{ phone, view, state: phone.state, now, leaseOver }}>{children()}</Current.Provider>;
}

const DRAW_EVERY_MS = 15_000;

/** True while this person is at the receiving end: a site's staff see arrivals and rooms, a crew sees its trips. */
export const isReceiver = (shown: Shown): boolean => ["receiver", "site_head"].includes(shown.phone.user?.role ?? "");

/** The page of a transfer that is this person's: a crew has the six steps, a site receives. */
export const pathOf = (transfer: string, shown: Shown): string => `#/transfer/${transfer}${isReceiver(shown) ? "/receive" : ""}`;

/** Whom to call about a transfer when there is no signal: its desk, that of another one, that of one's own area, any area's. */
export const deskOf = (transfer: Transfer | undefined, { view, phone }: Shown): { name: string; phone: string } | null =>
  transfer?.desk ?? view.transfers.find(({ desk }) => desk)?.desk
    ?? view.contacts.find(({ area }) => area !== null && area === phone.user?.area) ?? view.contacts.find(({ area }) => area !== null) ?? null;
