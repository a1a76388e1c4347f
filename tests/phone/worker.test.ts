// The service worker and the way into a new version, with a browser's caches and windows played by plain objects.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { watchForUpdate } from "../../static/app/sync/update.ts";

/** Generations of the shell, oldest first, and what each keeps. */
const kept = new Map<string, Map<string, string>>();
let windows: string[] = [];
let broken = false;
const heard = new Map<string, (event: any) => void>();

const cacheOf = (name: string) => ({
  match: async (path: string) => { const text = kept.get(name)!.get(path); return text === undefined ? undefined : new Response(text); },
});
const define = (name: string, value: unknown) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
define("PRECACHE", { version: "2", urls: [] });
define("self", {
  addEventListener: (kind: string, listener: (event: any) => void) => heard.set(kind, listener),
  location: { origin: "https://office" },
  clients: { matchAll: async () => windows.map((path) => ({ url: `https://office${path}` })) },
});
define("caches", {
  keys: async () => [...kept.keys()],
  open: async (name: string) => {
    if (broken) throw new DOMException("Internal error", "UnknownError");
    if (!kept.has(name)) kept.set(name, new Map());
    return cacheOf(name);
  },
  match: async (path: string) => {
    for (const name of kept.keys()) { const answer = await cacheOf(name).match(path); if (answer) return answer; }
    return undefined;
  },
  delete: async (name: string) => kept.delete(name),
});
define("fetch", async () => new Response("from the network"));
await import("../../static/app/worker/worker.ts" as string); // its types are those of a worker, and the tests' are not

/** What the worker answers, once all that it does besides is done. */
async function happens(kind: string, request?: { path: string; mode: string }): Promise<string | undefined> {
  const work: Promise<unknown>[] = [];
  let answer: Promise<Response> | undefined;
  heard.get(kind)!({
    request: request && { url: `https://office${request.path}`, method: "GET", mode: request.mode },
    waitUntil: (promise: Promise<unknown>) => work.push(promise), respondWith: (promise: Promise<Response>) => { answer = promise; },
  });
  const text = await (await answer)?.text();
  await Promise.all(work);
  return text;
}
const starts = () => happens("fetch", { path: "/app/rooms", mode: "navigate" });
const asksFor = (path: string) => happens("fetch", { path, mode: "cors" });

beforeEach(() => {
  kept.clear();
  for (const version of ["0", "1", "2", "3"]) kept.set(`bihuan-shell-${version}`, new Map([[`/static/late-${version}.js`, `late ${version}`], ["/app/", `page ${version}`]]));
  kept.set("of-somebody-else", new Map());
  [windows, broken] = [[], false];
});

test("while a window is open no generation is forgotten: it may be any window's, and ask for its late parts", async () => {
  windows = ["/app/today", "/app/"];
  await happens("activate");
  assert.equal(await asksFor("/static/late-0.js"), "late 0");
  assert.equal(kept.size, 5);
});

test("when none is open, those made before this one go; one that waits, and what is not ours, stay", async () => {
  windows = ["/app/"];
  await happens("activate");
  windows = ["/rooms"]; // a page of the office, which this worker does not serve
  assert.equal(await starts(), "page 2");
  assert.deepEqual([...kept.keys()], ["bihuan-shell-2", "bihuan-shell-3", "of-somebody-else"]);
});

test("a part that a window asks for is no start: nothing is forgotten", async () => {
  await asksFor("/static/late-2.js");
  assert.equal(kept.size, 5);
});

test("a browser whose caches are broken is answered from the network", async () => {
  broken = true;
  assert.deepEqual([await starts(), await asksFor("/static/late-2.js")], ["from the network", "from the network"]);
});

/** A window of version 1 beside a worker that waits; gives what the button does, and what came of it. */
async function windowWithUpdate() {
  const seen = { reloads: 0, said: [] as string[] };
  const waiting = { postMessage: (word: string) => seen.said.push(word) };
  const registration = Object.assign(new EventTarget(), { waiting: waiting as object | null, installing: null, update: async () => undefined });
  const serviceWorker = Object.assign(new EventTarget(), { controller: {}, register: async () => registration });
  define("navigator", { serviceWorker });
  define("document", new EventTarget());
  define("location", { reload: () => { seen.reloads += 1; } });
  define("setInterval", () => 0);
  let takeOver!: () => void;
  await watchForUpdate((restart) => { takeOver = restart; });
  return { seen, registration, takesOver: () => takeOver(), changes: () => serviceWorker.dispatchEvent(new Event("controllerchange")) };
}

test("who agrees restarts when the new version has taken over, and not before", async () => {
  const { seen, takesOver, changes } = await windowWithUpdate();
  takesOver();
  assert.deepEqual(seen, { reloads: 0, said: ["take over"] });
  changes();
  assert.equal(seen.reloads, 1);
});

test("where another window has agreed already nothing waits any more, and this one restarts at once", async () => {
  const { seen, registration, takesOver, changes } = await windowWithUpdate();
  registration.waiting = null;
  changes();
  assert.equal(seen.reloads, 0, "a page does not change under a hand");
  takesOver();
  assert.deepEqual(seen, { reloads: 1, said: [] });
});
