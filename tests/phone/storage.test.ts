// The browser's store fails in every way it is known to fail; "saved" is never said for what is not on disk.
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { test } from "node:test";
import { Connection } from "../../static/app/database/connection.ts";
import { inLines, overTheLine, packed } from "../../static/app/sync/line.ts";
import { begin, Handset, li, stored, TRANSFER, wang } from "./handset.ts";
import { disk } from "./disk.ts";

const NEVER = () => new Promise<void>(() => undefined);

/** A store of numbered rows, as a connection of the app has it. */
const rowsOf = (name: string, version = 1, wait: (ms: number) => Promise<void> = NEVER) =>
  new Connection<any>(name, version, (database, from) => { if (from < 1) database.createObjectStore("rows"); }, wait);

const put = (connection: Connection<any>, value: string) =>
  connection.write(["rows"], "strict", (transaction: any) => transaction.objectStore("rows").put(value, value));
const all = (connection: Connection<any>) => connection.read(["rows"], (transaction: any) => transaction.objectStore("rows").getAll());

test("a connection that the browser closed is opened again and the write is done", async () => {
  const rows = rowsOf("closed");
  await put(rows, "one");
  disk.closesAllConnections();
  await put(rows, "two");
  assert.deepEqual(await all(rows), ["one", "two"]);
});

test("a write that was under way when the browser closed the connection is done once, on a new one", async () => {
  const { zhao } = await begin();
  disk.closesConnectionAtNextPut();
  await zhao.boards(TRANSFER, li);
  assert.deepEqual((await stored(zhao, "u-zhao", "outbox")).map(({ seq }) => seq), [1]);
  assert.equal(zhao.phone.state.unsent, 1);
});

test("a handle that is dead twice is told, and nothing is said to be saved", async () => {
  const { zhao } = await begin();
  disk.givesDeadHandles();
  await assert.rejects(zhao.boards(TRANSFER, li), { code: "storage_broken" });
  disk.isMended();
  assert.deepEqual([await stored(zhao, "u-zhao", "outbox"), zhao.phone.state.unsent, zhao.phone.view.notSent], [[], 0, []]);
  await zhao.boards(TRANSFER, li);
  assert.equal(zhao.phone.state.unsent, 1);
});

test("an act that was written though nobody heard of it counts once when it is pressed again", async () => {
  const { office, zhao } = await begin();
  await zhao.boards(TRANSFER, wang);
  disk.losesTheWordOfNextPut();
  await assert.rejects(zhao.boards(TRANSFER, li), { code: "storage_broken" });
  disk.isMended();
  assert.equal((await stored(zhao, "u-zhao", "outbox")).length, 2, "it is there");
  const id = await zhao.boards(TRANSFER, li);
  await zhao.syncs();
  assert.deepEqual([[...office.log.keys()].at(-1), office.log.size, zhao.phone.state.unsent], [id, 2, 0]);
  assert.notEqual(await zhao.boards(TRANSFER, li), id, "what is said later is said anew");
});

test("an opening that never settles is told after five seconds, and the next try begins anew", async () => {
  const asked: number[] = [];
  const wait = (ms: number) => { asked.push(ms); return new Promise<void>((resolve) => setTimeout(resolve, 100)); };
  const rows = rowsOf("hangs", 1, wait);
  disk.swallowsNextOpening();
  await assert.rejects(put(rows, "one"), { code: "storage_blocked" });
  assert.deepEqual(asked, [5000]);
  await put(rows, "two");
  assert.deepEqual(await all(rows), ["two"]);
});

test("an old version in another tab lets go at once, and is told that a newer one is there", async () => {
  const old = rowsOf("versions", 1);
  await put(old, "one");
  const newer = rowsOf("versions", 2);
  await put(newer, "two");
  assert.deepEqual(await all(newer), ["one", "two"]);
  await assert.rejects(put(old, "three"), { code: "storage_newer" });
});

test("on a full phone the ballast makes room for what was done, and the person is told", async () => {
  const { office, zhao } = await begin();
  Object.assign(zhao.world, { ballastBytes: 1_048_576 });
  await zhao.syncs();
  assert.deepEqual([(await stored(zhao, "u-zhao", "ballast")).length, zhao.phone.state.storageLow], [16, false]);
  disk.isFull("while the ballast lies there");
  await zhao.boards(TRANSFER, li);
  assert.deepEqual([zhao.phone.state.unsent, zhao.phone.state.storageLow], [1, true]);
  disk.isFull("altogether");
  await assert.rejects(zhao.boards(TRANSFER, wang), { code: "storage_full" });
  assert.equal(zhao.phone.state.unsent, 1);
  disk.isMended();
  await zhao.syncs();
  assert.deepEqual([office.log.size, (await stored(zhao, "u-zhao", "ballast")).length, zhao.phone.state.storageLow], [1, 16, false]);
});

test("a phone of the version before keeps its work when the store gets its ballast", async () => {
  const { office } = await begin();
  const zhao = new Handset(office, 3);
  await disk.holdsFirstVersion(`${zhao.world.databases}-u-zhao`, { seq: 1, id: "0190c000-0000-7000-8000-0000000000aa", wire: '{"type":"void"}' });
  await zhao.switchOn();
  await zhao.phone.signIn("zhao", "secret");
  assert.equal(zhao.phone.state.unsent, 1);
});

test("what goes up is gzipped when that is worth it, and comes out the same", async () => {
  const body = JSON.stringify({ operations: Array.from({ length: 20 }, (_, seq) => ({ seq, body: "上车".repeat(40) })) });
  const sent = await packed({ method: "POST", body, headers: { "X-Bihuan": "1" } });
  const headers = new Headers(sent.headers);
  assert.deepEqual([headers.get("Content-Encoding"), headers.get("X-Bihuan")], ["gzip", "1"]);
  assert.equal(gunzipSync(new Uint8Array(sent.body as ArrayBuffer)).toString(), body);
  const small = { method: "POST", body: "{}" };
  assert.equal(await packed(small), small);
});

test("an office of an earlier version, which reads no lines, is told the same as JSON", async () => {
  const own = globalThis.fetch;
  const asked: string[] = [];
  globalThis.fetch = async (_path, init) => {
    const kind = new Headers(init!.headers).get("Content-Type")!;
    asked.push(`${kind} ${init!.body}`);
    return new Response(kind === "application/json" ? "{}" : '{"code":"request.forged"}', { status: kind === "application/json" ? 200 : 403 });
  };
  const message = '{"operations":[{"id":"operation0","seq":1,"body":"{}"}]}';
  try {
    const answer = await overTheLine("/api/v1/sync", { method: "POST", body: message, headers: { "Content-Type": "application/json" } });
    assert.deepEqual([answer.status, asked], [200, ['application/x-ndjson {"first":1}\n"operation0"\n{}', `application/json ${message}`]]);
  } finally {
    globalThis.fetch = own;
  }
});

test("operations go up in lines, each text as it is; with a gap in their numbers they go as JSON", () => {
  const operations = ['{"note":"他说“好”\\n"}', '{"note":null}'].map((body, n) => ({ id: `operation${n}`, seq: 7 + n, body }));
  const sent = inLines({ method: "POST", body: JSON.stringify({ protocol: 1, operations, cursor: null }), headers: { "X-Bihuan": "1" } })!;
  assert.deepEqual([...new Headers(sent.headers)], [["content-type", "application/x-ndjson"], ["x-bihuan", "1"]]);
  assert.deepEqual(String(sent.body).split("\n"), ['{"protocol":1,"cursor":null,"first":7}', '"operation0"', operations[0]!.body, '"operation1"', operations[1]!.body]);
  for (const other of [[], [operations[1]!, operations[0]!], [{ ...operations[0]!, body: "{\n}" }]]) {
    assert.equal(inLines({ body: JSON.stringify({ operations: other }) }), null);
  }
});
