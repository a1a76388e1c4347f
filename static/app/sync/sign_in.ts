import { uuid7 } from "../intents/uuid7.ts";
import { onBallast } from "../database/ballast.ts";
import type { Emptied, PhoneDatabase } from "../database/phone_database.ts";
import type { UserDatabase } from "../database/user_database.ts";
import { beginDevice, deviceOf } from "../database/work.ts";
import type { User, UserId } from "../records.ts";
import { inTime, type World } from "./world.ts";

/** Signing in did not work; `no_answer` when the office was not reached. Nothing on the phone has changed. */
export class SignInRefused extends Error {
  constructor(readonly code: string) { super(code); }
}

interface Welcome { user: User; device: string; upload_token: string; copy_key: string; epoch: string; server_time: string; emptied: Emptied | null }

/**
 * Sign in by password. The phone says whose work it holds under which device, and the office says which one it goes on as:
 * work left here keeps its numbers, whatever its person is called now. `device` is the one that a new user begins with.
 */
export async function signIn(
  world: World, small: PhoneDatabase, databaseOf: (user: string) => UserDatabase, username: string, password: string,
): Promise<{ user: User; serverTime: number }> {
  const users = await small.users();
  const held = await Promise.all(users.map(async ({ id }) => [id, (await deviceOf(databaseOf(id)))?.device] as const));
  const holds = Object.fromEntries(held.filter((one): one is [UserId, string] => one[1] !== undefined)); // what was lost is not held
  const welcome = await ask(world, { username, password, device: uuid7(world.now(), world.bytes(10)), holds });
  const { user, upload_token, copy_key, server_time, emptied } = welcome;
  await onBallast([...users.map(({ id }) => databaseOf(id)), databaseOf(user.id)], async () => {
    const { device } = await beginDevice(databaseOf(user.id), welcome.device);
    await small.keepUser({ id: user.id, user, device, upload_token, emptied });
    await small.keepFacts({ current: user.id, sign_out_pending: false, copy_key }, "strict");
  });
  return { user, serverTime: Date.parse(server_time) };
}

/** Whose session the cookie is; null when it is nobody's or the office was not reached. */
export async function sessionUser(world: World): Promise<string | null> {
  const heard = await hear(world, "/api/v1/session");
  return heard?.status === 200 ? ((heard.json as Partial<Welcome> | null)?.user?.id ?? null) : null;
}

/** Which history the office is in, as it tells anybody; nothing when it was not reached. */
export async function historyOfOffice(world: World): Promise<{ epoch?: string }> {
  const heard = await hear(world, "/api/v1/hello", { credentials: "omit" });
  const { epoch = null } = (heard?.status === 200 && (heard.json as { epoch?: unknown } | null)) || {};
  return typeof epoch === "string" ? { epoch } : {};
}

/** End the session at the office; false when the office was not reached and it has to be done later. */
export async function endSession(world: World): Promise<boolean> {
  const heard = await hear(world, "/api/v1/session", { method: "DELETE", headers: { "X-Bihuan": "1" } });
  return heard?.status === 204 || heard?.status === 401;
}

async function ask(world: World, said: { username: string; password: string; device: string; holds: Record<string, string> }): Promise<Welcome> {
  const headers = { "Content-Type": "application/json", "X-Bihuan": "1" };
  const heard = await hear(world, "/api/v1/session", { method: "POST", body: JSON.stringify(said), headers });
  const json = heard?.json as (Partial<Welcome> & { code?: string }) | null | undefined;
  if (heard?.status === 200 && json?.user?.id && json.upload_token && json.device && json.server_time) return json as Welcome;
  throw new SignInRefused(heard && heard.status !== 200 && json?.code ? json.code : "no_answer");
}

/** Status and JSON of the answer, which may be anything; null when none came. */
const hear = (world: World, path: string, init: RequestInit = {}): Promise<{ status: number; json: unknown } | null> =>
  inTime(world, async (signal) => {
    const response = await world.fetch(path, { ...init, cache: "no-store", signal });
    return { status: response.status, json: await response.json().catch(() => null) };
  });
