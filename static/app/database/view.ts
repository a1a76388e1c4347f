/** The view half: pages of records are staged, and promoted together with the cursor that covers them. */
import type { Transaction } from "./connection.ts";
import { madeWhole, type Patch } from "./patches.ts";
import { open, seal, type Box } from "./seal.ts";
import { offerAllAgain } from "./work.ts";
import { nowhere, type Kept, type Overlay, type Place, type Staged, type UserDatabase, type UserSchema } from "./user_database.ts";
import type { OperationId } from "../records.ts";

export interface WholeChange { op: "put" | "drop"; type: string; id: string; rev?: number; body?: unknown }
/** Of the body of revision `of` it makes one that has this `sum`. */
export interface PatchOfBody { op: "patch"; type: string; id: string; rev?: number; of: number; sum: string; body: Patch }
export type Change = WholeChange | PatchOfBody;

/** One answer's share of the feed. `asked` is the cursor that it answers; when it ends a round, all up to `high` has come. */
export interface Page {
  asked: string | null; cursor: string; changes: Change[]; promote: boolean; more: boolean; epoch: string;
  high: number; server_time: number; lease_until: string | null;
}

export interface RecordRow { type: string; id: string; rev: number; body: unknown }
export interface ActRow extends Overlay { id: OperationId; kept: Omit<Kept, "wire" | "overlay"> | null }

export const placeOf = (database: UserDatabase): Promise<Place> => database.read(["view"], thePlace);

/**
 * Take a page in. P10: it changes records, staged rows and cursor in one transaction. P20: a page that does not answer where
 * the phone stands now (another tab was quicker) or that is older than what it holds (a proxy's copy) changes nothing; nor does one
 * with a patch that does not fit (`unfit`).
 */
export async function takePage(database: UserDatabase, page: Page): Promise<"stale" | "unfit" | "staged" | "promoted"> {
  const whole = await madeWhole(database, page.changes);
  if (!whole) return "unfit";
  const rows = await Promise.all(whole.filter(isUnderstood).map(stagedRow));
  const shelved = await Promise.all(whole.filter((change) => !isUnderstood(change)).map(shelvedRow));
  return database.write(["records", "incoming", "view", "shelf"], "relaxed", async (transaction) => {
    const place = await thePlace(transaction);
    if (place.cursor !== page.asked || (place.complete && page.high < place.high) || (place.epoch ?? page.epoch) !== page.epoch) return "stale";
    for (const row of rows) await stage(transaction, row);
    await shelve(transaction, rows, shelved);
    const next: Place = { ...place, epoch: page.epoch, cursor: page.cursor, lease_until: page.lease_until, differing: [] };
    if (page.promote) {
      await promote(transaction, place.generation);
      Object.assign(next, page.more ? { as_of: place.as_of ?? page.server_time } : await endRound(transaction, place, page));
    }
    await transaction.objectStore("view").put(next);
    return page.promote ? "promoted" : "staged";
  });
}

/**
 * Begin again from nothing. The records stay until the new ones are whole; with a new epoch all kept work is offered again, and what
 * the office said of it is not so any more.
 * Like a page, it must answer where the phone stands now: `asked` is the cursor that was sent. `fresh` is a device id, should one be needed.
 */
export async function reset(
  database: UserDatabase, asked: string | null, epoch: string, fresh: string, differing: string[] = [],
): Promise<void> {
  await database.write(["records", "incoming", "view", "outbox", "kept", "overlay", "device", "shelf"], "strict", async (transaction) => {
    const place = await thePlace(transaction);
    if (place.cursor !== asked) return;
    const restored = place.epoch !== epoch;
    if (restored) {
      await offerAllAgain(transaction, epoch, fresh);
      await transaction.objectStore("records").delete(receipts());
    }
    await transaction.objectStore("incoming").clear();
    await transaction.objectStore("shelf").delete(shelvedChanges());
    await transaction.objectStore("view").put({
      ...place, epoch, cursor: null, generation: place.generation + 1, complete: false, high: restored ? 0 : place.high, differing,
    });
  });
}

/** Take in what an older version of the app could not read and laid on the shelf (F20). What this one cannot read either stays there. */
export async function readShelf(database: UserDatabase): Promise<void> {
  const boxes = await database.read(["shelf"], (transaction) => transaction.objectStore("shelf").getAll(shelvedChanges()));
  const changes = await Promise.all(boxes.map(({ box }) => open(box as Box<Change>)));
  const rows = await Promise.all(changes.filter(isUnderstood).map(stagedRow));
  if (!rows.length) return;
  await database.write(["records", "view", "shelf"], "relaxed", async (transaction) => {
    const { generation } = await thePlace(transaction);
    for (const row of rows) await promoteRow(transaction, row, generation);
    await shelve(transaction, rows, []);
  });
}

export async function readRecords(database: UserDatabase): Promise<RecordRow[]> {
  const rows = await database.read(["records"], (transaction) => transaction.objectStore("records").getAll());
  return Promise.all(rows.map(async ({ key, rev, box }) => ({ ...parts(key), rev, body: await open(box) })));
}

/** What people did here lately, oldest first, with the verdict of each or null. */
export async function readActs(database: UserDatabase): Promise<ActRow[]> {
  const rows = await database.read(["overlay", "kept"], async (transaction) => {
    const overlays = await transaction.objectStore("overlay").getAll();
    return Promise.all(overlays.map(async ({ key, box }) => ({ key, box, kept: (await transaction.objectStore("kept").get(key)) ?? null })));
  });
  return Promise.all(rows.map(async ({ key, box, kept }) => ({ id: key, ...(await open(box)), kept })));
}

/** Acts that no screen needs go from the overlay; one that may be offered again is laid beside its operation, with its words. */
export async function forgetActs(database: UserDatabase, ids: OperationId[]): Promise<void> {
  if (!ids.length) return;
  await database.write(["overlay", "outbox", "kept"], "relaxed", async (transaction) => {
    for (const id of ids) {
      if ((await transaction.objectStore("outbox").index("id").getKey(id)) !== undefined) continue;
      const [act, kept] = await Promise.all([transaction.objectStore("overlay").get(id), transaction.objectStore("kept").get(id)]);
      if (act && kept) await transaction.objectStore("kept").put({ ...kept, overlay: act.box });
      await transaction.objectStore("overlay").delete(id);
    }
  });
}

export async function keepDraft(database: UserDatabase, key: string, value: unknown): Promise<void> {
  const box = await seal(value);
  await database.write(["shelf"], "relaxed", (transaction) => transaction.objectStore("shelf").put({ key, box }));
}

export async function readDraft(database: UserDatabase, key: string): Promise<unknown> {
  const row = await database.read(["shelf"], (transaction) => transaction.objectStore("shelf").get(key));
  return row && open(row.box);
}

export const dropDraft = (database: UserDatabase, key: string): Promise<void> =>
  database.write(["shelf"], "relaxed", (transaction) => transaction.objectStore("shelf").delete(key));

type Writing = Transaction<UserSchema, "readwrite">;

async function stagedRow({ op, type, id, rev, body }: WholeChange): Promise<Staged> {
  return { key: `${type}/${id}`, op, rev: rev ?? 0, box: op === "put" ? await seal(body) : null };
}

/** A kind of record that this version does not know is kept as it came; a kind of change is more: nobody can tell what it does. */
const isUnderstood = (change: Change): change is WholeChange => ["put", "drop"].includes(change.op);

const receipts = (): IDBKeyRange => IDBKeyRange.bound("receipt/", "receipt/\uffff");
const shelfKey = (record: string): string => `change/${record}`;
export const shelvedChanges = (): IDBKeyRange => IDBKeyRange.bound("change/", "change/\uffff");

async function shelvedRow(change: Change): Promise<{ key: string; box: Box<unknown> }> {
  return { key: shelfKey(`${change.type}/${change.id}`), box: await seal<unknown>(change) };
}

/** Lay down what is not understood; a later change of the same record that is understood takes it away. */
async function shelve(transaction: Writing, understood: Staged[], shelved: { key: string; box: Box<unknown> }[]): Promise<void> {
  const shelf = transaction.objectStore("shelf");
  const lying = new Set(await shelf.getAllKeys(shelvedChanges()));
  for (const { key } of understood) if (lying.has(shelfKey(key))) await shelf.delete(shelfKey(key));
  for (const row of shelved) await shelf.put(row);
}

/** Within a generation a revision never falls (P8); the same revision may bring another body, for another role. */
async function stage(transaction: Writing, row: Staged): Promise<void> {
  const incoming = transaction.objectStore("incoming");
  const before = await incoming.get(row.key);
  if (before?.op === "put" && row.op === "put" && before.rev > row.rev) return;
  await incoming.put(row);
}

async function promote(transaction: Writing, generation: number): Promise<void> {
  for (const row of await transaction.objectStore("incoming").getAll()) await promoteRow(transaction, row, generation);
  await transaction.objectStore("incoming").clear();
}

async function promoteRow(transaction: Writing, { key, op, rev, box }: Staged, generation: number): Promise<void> {
  const records = transaction.objectStore("records");
  if (op !== "put") return records.delete(key);
  const before = await records.get(key);
  if (before && before.generation === generation && before.rev > rev) return;
  await records.put({ key, rev, generation, box: box as Box<unknown> });
}

/** The round has reached the head of the server's snapshot. After a reset, what the new generation does not hold is gone. */
async function endRound(transaction: Writing, place: Place, page: Page): Promise<Partial<Place>> {
  if (!place.complete) await dropOlderGenerations(transaction, place.generation);
  return { high: page.high, complete: true, as_of: page.server_time };
}

async function dropOlderGenerations(transaction: Writing, generation: number): Promise<void> {
  const records = transaction.objectStore("records");
  for (const row of await records.getAll()) if (row.generation < generation) await records.delete(row.key);
}

async function thePlace(transaction: Transaction<UserSchema, "readonly" | "readwrite">): Promise<Place> {
  return (await transaction.objectStore("view").get("place")) ?? nowhere;
}

function parts(key: string): { type: string; id: string } {
  const slash = key.indexOf("/");
  return { type: key.slice(0, slash), id: key.slice(slash + 1) };
}
