// Real phones, driven from another process: one JSON object a line comes in, one goes out; their requests go to a real server over HTTP.
import "fake-indexeddb/auto";
import { createInterface } from "node:readline";
import { inLines, packed } from "../../static/app/sync/line.ts";
import { Phone } from "../../static/app/sync/phone.ts";
import type { World } from "../../static/app/sync/world.ts";

interface Order { phone: string; do: string; with: any[] }
interface Driven { phone: Phone; cookies: Map<string, string>; network: "good" | "none" | "loses_answers" }

const server = process.argv[2]!;
const driven = new Map<string, Driven>();

const orders: Record<string, (name: string, ...rest: any[]) => Promise<unknown>> = {
  signIn: async (name, username: string, password: string) => (await (await on(name)).phone.signIn(username, password)).id,
  signOut: async (name) => (await on(name)).phone.signOut(),
  /** Looks until nothing moves, as a phone in the foreground does. */
  syncs: async (name) => {
    const { phone } = await on(name);
    for (let turn = 0; turn < 20; turn += 1) {
      phone.syncNow();
      await phone.loop.once();
      if (phone.state.complete && !phone.state.unsent && !phone.state.othersUnsent) break;
    }
    return state(phone);
  },
  syncsOnce: async (name) => { const { phone } = await on(name); phone.syncNow(); await phone.loop.once(); return state(phone); },
  acts: async (name, verb: string, ...args: any[]) => ((await on(name)).phone.act as any)[verb](...args),
  undoes: async (name, id) => (await on(name)).phone.undo(id),
  network: async (name, network: Driven["network"]) => { (await on(name)).network = network; },
  state: async (name) => state((await on(name)).phone),
  stored: async (name, user: string, store: string) => rows(`${name}-${user}`, store),
  /** Writes past all our code, as a fault of the browser's store would. */
  spoil: async (name, user: string, store: string, remove: string[], put: any[]) => spoil(`${name}-${user}`, store, remove, put),
  /** A backup of the whole phone, put onto another one: its databases and its cookies. */
  copyTo: async (name, copy: string) => {
    const { cookies } = await on(name);
    for (const { name: database } of await indexedDB.databases()) {
      if (database === name || database?.startsWith(`${name}-`)) await copyDatabase(database, copy + database.slice(name.length));
    }
    await start(copy, new Map(cookies));
  },
  switchOff: async (name) => { driven.get(name)?.phone.close(); driven.delete(name); },
};

function state({ state: { unsent, othersUnsent, complete, signedOut, trouble, reached }, view }: Phone) {
  return { unsent, othersUnsent, complete, signedOut, trouble, reached, transfers: view.transfers.map(({ id, lines }) => ({ id, lines: lines.map(({ id: line, state: is }) => [line, is]) })) };
}

const on = async (name: string): Promise<Driven> => driven.get(name) ?? start(name, new Map());

async function start(name: string, cookies: Map<string, string>): Promise<Driven> {
  const it = { cookies, network: "good" } as Driven;
  it.phone = new Phone(worldOf(name, it));
  driven.set(name, it);
  await it.phone.open();
  return it;
}

function worldOf(name: string, it: Driven): World {
  return {
    fetch: (path, init) => request(it, path, init),
    now: () => Date.now(), random: () => Math.random(), bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    wait: () => new Promise(() => undefined), alone: (work) => work(),
    tell: () => undefined, hear: () => undefined, hearChance: () => undefined, askToPersist: () => undefined,
    databases: name, app: "test",
  };
}

async function request(it: Driven, path: string, init: RequestInit): Promise<Response> {
  if (it.network === "none") throw new TypeError("Failed to fetch");
  const sent = await packed((path === "/api/v1/sync" && inLines(init)) || init);
  const headers = new Headers(sent.headers);
  const cookies = [...it.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  if (cookies && init.credentials !== "omit") headers.set("Cookie", cookies);
  const response = await fetch(server + path, { ...sent, headers, signal: null });
  for (const cookie of response.headers.getSetCookie()) {
    const [name, value] = cookie.split(";")[0]!.split("=") as [string, string];
    if (init.credentials !== "omit") it.cookies.set(name, value);
  }
  if (it.network === "loses_answers") throw new TypeError("Failed to fetch");
  return response;
}

const settled = <Result>(request: IDBRequest<Result>): Promise<Result> => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function rows(database: string, store: string): Promise<any[]> {
  const opened = await settled(indexedDB.open(database));
  const all = await settled(opened.transaction(store).objectStore(store).getAll());
  opened.close();
  return all;
}

async function spoil(database: string, store: string, remove: string[], put: any[]): Promise<void> {
  const opened = await settled(indexedDB.open(database));
  const objects = opened.transaction(store, "readwrite").objectStore(store);
  await Promise.all([...remove.map((key) => settled(objects.delete(key))), ...put.map((row) => settled(objects.put(row)))]);
  opened.close();
}

async function copyDatabase(from: string, to: string): Promise<void> {
  const source = await settled(indexedDB.open(from));
  const names = [...source.objectStoreNames];
  const opening = indexedDB.open(to, source.version);
  opening.onupgradeneeded = () => {
    const upgrading = source.transaction(names);
    for (const name of names) {
      const { keyPath, indexNames } = upgrading.objectStore(name);
      const made = opening.result.createObjectStore(name, { keyPath });
      for (const index of indexNames) made.createIndex(index, upgrading.objectStore(name).index(index).keyPath as string);
    }
  };
  const target = await settled(opening);
  for (const name of names) {
    const all = await settled(source.transaction(name).objectStore(name).getAll());
    const objects = target.transaction(name, "readwrite").objectStore(name);
    await Promise.all(all.map((row) => settled(objects.put(row))));
  }
  source.close();
  target.close();
}

for await (const line of createInterface({ input: process.stdin })) {
  const { phone, do: what, with: rest } = JSON.parse(line) as Order;
  const answer = await orders[what]!(phone, ...rest).then((value) => ({ value: value ?? null }), (error) => ({ error: String(error?.stack ?? error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
