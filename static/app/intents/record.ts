import { StorageTrouble, type StorageCode } from "../database/connection.ts";
import type { About, UserDatabase } from "../database/user_database.ts";
import type { ActRow } from "../database/view.ts";
import { lastKept, record } from "../database/work.ts";
import { VERSIONS, type Arguments, type Body, type OperationType, type Target } from "../operations.ts";
import type { OperationId, UserId } from "../records.ts";
import { uuid7 } from "./uuid7.ts";

/** What a person did could not be kept. Screens say so, and keep the form open. */
export class NotSaved extends Error {
  constructor(readonly code: "too_large" | "signed_out" | StorageCode, options?: ErrorOptions) {
    super(code, options);
  }
}

/** Where an act is recorded: whose database, what that person sees now, and what the phone knows of the time. */
export interface Desk {
  database: UserDatabase; author: UserId; app: string;
  revision(target: string): number | null;
  about(target: string, args: Arguments[OperationType]): About;
  now(): number;
  clockOffsetMs(): number | null;
  bytes(count: number): Uint8Array;
  /** The newest act that is on the screen: the next one is laid over it. So it is over one that is only kept, which may come back. */
  last: OperationId | undefined;
  /** It was saved, in the last room that there was. */
  tellStorageLow(): void;
}

/** Resolves with what it recorded when that is on disk, and never before: this is what "saved on this phone" says. */
export async function recordAct<Type extends OperationType>(
  desk: Desk, type: Type, target: Target<Type>, args: Arguments[Type], after: OperationId[] = [], blobs: string[] = [],
): Promise<ActRow> {
  const body = {
    type, v: VERSIONS[type] ?? 1, author: desk.author, target, base_rev: desk.revision(target), args, after, blobs,
    occurred_at: new Date(desk.now()).toISOString(), clock_offset_ms: desk.clockOffsetMs(), app: desk.app,
  } as unknown as Body;
  const wire = wireOf(body);
  if (new TextEncoder().encode(wire).length > operationBytesMost) throw new NotSaved("too_large");
  const said = JSON.stringify([type, target, args, after, blobs]);
  const before = notSaved.get(desk.database);
  const again = before?.said === said && Math.abs(desk.now() - before.at) < saidAgainMs;
  let id = again ? before.id : idAfter(desk, newest.get(desk.database));
  const overlay = { body, about: desk.about(target, args) };
  try {
    const later = newest.has(desk.database) ? undefined : await lastKept(desk.database, id);
    if (later && !again) id = idAfter(desk, later);
    await record(desk.database, id, wire, overlay, () => desk.tellStorageLow(), again);
    newest.set(desk.database, id);
    notSaved.delete(desk.database);
  } catch (error) {
    notSaved.set(desk.database, { said, id, at: desk.now() });
    throw new NotSaved(error instanceof StorageTrouble ? error.code : "storage_broken", { cause: error });
  }
  return { id, ...overlay, kept: null };
}

/** What this tab recorded last. Before its first act it asks the store what is kept, and so it need not ask again. */
const newest = new WeakMap<UserDatabase, OperationId>();

const idAfter = (desk: Desk, id = ""): OperationId =>
  uuid7(desk.now(), desk.bytes(10), desk.last && desk.last > id ? desk.last : id) as OperationId;

/** What was told not to be saved may be on disk all the same, when nobody heard of it any more: pressed once more it keeps its id, and counts once. */
const notSaved = new WeakMap<UserDatabase, { said: string; id: OperationId; at: number }>();
const saidAgainMs = 600_000;

/** Its text for the office, which knows what is left out: version 1, following nothing, without pictures. */
const wireOf = ({ v, after, blobs, ...said }: Body): string =>
  JSON.stringify({ ...said, ...(v > 1 && { v }), ...(after.length && { after }), ...(blobs.length && { blobs }) });

/** PROTOCOL §1: one operation is at most 32 KiB, which is checked here because a larger one could never be sent. */
const operationBytesMost = 32_768;
