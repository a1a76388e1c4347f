// The storage of the simulation does what fake-indexeddb does with all that a phone asks of one, in the same order.
import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { Disk, insert, install, settle } from "../simulation/storage.ts";
import { dice } from "./handset.ts";

interface Side { factory: any; range: any; name: string; moved(): Promise<void> }

const theirs = (): Side => ({
  factory: new IDBFactory(), range: IDBKeyRange, name: "bihuan",
  moved: async () => { for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve)); },
});

let made = 0;
function ours(disk = new Disk()): Side {
  install();
  const tab = `1.${made++}`;
  insert(tab, disk);
  return { factory: (globalThis as any).indexedDB, range: (globalThis as any).IDBKeyRange, name: `${tab}:bihuan`, moved: settle };
}

for (let seed = 1; seed <= 40; seed += 1) {
  test(`transactions of every kind end the same in both, seed ${seed}`, async () => {
    assert.deepEqual(await told(ours(), seed), await told(theirs(), seed));
  });
}

test("a power cut takes the last of what was written relaxed, and nothing that a strict transaction came after", async () => {
  const disk = new Disk((most) => most);
  const side = ours(disk);
  const database = await opened(side);
  const put = (seq: number, durability: string): void =>
    database.transaction(["numbers"], "readwrite", { durability }).objectStore("numbers").put({ seq });
  for (const [seq, durability] of [[1, "relaxed"], [2, "strict"], [3, "relaxed"], [4, "default"]] as const) put(seq, durability);
  await side.moved();
  assert.deepEqual([...disk.databases.get("bihuan")!.stores.get("numbers")!.rows.keys()], [1, 2, 3, 4]);
  disk.cut();
  assert.deepEqual([...disk.databases.get("bihuan")!.stores.get("numbers")!.rows.keys()], [1, 2]);
});

/** What each transaction heard, in order. How those that do not meet lie between each other is nobody's promise. */
async function told(side: Side, seed: number): Promise<unknown> {
  const roll = dice(seed);
  const log: Record<string, unknown[]> = {};
  const database = await opened(side);
  for (let round = 0; round < 12; round += 1) {
    const count = 1 + Math.floor(roll() * 2);
    for (let place = 0; place < count; place += 1) transact(side, database, roll, (...what) => (log[`${round}.${place}`] ??= []).push(what));
    await side.moved();
  }
  return log;
}

async function opened(side: Side): Promise<any> {
  const request = side.factory.open(side.name, 1);
  request.addEventListener("upgradeneeded", () => {
    const rows = request.result.createObjectStore("rows", { keyPath: "key" });
    rows.createIndex("at", "at");
    request.result.createObjectStore("numbers", { keyPath: "seq" });
  });
  await side.moved();
  return request.result;
}

function transact(side: Side, database: any, roll: () => number, say: (...what: unknown[]) => void): void {
  const writes = roll() < 0.6;
  const transaction = database.transaction(roll() < 0.5 ? ["rows"] : ["rows", "numbers"], writes ? "readwrite" : "readonly");
  for (const end of ["complete", "abort"]) transaction.addEventListener(end, () => say(end, transaction.error?.name ?? null));
  const rows = transaction.objectStore("rows");
  const steps = Array.from({ length: 1 + Math.floor(roll() * 4) }, () => [roll(), roll(), roll()] as const);
  const aborts = roll() < 0.1;
  const next = (): void => {
    const step = steps.shift();
    if (!step) { if (aborts) transaction.abort(); return; }
    const [what, request] = ask(side, rows, step, writes);
    request.addEventListener("success", () => { say(what, plain(request.result)); next(); });
    request.addEventListener("error", () => say(what, "error", request.error.name));
  };
  next();
}

function ask(side: Side, rows: any, [chance, at, many]: readonly [number, number, number], writes: boolean): [string, any] {
  const key = `k${Math.floor(at * 6)}`;
  const value = { key, at: Math.floor(many * 9), more: { words: [key, many] } };
  if (writes && chance < 0.35) return ["put", rows.put(value)];
  if (writes && chance < 0.4) return ["add", rows.add(value)];
  if (writes && chance < 0.5) return ["delete", rows.delete(key)];
  if (writes && chance < 0.53) return ["clear", rows.clear()];
  if (chance < 0.65) return ["get", rows.get(key)];
  if (chance < 0.7) return ["getKey", rows.getKey(key)];
  if (chance < 0.8) return ["getAll", rows.getAll(null, 1 + Math.floor(many * 4))];
  if (chance < 0.86) return ["getAllKeys", rows.getAllKeys(side.range.bound("k1", "k4", false, true))];
  if (chance < 0.9) return ["count", rows.count()];
  if (chance < 0.94) return ["index get", rows.index("at").get(Math.floor(many * 9))];
  return ["index getAllKeys", rows.index("at").getAllKeys(side.range.upperBound(Math.floor(many * 9)))];
}

const plain = (value: unknown): unknown => (value === undefined ? "nothing" : structuredClone(value));
