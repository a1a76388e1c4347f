import type { DBSchema } from "idb";
import { Connection } from "./connection.ts";
import type { Box } from "./seal.ts";
import type { Body } from "../operations.ts";
import type { ConflictId, OperationId, Verdict } from "../records.ts";

/** An operation without a verdict. `wire` is bytes that only the sender reads; it is never rewritten and never migrated. */
export interface Outgoing { seq: number; id: OperationId; wire: string }

/** An operation with its verdict, kept for 14 days: a server that was restored from a backup may ask for it again. */
export interface Kept extends Outgoing {
  device: string; epoch: string; verdict: Verdict; code: string | null; stamp: number | null; conflict: ConflictId | null;
  /** Office clock, ms. */
  settled_at: number;
  /** Its overlay, once no screen needs that any more: offered again, it is shown again. */
  overlay?: Box<Overlay>;
}

/** The delivering side of this database: which device it is, and the number of the next operation. */
export interface Device { key: "device"; device: string; next_seq: number }

/** What a person did, as the screens read it. `about` has words for "not sent yet" that outlive the record. */
export interface Overlay { body: Body; about: About }
export interface About { code: string | null; name: string | null }

interface StoredRecord { key: string; rev: number; generation: number; box: Box<unknown> }
export interface Staged { key: string; rev: number; op: "put" | "drop"; box: Box<unknown> | null }

/** How far the records are. They are replaced by generations: a reset begins a new one, the old one stays until that is whole. */
export interface Place {
  key: "place"; epoch: string | null; cursor: string | null; generation: number; complete: boolean;
  /** The records hold everything that the office stamped up to here. */
  high: number;
  /** Office clock, ms; null while nothing has been downloaded. */
  as_of: number | null;
  lease_until: string | null;
  /** Types of records that were not what the office says; told with the first request that fetches anew. */
  differing?: string[];
}

export const nowhere: Place = {
  key: "place", epoch: null, cursor: null, high: 0, generation: 1, complete: false, as_of: null, lease_until: null,
};

/** How far these records go, and in which history of the office: stamps of another one say nothing about them. */
export type Reach = Pick<Place, "epoch" | "high">;

export interface UserSchema extends DBSchema {
  outbox: { key: number; value: Outgoing; indexes: { id: string } };
  kept: { key: string; value: Kept; indexes: { settled_at: number } };
  device: { key: string; value: Device };
  records: { key: string; value: StoredRecord };
  incoming: { key: string; value: Staged };
  overlay: { key: string; value: { key: OperationId; box: Box<Overlay> } };
  shelf: { key: string; value: { key: string; box: Box<unknown> } };
  view: { key: string; value: Place };
  ballast: { key: number; value: { key: number; bytes: Uint8Array } };
}
export type UserDatabase = Connection<UserSchema>;

/**
 * One database for each user, never deleted by code. The work half (outbox, kept, device) is what must not be lost;
 * the view half (records, incoming, overlay, shelf, view) could be downloaded again, except for the words of what was done.
 */
export function userDatabase(prefix: string, user: string, wait: (ms: number) => Promise<void>): UserDatabase {
  return new Connection<UserSchema>(`${prefix}-${user}`, 2, (database, from) => {
    if (from < 2) database.createObjectStore("ballast", { keyPath: "key" });
    if (from >= 1) return; // the stores of work are never touched by an upgrade
    database.createObjectStore("outbox", { keyPath: "seq" }).createIndex("id", "id");
    database.createObjectStore("kept", { keyPath: "id" }).createIndex("settled_at", "settled_at");
    for (const store of ["device", "records", "incoming", "overlay", "shelf", "view"] as const) {
      database.createObjectStore(store, { keyPath: "key" });
    }
  }, wait);
}
