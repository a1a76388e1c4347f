import type { End } from "./round.ts";
import type { World } from "./world.ts";

/** What the loop asks of the phone. `due`: something waits to be sent, or it is time to look for news. `broke` hears what nobody foresaw. */
export interface Work { due(): Promise<boolean>; pass(): Promise<End | { kind: "elsewhere" }>; broke(error: unknown): void }

/**
 * Keeps a phone in step. It is driven by what is there, not by events: as long as the outbox is not empty it tries again,
 * after a wait that grows to five minutes and that a tap, the foreground or a new act cuts short.
 */
export class Loop {
  private failures = 0;
  private running = false;
  private wakeUp: () => void = () => undefined;

  constructor(private readonly world: Pick<World, "wait" | "random">, private readonly work: Work) {}

  async run(): Promise<void> {
    this.running = true;
    while (this.running) {
      const woken = new Promise<void>((resolve) => { this.wakeUp = resolve; });
      await Promise.race([this.world.wait(await this.once()), woken]);
    }
  }

  /** One look; gives the wait until the next one, ms. */
  async once(): Promise<number> {
    try {
      if (!(await this.work.due())) return lookMs;
      return this.waitAfter(await this.work.pass());
    } catch (error) {
      this.work.broke(error); // a broken store: trying again is what may mend it (WebKit closes connections)
      return this.waitAfter({ kind: "stuck" });
    }
  }

  /** It is worth trying now: something was recorded, the screen was opened, somebody tapped. */
  wake(): void {
    this.failures = 0;
    this.wakeUp();
  }

  stop(): void {
    this.running = false;
    this.wakeUp();
  }

  private waitAfter(end: End | { kind: "elsewhere" }): number {
    if (end.kind === "done" || end.kind === "elsewhere" || end.kind === "sign_in" || end.kind === "switched_off") {
      this.failures = 0;
      return lookMs;
    }
    if (end.kind === "busy") return end.retryAfterMs * (1 + this.world.random());
    const longest = Math.min(firstWaitMs * 2 ** this.failures, waitMsMost);
    this.failures += 1;
    return longest / 2 + (longest / 2) * this.world.random();
  }
}

const lookMs = 5_000;
const firstWaitMs = 2_000;
const waitMsMost = 300_000;
