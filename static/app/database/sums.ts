/** By which both sides know that they hold the same: a body, or the lines of all records of a type (PROTOCOL §3). */

/** The first 16 hex digits of SHA-256. */
export async function sumOf(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, hexDigits);
}

/** The JSON of a body by which it is known: all names in order, without spaces. */
export const inOrder = (body: unknown): string => JSON.stringify(body, (_name, value: unknown) =>
  value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, (value as Record<string, unknown>)[name]]))
    : value);

const hexDigits = 16;
