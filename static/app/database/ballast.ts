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
    if (error instanceof StorageTrouble && error.code === "storage_full") return false;
    throw error;
  }
}

/** Do this; if the phone is full, give the ballast up and do it once more. True when that was needed. Rejects when it was not enough. */
export async function onBallast(database: UserDatabase, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (!(error instanceof StorageTrouble && error.code === "storage_full") || !(await freeBallast(database))) throw error;
    await work();
    return true;
  }
}

function freeBallast(database: UserDatabase): Promise<boolean> {
  return database.write(["ballast"], "strict", async (transaction) => {
    const pieces = await transaction.objectStore("ballast").count();
    await transaction.objectStore("ballast").clear();
    return pieces > 0;
  });
}
