/** The office need not send again what this phone holds (PROTOCOL §3, `patch`): it is told of which revision that is, and says what differs. */
import { open, type Box } from "./seal.ts";
import { inOrder, sumOf } from "./sums.ts";
import type { UserDatabase } from "./user_database.ts";
import type { Change, PatchOfBody, WholeChange } from "./view.ts";

/** What makes a body of another: `[value]` sets a value, an object goes inside, by name or by place in a list. */
export type Patch = [unknown] | { [name: string]: Patch };

/** Of these transfers those that this phone holds, with their revisions; null where it could not check a patch: no SHA-256 without https. */
export async function heldRevisions(database: UserDatabase, transfers: Iterable<string | null>): Promise<Record<string, number> | null> {
  if (!globalThis.crypto?.subtle) return null;
  return database.read(["records", "view"], async (transaction) => {
    const place = await transaction.objectStore("view").get("place");
    const found: Record<string, number> = {};
    for (const id of new Set(transfers)) {
      const row = id === null ? undefined : await transaction.objectStore("records").get(`transfer/${id}`);
      if (id !== null && row?.generation === place?.generation) found[id] = row!.rev;
    }
    return found;
  });
}

/**
 * The changes with each patch made into the whole body. Null when one does not fit: this phone holds another body, or the outcome is not
 * what the office says. Then nothing of the page is taken, and the whole is asked for.
 */
export async function madeWhole(database: UserDatabase, changes: Change[]): Promise<WholeChange[] | null> {
  const whole = await Promise.all(changes.map((change) => (change.op === "patch" ? wholeOf(database, change) : change)));
  return whole.every((change) => change !== null) ? whole : null;
}

async function wholeOf(database: UserDatabase, { type, id, rev, of, sum, body: patch }: PatchOfBody): Promise<WholeChange | null> {
  const rows = await database.read(["incoming", "records"], (transaction) =>
    Promise.all([transaction.objectStore("incoming").get(`${type}/${id}`), transaction.objectStore("records").get(`${type}/${id}`)]));
  const held = rows.find((row) => row?.box && row.rev === of);
  if (!held) return null;
  const body = patched(await open(held.box as Box<unknown>), patch);
  return (await sumOf(inOrder(body))) === sum ? { op: "put", type, id, rev, body } : null;
}

export function patched(body: unknown, patch: Patch): unknown {
  if (Array.isArray(patch)) return patch[0];
  const changed: any = Array.isArray(body) ? [...body] : { ...(body as object) };
  for (const [name, inside] of Object.entries(patch)) changed[name] = patched(changed[name], inside);
  return changed;
}
