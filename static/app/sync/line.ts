/** How a request goes over the line: the work of a round in lines, and packed where that is worth it (PROTOCOL §1). */

/** As `fetch`. An office of an earlier version reads no lines: it refuses them before it reads anything, and gets the same as JSON. */
export async function overTheLine(path: string, init: RequestInit): Promise<Response> {
  const lines = path === "/api/v1/sync" ? inLines(init) : null;
  const response = lines && (await fetch(path, await packed(lines)));
  return response && ![400, 403].includes(response.status) ? response : fetch(path, await packed(init));
}

/**
 * The message and the number of its first operation in a line; then for each operation two, its id and its text as it is. As JSON inside
 * JSON the text would be longer. Null where that cannot be said: nothing to bring, or numbers with a gap.
 */
export function inLines(init: RequestInit): RequestInit | null {
  const { operations, ...message } = JSON.parse(init.body as string) as { operations: { id: string; seq: number; body: string }[] };
  const first = operations[0]?.seq;
  if (first === undefined || operations.some(({ seq, body }, n) => seq !== first + n || body.includes("\n"))) return null;
  const headers = new Headers(init.headers);
  headers.set("Content-Type", "application/x-ndjson");
  const lines = [JSON.stringify({ ...message, first }), ...operations.flatMap(({ id, body }) => [JSON.stringify(id), body])];
  return { ...init, headers, body: lines.join("\n") };
}

/** A text goes up gzipped, where the browser can do that: one act is then half of the bytes, a day's work a tenth. */
export async function packed(init: RequestInit): Promise<RequestInit> {
  if (typeof init.body !== "string" || init.body.length <= packedFrom || typeof CompressionStream === "undefined") return init;
  const stream = new Blob([init.body]).stream().pipeThrough(new CompressionStream("gzip"));
  const headers = new Headers(init.headers);
  headers.set("Content-Encoding", "gzip");
  return { ...init, headers, body: await new Response(stream).arrayBuffer() };
}

const packedFrom = 400;
