// Pictures that people take: small ones, ones that go up in several parts, and now and then the same one again.
import type { Roll } from "./hands.ts";

const jpegBegins = [0xff, 0xd8, 0xff, 0xe0];
const sizes = [300, 2_000, 150_000];

/** A picture by its look: each number is another one. */
export function photo(roll: Roll): ArrayBuffer {
  const [size, look] = [sizes[roll(20) ? roll(2) : 2]!, roll(30)];
  const bytes = new Uint8Array(size).fill(look);
  bytes.set([...jpegBegins, size >> 16, (size >> 8) & 255, size & 255, look]);
  return bytes.buffer;
}
