import type { PhoneDatabase } from "../database/phone_database.ts";
import type { UserDatabase } from "../database/user_database.ts";
import { allUnsent, deviceOf } from "../database/work.ts";
import { uuid7 } from "../intents/uuid7.ts";
import type { CopyPart } from "./copies.ts";
import type { World } from "./world.ts";

/**
 * A copy of all that waits on this phone, of everybody who used it, as a file that only the office can open. Changes nothing here:
 * only a verdict takes an operation out of an outbox. Null when nothing waits. Rejects where the office's key is not known yet.
 */
export async function unsentCopy(
  world: World, small: PhoneDatabase, databaseOf: (user: string) => UserDatabase, words: string,
): Promise<{ text: string; count: number } | null> {
  const parts: CopyPart[] = [];
  for (const { id, upload_token: token } of await small.users()) {
    const [known, operations] = await Promise.all([deviceOf(databaseOf(id)), allUnsent(databaseOf(id))]);
    if (token && known && operations.length) parts.push({ token, device: known.device, operations });
  }
  if (!parts.length) return null;
  const { copy_key: key } = await small.facts();
  if (!key) throw new Error("The office's key comes with a sign-in");
  const { sealCopy } = await import("./copies.ts");
  const text = await sealCopy(key, uuid7(world.now(), world.bytes(10)), parts, words);
  return { text, count: parts.reduce((sum, { operations }) => sum + operations.length, 0) };
}
