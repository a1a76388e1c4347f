// Keys in their order, and ranges of them.
export type Key = number | string | Key[];
export type Query = Key | Range | null | undefined;

export class Range {
  constructor(readonly lower: Key | undefined, readonly upper: Key | undefined, readonly lowerOpen = false, readonly upperOpen = false) {}
  static only = (key: Key): Range => new Range(key, key);
  static lowerBound = (key: Key, open = false): Range => new Range(key, undefined, open);
  static upperBound = (key: Key, open = false): Range => new Range(undefined, key, false, open);
  static bound = (lower: Key, upper: Key, lowerOpen = false, upperOpen = false): Range => new Range(lower, upper, lowerOpen, upperOpen);
  includes(key: Key): boolean {
    const [low, high] = [this.lower === undefined ? 1 : compare(key, this.lower), this.upper === undefined ? -1 : compare(key, this.upper)];
    return (this.lowerOpen ? low > 0 : low >= 0) && (this.upperOpen ? high < 0 : high <= 0);
  }
}

/** The rows whose value at `path` is wanted, in the order of those values, as [primary key, row]. */
export function pick(rows: Map<Key, any>, path: string, keyPath: string, query: Query, most = Infinity): [Key, any][] {
  if (path === keyPath && query !== null && query !== undefined && !(query instanceof Range)) {
    const row = rows.get(query);
    return row === undefined ? [] : [[query, row]];
  }
  const range = query === null || query === undefined ? null : query instanceof Range ? query : Range.only(query);
  const found = [...rows].filter(([, row]) => row[path] !== undefined && (!range || range.includes(row[path])));
  found.sort(([one, row], [other, another]) => compare(row[path], another[path]) || compare(one, other));
  return most && found.length > most ? found.slice(0, most) : found;
}

/** Numbers before texts before lists, as in the IndexedDB standard. */
function compare(one: Key, other: Key): number {
  if (Array.isArray(one) && Array.isArray(other)) {
    const place = one.findIndex((part, index) => index >= other.length || compare(part, other[index]!) !== 0);
    return place < 0 ? one.length - other.length : place >= other.length ? 1 : compare(one[place]!, other[place]!);
  }
  const [rank, otherRank] = [rankOf(one), rankOf(other)];
  return rank !== otherRank ? rank - otherRank : one < other ? -1 : one > other ? 1 : 0;
}

const rankOf = (key: Key): number => (typeof key === "number" ? 0 : typeof key === "string" ? 1 : 2);
