/**
 * A UUID of version 7 (RFC 9562): 48 bits of time in ms, then random ones, so that ids sort by when they were made.
 * Own code because `crypto.randomUUID` makes version 4 only, and exists in secure contexts only. `bytes` are ten random ones. It sorts
 * after the id `last` too, whatever the clock says: a phone's clock is set back.
 */
export function uuid7(now: number, bytes: Uint8Array, last?: string): string {
  const time = Math.max(0, Math.floor(now), last ? timeOf(last) + 1 : 0).toString(16).padStart(12, "0").slice(-12);
  const random = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = (8 + (bytes[2]! & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(5, 8)}-${random.slice(8, 20)}`;
}

const timeOf = (id: string): number => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
