// Every phone of a town in one process, with the real engine in each. It does what it is told over a pipe, one order at a time, until
// nothing moves any more; whatever an engine sends goes out over the same pipe. Nothing in here has a clock, a network or chance.
import { createHash } from "node:crypto";
import { readSync, writeSync } from "node:fs";
import { Disk, insert, install, post, settle } from "./storage.ts";
import { acts, type Roll } from "./hands.ts";
import { inLines } from "../../static/app/sync/line.ts";
import { Phone } from "../../static/app/sync/phone.ts";
import type { World } from "../../static/app/sync/world.ts";
import { Eyes } from "./eyes.ts";

install();
// The browser's own digest answers from another thread, at a moment that nobody can say beforehand.
crypto.subtle.digest = async (_, data) => new Uint8Array(createHash("sha256").update(new Uint8Array(data as ArrayBuffer)).digest()).buffer;

interface Tab { name: string; phone: Phone; timers: Timer[]; hear: (() => void)[]; open: boolean; ready: boolean }
interface Timer { due: number; order: number; fire: () => void }
interface Handset { id: number; disk: Disk; tabs: (Tab | null)[]; skew: number; dice: () => number; lives: number; eyes: Eyes }
type Order = { do: string; phone: number; tab: number; now: number } & Record<string, any>;

let now = 0;
let orders = 0;
let seed = 0;
const handsets = new Map<number, Handset>();
const inTheAir = new Map<number, (reply: any) => void>();

const DO: Record<string, (order: Order) => unknown> = {
  begin(order) {
    handsets.clear();
    inTheAir.clear();
    [orders, seed] = [0, order.seed];
  },
  boot: (order) => boot(handsetOf(order), order.tab),
  cut_at: (order) => { const { disk } = handsetOf(order); disk.cutAt = disk.events + order.events; },
  cut: (order) => handsetOf(order).disk.cut(),
  full: (order) => { handsetOf(order).disk.full = order.full; },
  mend: (order) => { Object.assign(handsetOf(order).disk, { full: false, cutAt: Infinity }); },
  skew: (order) => { handsetOf(order).skew = order.ms; },
  close_tab: (order) => closeTab(handsetOf(order), order.tab),
  wipe: (order) => { const handset = handsetOf(order); handset.disk.cut(); handset.disk = diskOf(handset.id, handset.lives); handset.eyes = new Eyes(); handset.tabs = []; },
  clone: (order) => clone(handsetOf(order), order.onto),
  sign_in: (order) => phoneOf(order).signIn(order.username, order.password).then(({ id }) => id, told),
  sign_out: (order) => phoneOf(order).signOut().then(() => "out", told),
  act: (order) => act(order),
  tap: (order) => phoneOf(order).syncNow(),
  time: (order) => { for (const handset of handsets.values()) if (!order.phones || order.phones.includes(handset.id)) passTime(handset); },
  waiting: () => waiting(),
  release: (order) => { inTheAir.get(order.request)?.(order.reply); inTheAir.delete(order.request); },
  look: (order) => look(handsetOf(order)),
};

const told = (error: unknown): { error: string } => ({ error: String((error as { code?: string }).code ?? error) });

function handsetOf({ phone: id }: { phone: number }): Handset {
  let handset = handsets.get(id);
  if (!handset) {
    handset = { id, disk: diskOf(id, 0), tabs: [], skew: 0, dice: dice(seed * 1009 + id), lives: 0, eyes: new Eyes() };
    handsets.set(id, handset);
  }
  return handset;
}

/** A disk that forgets, half the times when it is cut, some of what was written with relaxed durability: that was a power cut. */
function diskOf(phone: number, life: number): Disk {
  const chance = dice(seed * 7919 + phone * 101 + life);
  return new Disk((most) => (chance() < 0.5 ? 0 : Math.floor(chance() * (most + 1))));
}

function phoneOf(order: Order): Phone {
  return handsetOf(order).tabs[order.tab]!.phone;
}

/** Start the app, on the disk as it is. Its loop runs by itself from then on, as in a browser. */
async function boot(handset: Handset, place: number): Promise<string> {
  closeTab(handset, place);
  if (!handset.disk.on) {
    const disk = diskOf(handset.id, handset.lives);
    disk.databases = handset.disk.copy();
    handset.disk = disk;
    handset.tabs = [];
  }
  const tab: Tab = { name: `${handset.id}.${place}.${handset.lives++}`, timers: [], hear: [], open: true, ready: false, phone: null as unknown as Phone };
  insert(tab.name, handset.disk);
  handset.tabs[place] = tab;
  tab.phone = new Phone(worldOf(handset, tab));
  await tab.phone.open();
  tab.ready = true;
  void tab.phone.loop.run();
  return "on";
}

function closeTab(handset: Handset, place: number): void {
  const tab = handset.tabs[place];
  if (!tab) return;
  tab.open = false;
  tab.timers = [];
  tab.phone.close();
  handset.tabs[place] = null;
}

/** The phone's storage is carried to another one, as a backup of the phone would: two devices with one identity. */
function clone(handset: Handset, onto: number): void {
  const twin = handsetOf({ phone: onto });
  twin.disk = diskOf(twin.id, twin.lives);
  twin.disk.databases = handset.disk.copy();
  twin.tabs = [];
  twin.eyes = handset.eyes.copy();
}

function worldOf(handset: Handset, tab: Tab): World {
  return {
    fetch: (path, init) => send(handset, tab, path, init),
    now: () => now + handset.skew,
    random: () => handset.dice(),
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(handset.dice() * 256)),
    wait: (ms) => new Promise((resolve) => tab.timers.push({ due: now + ms, order: (orders += 1), fire: resolve })),
    alone: (work) => work(),
    tell: () => { for (const other of handset.tabs) if (other && other !== tab) for (const hear of other.hear) post(() => other.open && hear()); },
    hear: (listener) => void tab.hear.push(listener),
    hearChance: () => undefined,
    askToPersist: () => undefined,
    databases: `${tab.name}:bihuan`, app: "0.1.0",
  };
}

/** A request goes out over the pipe and is answered there: at once, never, or later by `release`. The judge reads `body`, the office `lines` where there are some. */
function send(handset: Handset, tab: Tab, path: string, init: RequestInit): Promise<Response> {
  if (!handset.disk.on || !tab.open) return new Promise(() => undefined);
  const request = (orders += 1);
  const lines = path === "/api/v1/sync" ? inLines(init) : null;
  const headers = Object.fromEntries(new Headers((lines ?? init).headers as HeadersInit));
  const picture = init.body instanceof ArrayBuffer ? Buffer.from(init.body).toString("base64") : null;
  const body = picture ?? (init.body === undefined || init.body === null ? null : String(init.body));
  const said = { path, method: init.method ?? "GET", headers, body, lines: lines?.body ?? null, is_picture: picture !== null };
  const reply = ask({ fetch: { request, phone: handset.id, ...said, cookie: init.credentials !== "omit" } });
  if (reply.hold) return new Promise((resolve, reject) => inTheAir.set(request, (later) => heard(handset, tab, body, later, resolve, reject)));
  return new Promise((resolve, reject) => heard(handset, tab, body, reply, resolve, reject));
}

function heard(handset: Handset, tab: Tab, asked: string | null, reply: any, resolve: (response: Response) => void, reject: (error: Error) => void): void {
  if (!handset.disk.on || !tab.open || reply.silence) return;
  if (reply.lost) return reject(new TypeError("Failed to fetch"));
  const { status, body } = reply;
  handset.eyes.hear(tab.ready ? (tab.phone.user?.id ?? null) : null, status, asked, body);
  const kept = new Headers(reply.headers);
  resolve({ status, ok: status < 300, headers: kept, text: async () => body, json: async () => JSON.parse(body) } as Response);
}

/** When an act has been drawn on the screen, the loop and the other windows hear of it. */
const drawnMs = 1_000;

async function act(order: Order): Promise<unknown> {
  const { phone } = handsetOf(order).tabs[order.tab]!;
  const { eyes } = handsetOf(order);
  if (!phone.user) return null;
  const intended = acts[order.act]!(phone, roller(order.rolls));
  if (!intended) return null;
  const user = phone.user.id;
  try {
    const id = await intended.act();
    now += drawnMs;
    passTime(handsetOf(order));
    eyes.saw(user, { id, ...intended.about });
    return { id, user, ...intended.about };
  } catch (error) {
    return { ...told(error), user, ...intended.about };
  }
}

/** The clock has moved; whoever waited long enough goes on, in the order in which it was due. */
function passTime(handset: Handset): void {
  for (const tab of handset.tabs) {
    if (!tab) continue;
    const due = tab.timers.filter((timer) => timer.due <= now).sort((one, other) => one.due - other.due || one.order - other.order);
    tab.timers = tab.timers.filter((timer) => timer.due > now);
    for (const timer of due) post(() => tab.open && handset.disk.on && timer.fire());
  }
}

/** What each phone says is not sent yet. */
function waiting(): { phone: number; unsent: number }[] {
  return [...handsets.values()].map(({ id, tabs }) => ({
    phone: id, unsent: tabs.reduce((sum, tab) => sum + (tab?.ready ? tab.phone.state.unsent + tab.phone.state.othersUnsent + tab.phone.state.unsentPictures : 0), 0),
  }));
}

/** What is on the disk, read past the engine, and what the screens show. */
function look(handset: Handset): unknown {
  const databases: Record<string, Record<string, unknown[]>> = {};
  for (const [name, { stores }] of handset.disk.databases) {
    databases[name] = Object.fromEntries([...stores].map(([store, { rows }]) => [store, [...rows.values()]]));
  }
  const tabs = handset.tabs.filter((tab) => tab?.ready).map((tab) => tab!.phone);
  const screens = tabs.map(({ user, state, view }) => ({
    user: user?.id ?? null, state, transfers: view.transfers.map(({ id }) => id), acts: view.acts.map(({ id, mark }) => [id, mark]),
  }));
  return { on: handset.disk.on, databases, screens };
}

/** P9 and P19 on the screen, after each order. */
const wrongOnScreens = (): string[] => [...handsets.values()].flatMap((handset) => (handset.disk.on
  ? handset.tabs.flatMap((tab) => (tab?.ready && tab.phone.user ? handset.eyes.wrong(tab.phone).map((what) => `phone ${handset.id}: ${what}`) : [])) : []));

const roller = (rolls: number[]): Roll => { let place = 0; return (sides) => (sides ? rolls[place++ % rolls.length]! % sides : 0); };

/** mulberry32: small, seeded. */
function dice(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// --- the pipe: four bytes of length, then JSON ---

function tell(message: unknown): void {
  const text = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  const whole = Buffer.concat([head, text]);
  for (let sent = 0; sent < whole.length;) sent += writeSync(1, whole, sent);
}

function hear(): any {
  const size = read(4);
  return size && JSON.parse(read(size.readUInt32LE())!.toString());
}

function read(count: number): Buffer | null {
  const into = Buffer.alloc(count);
  for (let got = 0; got < count;) {
    const more = readSync(0, into, got, count - got, null);
    if (!more) return null;
    got += more;
  }
  return into;
}

const ask = (message: unknown): any => { tell(message); return hear(); };

async function serve(): Promise<void> {
  for (let order: Order | null = hear(); order; order = hear()) {
    now = order.now;
    let done: unknown = "waiting";
    void Promise.resolve(DO[order.do]!(order)).then((result) => { done = result ?? null; }, (error) => { done = { fault: String((error as Error)?.stack ?? error) }; });
    await settle();
    const off = [...handsets.values()].filter(({ disk }) => !disk.on).map(({ id }) => id);
    tell({ done, off, wrong: wrongOnScreens() });
  }
}

process.on("unhandledRejection", (error) => { process.stderr.write(`unhandled: ${String((error as Error)?.stack ?? error)}\n`); process.exit(3); });
void serve().then(() => process.exit(0));
