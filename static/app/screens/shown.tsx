import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Transfer } from "../records.ts";
import type { Phone, SyncState, View } from "../sync/phone.ts";

/** What every screen draws from: the phone, its records with the waiting work laid over them, and the state of sync. */
export interface Shown {
  phone: Phone;
  view: View;
  state: SyncState;
  /** Milliseconds, corrected by the office's clock; moves on by itself, so that waiting times and deadlines run. */
  now: number;
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
  useEffect(() => phone.subscribe(() => drawAgain((count) => count + 1)), [phone]);
  useEffect(() => {
    const timer = setInterval(() => drawAgain((count) => count + 1), DRAW_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return <Current.Provider value={{ phone, view: phone.view, state: phone.state, now: phone.now() }}>{children()}</Current.Provider>;
}

const DRAW_EVERY_MS = 15_000;

/** True while this person is at the receiving end: a site's staff see arrivals and rooms, a crew sees its trips. */
export const isReceiver = (shown: Shown): boolean => ["receiver", "site_head"].includes(shown.phone.user?.role ?? "");

/** Whom to call about a transfer when there is no signal. */
export const deskOf = (transfer: Transfer | undefined, { view }: Shown): { name: string; phone: string } | null =>
  transfer?.desk ?? view.transfers.find(({ desk }) => desk)?.desk ?? view.contacts[0] ?? null;
