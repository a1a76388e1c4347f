/** About 1 MB that is of no use but to be given up: on a full phone its room takes the next operations, and the person is told. */
import { StorageTrouble } from "./connection.ts";
import type { UserDatabase } from "./user_database.ts";

const PIECE_BYTES = 65_536; // the most that the browser gives in random bytes at once; what is not random would be pressed to nothing

/** Put the ballast in if it is not there. False when there is no room for it. */
export async function keepBallast(database: UserDatabase, bytes: number, random: (count: number) => Uint8Array): Promise<boolean> {
  if (await database.read(["ballast"], (transaction) => transaction.objectStore("ballast").count())) return true;
  try {
    await database.write(["ballast"], "relaxed", async (transaction) => {
      const pieces = Array.from({ length: Math.ceil(bytes / PIECE_BYTES) }, (_, key) => ({ key, bytes: random(PIECE_BYTES) }));
      await Promise.all(pieces.map((piece) => transaction.objectStore("ballast").put(piece)));
    });
    return true;
  } catch (error) {
    if (isFull(error)) return false;
    throw error;
  }
}

/**
 * Do this; if the phone is full, give up the ballast in these databases, do it once more, and `tell` that it was done in the last room.
 * Rejects when there was no ballast, or not enough of it.
 */
export async function onBallast<Result>(databases: Iterable<UserDatabase>, work: () => Promise<Result>, tell = (): void => undefined): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isFull(error) || !(await freeBallast(databases))) throw error;
    const result = await work();
    tell();
    return result;
  }
}

export const isFull = (error: unknown): boolean => error instanceof StorageTrouble && error.code === "storage_full";

/** Whether there was any. */
async function freeBallast(databases: Iterable<UserDatabase>): Promise<boolean> {
  let pieces = 0;
  for (const database of databases) {
    pieces += await database.write(["ballast"], "strict", async (transaction) => {
      const here = await transaction.objectStore("ballast").count();
      await transaction.objectStore("ballast").clear();
      return here;
    });
  }
  return pieces > 0;
}
