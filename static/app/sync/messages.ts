/** What goes up and what comes down, PROTOCOL §1, and the reading of an answer that may be anything. */
import type { Change } from "../database/view.ts";
import type { Settled } from "../database/work.ts";
import type { Outgoing } from "../database/user_database.ts";

export interface Message {
  protocol: 1; app: string; device: string; epoch: string | null; unsent: number;
  operations: { id: string; seq: number; body: string }[]; cursor: string | null;
  /** Verdicts of what was simply applied may be given by number (`applied`). */
  brief: true;
  /** Revisions of the transfers that the operations are about, as this phone holds them: of these it takes patches. */
  have?: Record<string, number>;
  /** By chance; the answer repeats it. */
  turn: number;
  /** Types of records that were not what the office says: told once, with the request that fetches them anew. */
  repaired?: string[];
}

export interface Answer {
  /** Whose answer it is; an office of an earlier version does not say. */
  turn?: number;
  epoch: string; server_time: string; expected_seq: number; results: Settled[];
  /** `[first, last, stamp]`: these numbers of the request, in a row, were applied, and nothing else is to be said of them. */
  applied?: [number, number, number | null][];
  changes: Change[]; cursor: string | null;
  /** With the last page of a round: everything stamped up to here has come. */
  high?: number; more: boolean; promote: boolean; reset?: "epoch" | "cursor" | "floor" | "shape" | null; retry_after_ms?: number | null; lease_until: string | null;
  /** Now and then, with the last page of a round: what the phone should hold now, by type. */
  digests?: Record<string, string> | null;
}

/** What became of a request. `no_answer`: no signal, a captive portal, a proxy's page: nothing was said about anything. */
export type Reply =
  | { kind: "answer"; answer: Answer; sentAt: number; heardAt: number }
  | { kind: "no_answer" } | { kind: "sign_in" } | { kind: "switched_off" } | { kind: "forked" } | { kind: "too_large" } | { kind: "not_this_protocol" }
  | { kind: "busy"; retryAfterMs: number };

/** What this phone knows of the server's limits; the answer of a server with other ones is a 413, which halves the batch. */
export const operationsMost = 100;
export const requestBytesMost = 262_144;

/** As many operations, in order, as fit into one request; always at least the first. */
export function batchOf(operations: Outgoing[], most: number): Message["operations"] {
  const batch: Message["operations"] = [];
  let bytes = envelopeBytes;
  for (const { id, seq, wire } of operations.slice(0, most)) {
    const operation = { id, seq, body: wire };
    bytes += new TextEncoder().encode(JSON.stringify(operation)).length + 1;
    if (batch.length && bytes > requestBytesMost) break;
    batch.push(operation);
  }
  return batch;
}

const envelopeBytes = 4_096;

/** An answer is believed only if it is JSON of our shape: a captive portal says 200 to everything. */
export async function readReply(response: Response, sentAt: number, heardAt: () => number): Promise<Reply> {
  const json = await response.json().catch(() => null) as (Partial<Answer> & { code?: unknown }) | null;
  if (response.status === 200) {
    return isAnswer(json) ? { kind: "answer", answer: json, sentAt, heardAt: heardAt() } : { kind: "no_answer" };
  }
  if (response.status === 413) return { kind: "too_large" };
  if (response.status === 429 || response.status === 503) return { kind: "busy", retryAfterMs: retryAfter(response) };
  if (typeof json?.code !== "string") return { kind: "no_answer" };
  // Somebody whose work knows no phone has signed in to the office's pages in this browser: the cookie is theirs.
  if (response.status === 401 || json.code === "access.denied") return { kind: "sign_in" };
  if (json.code === "device.revoked") return { kind: "switched_off" };
  if (response.status === 409 && json.code === "device.forked") return { kind: "forked" };
  return response.status === 400 ? { kind: "not_this_protocol" } : { kind: "no_answer" };
}

/**
 * Whether it answers this request. A proxy may give an earlier answer again: its numbers may by now be those of other operations,
 * and its page does not go on from where this phone stands.
 */
export const isOf = (answer: Answer, { turn }: Message): boolean => answer.turn === turn || (answer.turn === undefined && !answer.applied);

/** The answer with each verdict spelled out: an office that is asked to be brief names what was simply applied by its numbers alone. */
export function spelledOut(answer: Answer, { operations }: Message): Answer {
  const named = operations.flatMap(({ id, seq }): Settled[] => {
    const run = answer.applied?.find(([first, last]) => first <= seq && seq <= last);
    return run ? [{ id: id as Settled["id"], verdict: "applied", code: null, stamp: run[2], conflict: null }] : [];
  });
  return { ...answer, results: [...answer.results, ...named] };
}

function isAnswer(json: Partial<Answer> | null): json is Answer {
  return json !== null && typeof json === "object" && typeof json.epoch === "string" && Array.isArray(json.results)
    && Array.isArray(json.changes) && !Number.isNaN(Date.parse(json.server_time ?? "")) && typeof json.expected_seq === "number";
}

/** `Retry-After` in seconds; a date or nonsense is taken as half a minute. */
function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After") ?? 30);
  return (Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), 300) : 30) * 1000;
}
