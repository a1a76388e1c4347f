/** One round for one user's database: deliver the outbox in order, then fetch until the head of the feed. */
import type { UserDatabase } from "../database/user_database.ts";
import { onBallast } from "../database/ballast.ts";
import { differingTypes } from "../database/digest.ts";
import { heldRevisions } from "../database/patches.ts";
import { placeOf, reset, takePage } from "../database/view.ts";
import { firstUnsent, fork, offerAgain, settle } from "../database/work.ts";
import { uuid7 } from "../intents/uuid7.ts";
import type { OperationId, UserId } from "../records.ts";
import { sessionUser } from "./sign_in.ts";
import { batchOf, isOf, operationsMost, readReply, spelledOut, type Answer, type Message, type Reply } from "./messages.ts";
import { answerWaitMs, inTime, type World } from "./world.ts";

/** By which right it speaks: the session's cookie, or an upload token, which delivers and reads nothing. */
export type Door = { kind: "session"; user: UserId } | { kind: "token"; token: string };

export type End =
  | { kind: "done" } | { kind: "no_answer" } | { kind: "sign_in" } | { kind: "switched_off" } | { kind: "not_this_protocol" } | { kind: "stuck" }
  | { kind: "busy"; retryAfterMs: number };

/** What a round tells while it goes on. */
export interface Told { onAnswer(answer: Answer, offsetMs: number | null): Promise<void>; onChange(what: "acts" | "records"): Promise<void> }

/**
 * Runs until there is nothing left to send and nothing left to fetch, or until it cannot go on. Consumes nothing on failure:
 * every operation leaves the outbox only on its own verdict, so a round may be cut off and repeated anywhere.
 */
export async function runRound(world: World, database: UserDatabase, door: Door, told: Told): Promise<End> {
  let most = operationsMost;
  let takesPatches = door.kind === "session";
  for (let idle = 0; idle < idleExchangesMost;) {
    const message = await compose(world, database, most, takesPatches);
    if (door.kind === "token" && !message.operations.length) return { kind: "done" };
    const reply = await send(world, door, message);
    if (reply.kind === "too_large") {
      if (message.operations.length <= 1) return { kind: "stuck" };
      most = Math.floor(message.operations.length / 2);
    } else if (reply.kind === "forked") {
      // The same is said when the cookie is another person's, signed in beside us: their hands get none of this work.
      if (door.kind === "session" && (await sessionUser(world)) !== door.user) return { kind: "sign_in" };
      await fork(database, message.device, newId(world));
      idle += 1;
    } else if (reply.kind === "answer") {
      await told.onAnswer(reply.answer, offsetOf(reply));
      const progress = await takeAnswer(world, database, door, message, reply.answer, told);
      if (progress === "finished") return { kind: "done" };
      if (reply.answer.retry_after_ms) return { kind: "busy", retryAfterMs: reply.answer.retry_after_ms };
      takesPatches &&= progress !== "unfit";
      idle = progress === "moved" ? 0 : idle + 1;
    } else return reply;
  }
  return { kind: "stuck" };
}

/** Some answers move nothing, such as one that a second tab was quicker with; more than three in a row would be a fault. */
const idleExchangesMost = 4;

async function compose(world: World, database: UserDatabase, most: number, takesPatches: boolean): Promise<Message> {
  const { device: { device }, unsent, operations } = await firstUnsent(database, most);
  const { epoch, cursor, differing } = await placeOf(database);
  const batch = batchOf(operations, most);
  const targets = cursor !== null && unsent <= batch.length ? batch.map(({ body }) => (JSON.parse(body) as { target?: string | null }).target ?? null) : [];
  const have = takesPatches ? await heldRevisions(database, targets) : null;
  return { protocol: 1, app: world.app, device, epoch, unsent, operations: batch, cursor, brief: true, turn: Math.floor(world.random() * 2 ** 32), ...(have && { have }), ...(differing?.length && { repaired: differing }) };
}

/** What goes up of a message. The epoch is for this phone's own reckoning: the cursor and the answer carry what counts. */
function said({ epoch: _epoch, cursor, have, ...rest }: Message, door: Door): object {
  return door.kind === "token" ? rest : { ...rest, cursor, have };
}

async function send(world: World, door: Door, message: Message): Promise<Reply> {
  const sentAt = world.now();
  const reply = await inTime(world, async (signal) => readReply(await world.fetch("/api/v1/sync", {
    method: "POST", body: JSON.stringify(said(message, door)), cache: "no-store", signal,
    credentials: door.kind === "session" ? "same-origin" : "omit",
    headers: { "Content-Type": "application/json", "X-Bihuan": "1", ...(door.kind === "token" && { Authorization: `Bearer ${door.token}` }) },
  }), sentAt, () => world.now()));
  return reply ? inFull(reply, message) : { kind: "no_answer" };
}

function inFull(reply: Reply, message: Message): Reply {
  if (reply.kind !== "answer") return reply;
  return isOf(reply.answer, message) ? { ...reply, answer: spelledOut(reply.answer, message) } : { kind: "no_answer" };
}

/**
 * First verdicts, then what they reveal about the sequence and the history, then the feed: a page never arrives before its verdicts (P9).
 * Another history is taken note of also by a token, which brings no page: nobody may sign in here for long.
 */
async function takeAnswer(
  world: World, database: UserDatabase, door: Door, message: Message, answer: Answer, told: Told,
): Promise<"finished" | "moved" | "idle" | "unfit"> {
  const settled = await onBallast([database], () => settle(database, answer.results, message.epoch, answer.epoch, Date.parse(answer.server_time)));
  if (settled) await told.onChange("acts");
  if (await mendSequence(world, database, message, answer)) return "moved";
  if (answer.reset || (message.epoch !== null && answer.epoch !== message.epoch)) {
    await reset(database, message.cursor, answer.epoch, newId(world));
    await told.onChange("records");
    return message.cursor === null && message.epoch === answer.epoch ? "idle" : "moved";
  }
  if (door.kind === "token") return settled ? "moved" : "idle";
  const { unsent } = await firstUnsent(database, 1);
  if (message.unsent > message.operations.length || answer.cursor === null) return settled ? "moved" : unsent ? "idle" : "finished";
  const taken = await takePage(database, {
    asked: message.cursor, cursor: answer.cursor, changes: answer.changes, promote: answer.promote, more: answer.more, epoch: answer.epoch,
    high: answer.high ?? 0, server_time: Date.parse(answer.server_time), lease_until: answer.lease_until,
  });
  if (taken === "unfit") return "unfit";
  if (taken === "promoted" && answer.digests) { // before anybody looks: what is spoilt might not be fit to be shown
    const differing = await differingTypes(database, answer.cursor, answer.digests);
    if (differing.length) {
      await reset(database, answer.cursor, answer.epoch, newId(world), differing);
      return "moved";
    }
  }
  if (taken === "promoted") await told.onChange("records");
  if (taken === "stale") return settled ? "moved" : "idle";
  return answer.more || (await firstUnsent(database, 1)).unsent ? "moved" : "finished";
}

/**
 * The server stops at a gap and names the number it expects. Behind it: those numbers are offered again, or declared void; also where
 * nothing was brought, but the server knows fewer numbers than this phone has given up: it was set back, and nobody told. Ahead of all that this phone made: a copy of this phone was here, so this one becomes a device of its own.
 */
async function mendSequence(world: World, database: UserDatabase, message: Message, answer: Answer): Promise<boolean> {
  const { device: { next_seq }, operations: [waiting] } = await firstUnsent(database, 1);
  if (answer.expected_seq > next_seq) {
    await fork(database, message.device, newId(world));
    return true;
  }
  const judged = new Set(answer.results.map(({ id }) => id as string));
  const stopped = message.operations.find(({ id }) => !judged.has(id));
  const broughtAll = !message.unsent && !answer.reset && message.epoch === answer.epoch; // another history is another matter
  const end = stopped?.seq ?? (broughtAll ? (waiting?.seq ?? next_seq) : 0);
  if (answer.expected_seq >= end) return false;
  const mended = await offerAgain(database, message.device, answer.expected_seq, end, () => newId(world) as OperationId);
  if (!mended) await fork(database, message.device, newId(world));
  return true;
}

/**
 * The office's clock minus this phone's, ms, taken at the middle of the request; where the phone's was set back meanwhile, at its end.
 * Null where it says nothing: longer than anybody waits is a phone that slept, or one that was set forward.
 */
function offsetOf({ answer, sentAt, heardAt }: Extract<Reply, { kind: "answer" }>): number | null {
  if (heardAt > sentAt + answerWaitMs) return null;
  return Math.round(Date.parse(answer.server_time) - (heardAt < sentAt ? heardAt : (sentAt + heardAt) / 2));
}

export const newId = (world: World): string => uuid7(world.now(), world.bytes(10));
