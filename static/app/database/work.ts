/** The work half: operations are recorded, sent in order, and leave the outbox only on their own verdict. */
import { isFull, onBallast } from "./ballast.ts";
import type { Transaction } from "./connection.ts";
import { seal, type Box } from "./seal.ts";
import { nowhere, type Device, type Kept, type Outgoing, type Overlay, type UserDatabase, type UserSchema } from "./user_database.ts";
import type { OperationId } from "../records.ts";

type Writing = Transaction<UserSchema, "readwrite">;

/** The device of this database; none where nobody signed in with it yet, or the browser has lost what was in it. */
export const deviceOf = (database: UserDatabase): Promise<Device | undefined> =>
  database.read(["device"], (transaction) => transaction.objectStore("device").get("device"));

/** At a sign-in `fresh` becomes the device of this database, if it has none. Where it has one nothing is written: the phone may be full. */
export async function beginDevice(database: UserDatabase, fresh: string): Promise<Device> {
  return (await deviceOf(database)) ?? database.write(["device"], "strict", async (transaction) => {
    const store = transaction.objectStore("device");
    const device = (await store.get("device")) ?? { key: "device", device: fresh, next_seq: 1 };
    await store.put(device);
    return device;
  });
}

/**
 * Put an operation into the outbox and its overlay beside it. P19: when this resolves it is on disk. The number is the one that
 * follows what this tab gave last, so that nothing is waited for before the writes; another tab may have been quicker, and then it is
 * asked for. `tellLow` is called when there was room only in place of the ballast. With `again` it may be there already, and is left then.
 */
export async function record(
  database: UserDatabase, id: OperationId, wire: string, overlay: Overlay, tellLow: () => void, again: boolean,
): Promise<void> {
  const row = { id, wire, box: await seal(overlay) };
  if (again) devices.delete(database);
  await onBallast([database], () => recordRow(database, row), tellLow);
}

async function recordRow(database: UserDatabase, row: Recording): Promise<void> {
  const guess = devices.get(database);
  devices.delete(database);
  const device = (guess && (await recordAs(guess, database, row).catch(ifNotFull))) || (await recordAsked(database, row));
  if (device) devices.set(database, device);
}

interface Recording { id: OperationId; wire: string; box: Box<Overlay> }

/** The device as this tab left it, for each database that it recorded in. */
const devices = new WeakMap<UserDatabase, Device>();
const recordingStores = ["outbox", "overlay", "device"] as const;

/** All requests at once. The device is read first, so when another tab has moved it on everything is undone before it can complete. */
function recordAs(guess: Device, database: UserDatabase, row: Recording): Promise<Device> {
  return database.write([...recordingStores], "strict", async (transaction) => {
    const reading = transaction.objectStore("device").get("device");
    const writing = putOperation(transaction, guess, row);
    writing.catch(() => undefined);
    const device = await reading;
    if (device?.device !== guess.device || device.next_seq !== guess.next_seq) throw new Error("Another tab has recorded since");
    return writing;
  });
}

/** A full disk is full for the second attempt too; whatever else went wrong is found out by asking. */
function ifNotFull(error: unknown): null {
  if (isFull(error)) throw error;
  return null;
}

function recordAsked(database: UserDatabase, row: Recording): Promise<Device | null> {
  return database.write([...recordingStores], "strict", async (transaction) => {
    // A connection that broke while completing is tried again, and may have written already.
    if (await transaction.objectStore("overlay").getKey(row.id)) return null;
    return putOperation(transaction, await theDevice(transaction), row);
  });
}

async function putOperation(transaction: Writing, device: Device, { id, wire, box }: Recording): Promise<Device> {
  const next = { ...device, next_seq: device.next_seq + 1 };
  await Promise.all([
    transaction.objectStore("outbox").add({ seq: device.next_seq, id, wire }),
    transaction.objectStore("overlay").add({ key: id, box }),
    transaction.objectStore("device").put(next),
  ]);
  return next;
}

export const countUnsent = (database: UserDatabase): Promise<number> =>
  database.read(["outbox"], (transaction) => transaction.objectStore("outbox").count());

/** All of the outbox, in order. */
export const allUnsent = (database: UserDatabase): Promise<Outgoing[]> =>
  database.read(["outbox"], (transaction) => transaction.objectStore("outbox").getAll());

/** The first operations of the outbox, in order, and what goes with them. */
export async function firstUnsent(database: UserDatabase, most: number): Promise<{ device: Device; unsent: number; operations: Outgoing[] }> {
  return database.read(["outbox", "device"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const [device, unsent, operations] = await Promise.all([theDevice(transaction), outbox.count(), outbox.getAll(null, most)]);
    return { device, unsent, operations };
  });
}

export type Settled = Pick<Kept, "id" | "verdict" | "code" | "stamp" | "conflict">;

/**
 * Move each operation that has a verdict out of the outbox. A verdict on one that is not there any more changes nothing, nor does
 * one of a history (`epoch`) that this database has left since it asked (`asked`): after a restore only the new one's count.
 */
export async function settle(database: UserDatabase, results: Settled[], asked: string | null, epoch: string, at: number): Promise<number> {
  if (!results.length) return 0;
  return database.write(["outbox", "kept", "device", "view"], "relaxed", async (transaction) => {
    const place = (await transaction.objectStore("view").get("place")) ?? nowhere;
    const now = place.epoch;
    if (now !== asked && now !== epoch) return 0;
    const outbox = transaction.objectStore("outbox");
    const { device } = await theDevice(transaction);
    let settled = 0;
    for (const result of results) {
      const operation = await outbox.index("id").get(result.id);
      if (!operation) continue;
      await transaction.objectStore("kept").put({ ...operation, ...result, device, epoch, settled_at: at });
      await outbox.delete(operation.seq);
      settled += 1;
    }
    if (settled && now === null) await transaction.objectStore("view").put({ ...place, epoch }); // a page may be long in coming
    return settled;
  });
}

/**
 * The server has not seen the numbers of device `asked` from `first` up to, not including, `end`. What is kept under them goes again;
 * a number that is truly lost becomes a void operation under an id of `newId`. False when too many are lost: then fork.
 * Another tab may have been quicker: what waits again already is not lost, and of a device that this is no more nothing is to be mended.
 */
export async function offerAgain(database: UserDatabase, asked: string, first: number, end: number, newId: () => OperationId): Promise<boolean> {
  return database.write(["outbox", "kept", "overlay", "device"], "strict", async (transaction) => {
    const { device } = await theDevice(transaction);
    if (device !== asked) return true;
    const waiting = new Set(await transaction.objectStore("outbox").getAllKeys());
    const kept = (await transaction.objectStore("kept").getAll()).filter((operation) => operation.device === device);
    const bySeq = new Map(kept.map((operation) => [operation.seq, operation]));
    const numbers = Array.from({ length: end - first }, (_, index) => first + index).filter((seq) => !waiting.has(seq));
    if (numbers.filter((seq) => !bySeq.has(seq)).length > lostNumbersMost) return false;
    for (const seq of numbers) await putBack(transaction, bySeq.get(seq) ?? { seq, id: newId(), wire: '{"type":"void"}' });
    return true;
  });
}

const lostNumbersMost = 100;

/**
 * Become another device: this one's numbers are also used by a copy of this phone. The operations keep their ids and
 * bytes and get new numbers, so what the server has already is answered with its first verdict. Another tab may have been quicker:
 * what was said of device `asked` is nothing to the one that this is by now.
 */
export async function fork(database: UserDatabase, asked: string, device: string): Promise<void> {
  await database.write(["outbox", "device"], "strict", async (transaction) => {
    if ((await theDevice(transaction)).device !== asked) return;
    const outbox = transaction.objectStore("outbox");
    const operations = await outbox.getAll();
    await outbox.clear();
    for (const [index, operation] of operations.entries()) await outbox.put({ ...operation, seq: index + 1 });
    await transaction.objectStore("device").put({ key: "device", device, next_seq: operations.length + 1 });
  });
}

/**
 * The server was restored from a backup: offer again what it acknowledged in another epoch. Ran within the reset's transaction.
 * Numbers stay as they were; a database that has been several devices becomes one more, `fresh`, so that what was done first goes first.
 */
export async function offerAllAgain(transaction: Writing, epoch: string, fresh: string): Promise<void> {
  const { device } = await theDevice(transaction);
  const kept = (await transaction.objectStore("kept").getAll()).filter((operation) => operation.epoch !== epoch);
  if (kept.every((operation) => operation.device === device)) {
    for (const operation of kept) await putBack(transaction, operation);
    return;
  }
  const unsent = await transaction.objectStore("outbox").getAll();
  await transaction.objectStore("outbox").clear();
  const all = [...kept.sort((one, other) => one.settled_at - other.settled_at || one.seq - other.seq), ...unsent];
  for (const [index, operation] of all.entries()) await putBack(transaction, { ...operation, seq: index + 1 });
  await transaction.objectStore("device").put({ key: "device", device: fresh, next_seq: all.length + 1 });
}

/** The newest of what is kept that sorts after this one: none, but where the phone's clock was set back. */
export async function lastKept(database: UserDatabase, after: OperationId): Promise<OperationId | undefined> {
  return (await database.read(["kept"], (transaction) => transaction.objectStore("kept").getAllKeys(IDBKeyRange.lowerBound(after)))).at(-1) as OperationId;
}

/** Forget operations that were settled before `before` (office clock, ms), except those whose verdict a screen still shows. */
export async function forgetKept(database: UserDatabase, before: number): Promise<void> {
  await database.write(["kept", "overlay"], "relaxed", async (transaction) => {
    const old = await transaction.objectStore("kept").index("settled_at").getAllKeys(IDBKeyRange.upperBound(before));
    for (const id of old) {
      if (!(await transaction.objectStore("overlay").getKey(id))) await transaction.objectStore("kept").delete(id);
    }
  });
}

/** What is in the outbox is on the screen, also when it had been forgotten there. */
async function putBack(transaction: Writing, { seq, id, wire, overlay }: Outgoing & Pick<Kept, "overlay">): Promise<void> {
  await transaction.objectStore("outbox").put({ seq, id, wire });
  if (overlay) await transaction.objectStore("overlay").put({ key: id, box: overlay });
  await transaction.objectStore("kept").delete(id);
}

async function theDevice(transaction: Transaction<UserSchema, "readwrite" | "readonly">): Promise<Device> {
  const device = await transaction.objectStore("device").get("device");
  if (!device) throw new Error("A user's database has no device before a sign-in");
  return device;
}
