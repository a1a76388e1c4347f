/** Does the phone hold what the office says it should? Ids and revisions, by type of record (PROTOCOL §3). */
import { sumOf } from "./sums.ts";
import { shelvedChanges } from "./view.ts";
import type { UserDatabase } from "./user_database.ts";

/**
 * The types of records that differ from the office's digests. None where the phone stands elsewhere by now (another tab was quicker),
 * or cannot tell: something newer than this version lies on the shelf, or the page is not served safely and has no SHA-256.
 */
export async function differingTypes(database: UserDatabase, cursor: string, digests: Record<string, string>): Promise<string[]> {
  if (!globalThis.crypto?.subtle) return [];
  const rows = await database.read(["records", "view", "shelf"], async (transaction) => {
    const place = await transaction.objectStore("view").get("place");
    const shelved = await transaction.objectStore("shelf").count(shelvedChanges());
    return place?.cursor === cursor && !shelved ? transaction.objectStore("records").getAll() : null;
  });
  if (!rows) return [];
  const lines = new Map<string, string[]>(Object.keys(digests).map((type) => [type, []]));
  for (const { key, rev } of rows) {
    const slash = key.indexOf("/");
    const type = key.slice(0, slash);
    const line = `${key.slice(slash + 1)} ${rev}\n`;
    lines.get(type)?.push(line) ?? lines.set(type, [line]);
  }
  const differs = await Promise.all([...lines].map(async ([type, held]) => (await sumOf(held.sort().join(""))) !== (digests[type] ?? "")));
  return [...lines.keys()].filter((_type, at) => differs[at]).sort();
}
