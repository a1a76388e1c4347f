import type { DBSchema } from "idb";
import { Connection, StorageTrouble } from "./connection.ts";

/** `bytes` are what was taken; `waiting` names what an operation names and the office does not have yet; `sent` what it has. */
interface PictureSchema extends DBSchema {
  bytes: { key: string; value: { hash: string; bytes: ArrayBuffer } };
  waiting: { key: string; value: { hash: string } };
  sent: { key: string; value: { hash: string } };
}
export type PictureDatabase = Connection<PictureSchema>;

/** A user's pictures, beside their work and not among it: what fills up or breaks here leaves the outbox alone (F28). */
export function pictureDatabase(prefix: string, user: string, wait: (ms: number) => Promise<void>): PictureDatabase {
  return new Connection<PictureSchema>(`${prefix}-${user}-pictures`, 1, (database) => {
    for (const store of ["bytes", "waiting", "sent"] as const) database.createObjectStore(store, { keyPath: "hash" });
  }, wait);
}

/** When this resolves they are on disk. */
export async function keepBytes(database: PictureDatabase, hash: string, bytes: ArrayBuffer): Promise<void> {
  await database.write(["bytes"], "strict", (transaction) => transaction.objectStore("bytes").put({ hash, bytes }));
}

export async function readBytes(database: PictureDatabase, hash: string): Promise<ArrayBuffer | null> {
  return (await database.read(["bytes"], (transaction) => transaction.objectStore("bytes").get(hash)))?.bytes ?? null;
}

/** Give up what no operation names. */
export async function dropBytes(database: PictureDatabase, hash: string): Promise<void> {
  await database.write(["bytes", "waiting"], "relaxed", async (transaction) => {
    if (!(await transaction.objectStore("waiting").getKey(hash))) await transaction.objectStore("bytes").delete(hash);
  });
}

/** From now on they are to be sent. Rejects when the bytes of one are neither here nor at the office. */
export async function claim(database: PictureDatabase, hashes: string[]): Promise<void> {
  await database.write(["bytes", "waiting", "sent"], "strict", async (transaction) => {
    for (const hash of hashes) {
      if (await transaction.objectStore("sent").getKey(hash)) continue;
      if (!(await transaction.objectStore("bytes").getKey(hash))) throw new StorageTrouble("storage_broken");
      await transaction.objectStore("waiting").put({ hash });
    }
  });
}

export const waitingPictures = (database: PictureDatabase): Promise<string[]> =>
  database.read(["waiting"], (transaction) => transaction.objectStore("waiting").getAllKeys());

/** The office has it whole: only now do the bytes leave the phone. */
export async function confirm(database: PictureDatabase, hash: string): Promise<void> {
  await database.write(["bytes", "waiting", "sent"], "strict", async (transaction) => {
    await transaction.objectStore("sent").put({ hash });
    await transaction.objectStore("waiting").delete(hash);
    await transaction.objectStore("bytes").delete(hash);
  });
}
