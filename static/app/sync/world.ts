import { overTheLine } from "./line.ts";

/** Everything the engine takes from outside itself, so that tests and a simulation can be that outside. */
export interface World {
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** The phone's clock, ms. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  bytes(count: number): Uint8Array;
  wait(ms: number): Promise<void>;
  /** Run alone among the tabs of this phone if possible; `busy` if another one is at it. An optimisation: nothing rests on it. */
  alone<Result>(work: () => Promise<Result>, heartbeat: () => Promise<number>): Promise<Result | "busy">;
  /** Tell the other tabs that something changed, and hear it from them. */
  tell(): void;
  hear(listener: () => void): void;
  /** Hear that it is worth trying again: in the foreground, online; and when the line went, for a try shows so at once. */
  hearChance(listener: () => void): void;
  /** Ask the browser not to evict what is stored. */
  askToPersist(): void;
  /** Databases are called `bihuan` and `bihuan-<user>`. */
  databases: string;
  app: string;
  /** How much room is kept for the day on which the phone is full; none unless said. */
  ballastBytes?: number;
}

declare const APP_VERSION: string | undefined;

export const browserWorld = (): World => {
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("bihuan");
  return {
    fetch: overTheLine,
    now: () => Date.now(),
    random: () => Math.random(),
    bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    alone,
    tell: () => channel?.postMessage("changed"),
    hear: (listener) => channel?.addEventListener("message", listener),
    hearChance: (listener) => {
      for (const event of ["online", "offline", "pageshow"]) addEventListener(event, listener);
      document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") listener(); });
    },
    askToPersist: () => void navigator.storage?.persist?.().catch(() => undefined),
    databases: "bihuan",
    ballastBytes: 1_048_576,
    app: typeof APP_VERSION === "undefined" ? "0.1.0" : APP_VERSION,
  };
};

/** What is heard before it is hung up, or null: a line may take a request and then say nothing for minutes. */
export function inTime<Heard>(world: Pick<World, "wait">, ask: (hangUp: AbortSignal) => Promise<Heard>, waitMs = answerWaitMs): Promise<Heard | null> {
  const hangUp = new AbortController();
  const silence = world.wait(waitMs).then(() => { hangUp.abort(); return null; });
  return Promise.race([ask(hangUp.signal).catch(() => null), silence]);
}

export const answerWaitMs = 20_000;

/** What is not to be done for a while, by the phone's clock. */
export interface Pause { from: number; until: number }

/** Not any more where the clock was set back to before it began: nobody knows how long that would be. */
export const lasts = (pause: Pause | null | undefined, now: number): boolean => Boolean(pause && pause.from <= now && now < pause.until);

/** A frozen tab can hold the lock for ever, so a lock whose heartbeat stopped for a minute is stolen. Who was robbed hears "busy". */
async function alone<Result>(work: () => Promise<Result>, heartbeat: () => Promise<number>): Promise<Result | "busy"> {
  if (!navigator.locks) return work();
  const robbed = (error: unknown) => { if ((error as Error).name !== "AbortError") throw error; return "busy" as const; };
  const given = await navigator.locks.request("bihuan-sync", { ifAvailable: true }, (lock) => (lock ? work() : "busy" as const)).catch(robbed);
  if (given !== "busy" || Math.abs(Date.now() - (await heartbeat())) < heartbeatLostMs) return given; // the clock may have been set back
  return navigator.locks.request("bihuan-sync", { steal: true }, work).catch(robbed);
}

const heartbeatLostMs = 60_000;
