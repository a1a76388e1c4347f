// A phone in a person's hand, for tests: its network can fail in every way, its power can go at any IndexedDB event.
import { Phone } from "../../static/app/sync/phone.ts";
import type { World } from "../../static/app/sync/world.ts";
import type { LineId, OperationId, TransferId } from "../../static/app/records.ts";
import { baseTransfer } from "./contract.ts";
import { Office, type Jar } from "./office.ts";
import { power } from "./power.ts";

export type Network = "good" | "none" | "loses_answers" | "portal" | "signed_out" | "overloaded";

/** Small, seeded, good enough to pick steps (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Handset {
  network: Network = "good";
  clockMs = Date.parse("2022-04-03T12:00:00Z");
  /** Called while a request is on its way, once. */
  whileInTheAir: (() => Promise<unknown>) | null = null;
  /** The last full answer of a sync, to be given again. */
  lastAnswer: string | null = null;
  repeatLastAnswer = false;
  requests: any[] = [];
  phone!: Phone;
  readonly world: World;
  private static made = 0;
  private heard: (() => void)[] = [];

  constructor(readonly office: Office, seed = 1, readonly jar: Jar = { user: null }) {
    const roll = dice(seed);
    const bytes = dice(seed * 7919 + ++Handset.made);
    this.world = {
      fetch: (path, init) => this.fetch(path, init),
      now: () => (this.clockMs += 1),
      random: roll,
      bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(bytes() * 256)),
      wait: () => new Promise(() => undefined),
      alone: (work) => work(),
      tell: () => undefined, hear: (listener) => void this.heard.push(listener), hearChance: () => undefined, askToPersist: () => undefined,
      databases: `phone${Handset.made}`, app: "test",
    };
  }

  static async inTheHandOf(office: Office, username: string, seed?: number): Promise<Handset> {
    const handset = new Handset(office, seed);
    await handset.switchOn();
    await handset.phone.signIn(username, "secret");
    await handset.syncs();
    return handset;
  }

  async switchOn(): Promise<void> {
    this.phone = new Phone(this.world);
    await this.phone.open();
  }

  /** The process ends; what IndexedDB has completed stays. */
  switchOff(): void {
    this.phone.close();
    this.heard = [];
  }

  /** One look of the loop, as after a tap; gives the wait until the next, ms. */
  syncs(): Promise<number> {
    this.phone.syncNow();
    return this.phone.loop.once();
  }

  boards(transfer: TransferId, line: LineId): Promise<OperationId> {
    return this.phone.act.boardPerson(transfer, { line, identity: ["id_card", "face"], temperature: null, mask: true, seat: null, allowed_by: null });
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    if (power.off) return new Promise(() => undefined);
    if (this.network === "none") throw new TypeError("Failed to fetch");
    if (this.network === "portal") return new Response("<html>Sign in to Hotel WiFi</html>", { status: 200 });
    if (this.network === "overloaded") return new Response("", { status: 503, headers: { "Retry-After": "7" } });
    if (path === "/api/v1/sync") this.requests.push(JSON.parse(String(init.body)));
    const withToken = new Headers(init.headers).has("Authorization");
    if (this.network === "signed_out" && !withToken) return this.office.answer(path, init, { user: null });
    const answer = this.office.answer(path, init, this.jar);
    const during = this.whileInTheAir;
    this.whileInTheAir = null;
    await during?.();
    if (this.network === "loses_answers") throw new TypeError("Failed to fetch");
    return path === "/api/v1/sync" && answer.status === 200 && !withToken ? this.perhapsRepeated(answer) : answer;
  }

  /** A proxy may give an old answer again: its verdicts and its page are both from before. */
  private async perhapsRepeated(answer: Response): Promise<Response> {
    const text = await answer.text();
    const given = this.repeatLastAnswer && this.lastAnswer ? this.lastAnswer : text;
    this.lastAnswer = text;
    return new Response(given, { status: 200 });
  }
}

export const TRANSFER = "0190c000-0000-7000-8000-000000000099" as TransferId;
export const LINES = baseTransfer().lines.map(({ id }) => id);

/** An office with one transfer for the driver `zhao`. */
export function officeWithTransfer(office: Office): Office {
  office.addUser("u-zhao", "zhao");
  office.addUser("u-qian", "qian");
  office.put("setting", "time_zone", { value: "Asia/Shanghai" }, "u-zhao", "u-qian");
  office.put("transfer", TRANSFER, baseTransfer(), "u-zhao");
  return office;
}

/** Each row of a store of a user's database, read past all our code. */
export function stored(handset: Handset, user: string, store: string): Promise<any[]> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`${handset.world.databases}-${user}`);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const rows = request.result.transaction(store).objectStore(store).getAll();
      rows.onsuccess = () => { request.result.close(); resolve(rows.result); };
    };
  });
}

export const [li, wang] = LINES as [LineId, LineId];

/** An office with one transfer, and its driver with a phone that has it. */
export async function begin(): Promise<{ office: Office; zhao: Handset }> {
  const office = officeWithTransfer(new Office());
  return { office, zhao: await Handset.inTheHandOf(office, "zhao") };
}

export async function anotherTab(handset: Handset): Promise<Phone> {
  const tab = new Phone(handset.world);
  await tab.open();
  return tab;
}

export const lineOf = (handset: Handset, line: LineId) => handset.phone.view.transfer(TRANSFER)?.lines.find(({ id }) => id === line);
