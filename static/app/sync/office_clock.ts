import type { PhoneDatabase } from "../database/phone_database.ts";
import type { World } from "./world.ts";

/**
 * The office's time, as far as this phone knows it: its own clock and how far that was off when the office answered last. It never runs
 * backwards: a phone's clock that was set back since it was last looked at is off by that much more. One that was set forward cannot be
 * told from a phone that slept; the next answer tells.
 */
export class OfficeClock {
  private offsetMs: number | null = null;
  /** The phone's clock when it was last looked at, also before this start. */
  private seenAt = 0;

  constructor(private readonly world: World, private readonly small: PhoneDatabase, private readonly told: (offsetMs: number | null) => void) {}

  async open(): Promise<void> {
    const { clock_offset_ms: offset = null, heartbeat = 0 } = await this.small.facts();
    [this.offsetMs, this.seenAt] = [offset, heartbeat];
    this.told(this.offset());
  }

  now(): number { return this.world.now() + (this.offset() ?? 0); }

  /** Null while the office has not answered yet. */
  offset(): number | null {
    const now = this.world.now();
    const setBackMs = this.seenAt - now;
    this.seenAt = now;
    if (this.offsetMs !== null && setBackMs > setBackMsLeast) void this.set(this.offsetMs + setBackMs).catch(() => undefined);
    return this.offsetMs;
  }

  /** As the office has just said. */
  async set(offsetMs: number): Promise<void> {
    [this.offsetMs, this.seenAt] = [offsetMs, this.world.now()];
    this.told(offsetMs);
    await this.small.noteFacts({ clock_offset_ms: offsetMs, heartbeat: this.seenAt });
  }
}

/** Less than that is a clock that keeps itself right. */
const setBackMsLeast = 1_000;
