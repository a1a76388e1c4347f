/** Photos and signatures: kept before an operation names them, sent in parts after the operations, given up when the office has them. */
import { StorageTrouble } from "../database/connection.ts";
import type { KnownUser, PhoneDatabase } from "../database/phone_database.ts";
import {
  claim, confirm, dropBytes, keepBytes, pictureDatabase, readBytes, waitingPictures, type PictureDatabase,
} from "../database/picture_database.ts";
import { NotSaved } from "../intents/record.ts";
import { inTime, lasts, type Pause, type World } from "./world.ts";

/**
 * What the office says of a picture: `refused` is final until a person tries again; `not_theirs`: it takes none of this person now,
 * which says nothing of anybody else's; `busy`: of nobody now; `silence`: nothing that is ours to read.
 */
type Stand = { kind: "stands"; offset: number; whole: boolean } | { kind: "refused" | "not_theirs" | "busy" | "silence" };
type End = "done" | "urgent" | "refused" | "not_theirs" | "not_now";

/** Not to try for a while, after so many times in vain. */
interface LongerPause extends Pause { times: number }

export class Pictures {
  private readonly databases = new Map<string, PictureDatabase>();
  private readonly refused = new Set<string>();
  private pause: LongerPause | null = null;
  private readonly pauses = new Map<string, LongerPause>();
  private partBytes = partBytesMost;

  constructor(
    private readonly world: World, private readonly small: PhoneDatabase, private readonly user: () => string | null,
    private readonly told: (unsentPictures: number) => void,
  ) {}

  /** Pictures go by their hash, and a page that is not served safely has none. */
  get possible(): boolean { return Boolean(globalThis.crypto?.subtle); }

  /** Resolves with the picture's name when the bytes are on disk. Rejects with StorageTrouble; the form goes on without it. */
  async keep(bytes: ArrayBuffer): Promise<string> {
    const hash = hexOf(await crypto.subtle.digest("SHA-256", bytes));
    await this.small.keepFacts({ pictures: true }, "strict");
    await keepBytes(this.mine(), hash, bytes);
    return hash;
  }

  /** The bytes, while they are on this phone. */
  read(hash: string): Promise<ArrayBuffer | null> { return readBytes(this.mine(), hash); }

  drop(hash: string): Promise<void> { return dropBytes(this.mine(), hash); }

  /**
   * Before the operation that names them is recorded: a kill in between sends a picture that nobody asks for, and loses none.
   * What fails here leaves the act unrecorded, and is told as such.
   */
  async claim(user: string, hashes: string[]): Promise<void> {
    try {
      await claim(this.databaseOf(user), hashes);
      this.told(await this.count());
    } catch (error) {
      throw new NotSaved(error instanceof StorageTrouble ? error.code : "storage_broken", { cause: error });
    }
  }

  /** How many of the signed-in user's the office does not have yet; with nobody signed in, of everybody's. */
  async count(): Promise<number> {
    if (!(await this.small.facts()).pictures) return 0;
    const user = this.user();
    const whose = user ? [user] : (await this.small.users()).map(({ id }) => id);
    return (await Promise.all(whose.map((id) => waitingPictures(this.databaseOf(id))))).flat().length;
  }

  async due(): Promise<boolean> {
    if (lasts(this.pause, this.world.now()) || !(await this.small.facts()).pictures) return false;
    for (const known of await this.small.users()) if ((await this.dueOf(known)).length) return true;
    return false;
  }

  /** A person tapped: what was refused, and what waits for later, is tried now. */
  tryAgain(): void {
    this.refused.clear();
    this.pauses.clear();
    [this.pause, this.partBytes] = [null, partBytesMost];
  }

  /** Send what waits, of everybody, until something more urgent does: an operation never waits for a picture. */
  async deliver(users: KnownUser[], deviceOf: (known: KnownUser) => Promise<string>, urgent: () => Promise<boolean>): Promise<void> {
    if (!(await this.due())) return;
    for (const known of users) {
      const end = await this.deliverOf(known, deviceOf, urgent);
      if (end === "urgent") return;
      if (end === "not_now") return void (this.pause = this.longer(this.pause));
      if (end === "not_theirs") this.pauses.set(known.id, this.longer(this.pauses.get(known.id)));
    }
    this.pause = null;
  }

  private async deliverOf(known: KnownUser, deviceOf: (known: KnownUser) => Promise<string>, urgent: () => Promise<boolean>): Promise<End> {
    for (const hash of await this.dueOf(known)) {
      const end = await this.send(known, await deviceOf(known), hash, urgent);
      if (end === "refused") this.refused.add(hash);
      else if (end !== "done") return end;
      this.pauses.delete(known.id);
    }
    return "done";
  }

  /** One picture, from where the office says it stands. Cut off anywhere, it goes on there. */
  private async send(known: KnownUser, device: string, hash: string, urgent: () => Promise<boolean>): Promise<End> {
    const database = this.databaseOf(known.id);
    const bytes = await readBytes(database, hash);
    if (!bytes) return "refused";
    const ask = bytes.byteLength > this.partBytes;
    let stand = ask ? await this.put(known, device, hash, bytes, 0, 0) : { kind: "stands" as const, offset: 0, whole: false };
    for (let idle = 0; stand.kind === "stands" && idle < idleMost;) {
      if (stand.whole) {
        await confirm(database, hash);
        return "done";
      }
      if (await urgent()) return "urgent";
      const before: number = stand.offset;
      stand = await this.put(known, device, hash, bytes, before, Math.min(before + this.partBytes, bytes.byteLength));
      idle = stand.kind === "stands" && stand.offset > before ? 0 : idle + 1;
    }
    return stand.kind === "busy" || stand.kind === "silence" ? "not_now" : stand.kind === "refused" ? "refused" : "not_theirs";
  }

  /** One part, by the upload token of whoever took the picture, whoever is signed in. */
  private async put(known: KnownUser, device: string, hash: string, bytes: ArrayBuffer, start: number, end: number): Promise<Stand> {
    const stand: Stand = (await inTime(this.world, async (signal) => readStand(await this.world.fetch(`/api/v1/blobs/${hash}`, {
      method: "PUT", body: bytes.slice(start, end), cache: "no-store", credentials: "omit", signal,
      headers: {
        "Content-Type": "application/octet-stream", "X-Bihuan": "1", "X-Device": device, Authorization: `Bearer ${known.upload_token}`,
        "Upload-Offset": String(start), "Upload-Length": String(bytes.byteLength),
      },
    }), hash), partWaitMs)) ?? { kind: "silence" };
    if (stand.kind === "stands") await this.small.keepFacts({ heartbeat: this.world.now() });
    else if (stand.kind === "silence") this.partBytes = Math.max(this.partBytes / 2, partBytesLeast);
    return stand;
  }

  /** Not now: by a chance of its own, up to five minutes, without holding up what else is to be sent and fetched. */
  private longer(pause: LongerPause | null | undefined): LongerPause {
    const times = pause?.times ?? 0;
    const longest = Math.min(firstWaitMs * 2 ** times, waitMsMost);
    const from = this.world.now();
    return { from, until: from + longest / 2 + (longest / 2) * this.world.random(), times: times + 1 };
  }

  private async dueOf({ id, upload_token }: KnownUser): Promise<string[]> {
    if (!upload_token || lasts(this.pauses.get(id), this.world.now())) return [];
    return (await waitingPictures(this.databaseOf(id))).filter((hash) => !this.refused.has(hash));
  }

  private mine(): PictureDatabase {
    const user = this.user();
    if (!user) throw new Error("Nobody is signed in");
    return this.databaseOf(user);
  }

  private databaseOf(user: string): PictureDatabase {
    let database = this.databases.get(user);
    if (!database) this.databases.set(user, (database = pictureDatabase(this.world.databases, user, (ms) => this.world.wait(ms))));
    return database;
  }

  close(): void {
    for (const database of this.databases.values()) database.close();
  }
}

/** An answer is believed only if it is JSON about this picture: a captive portal says 200 to everything. */
async function readStand(response: Response, hash: string): Promise<Stand> {
  const json = (await response.json().catch(() => null)) as { sha256?: unknown; offset?: unknown; whole?: unknown; code?: unknown } | null;
  if (response.status === 200 && json?.sha256 === hash && typeof json.offset === "number" && typeof json.whole === "boolean") {
    return { kind: "stands", offset: json.offset, whole: json.whole };
  }
  if (response.status === 503) return { kind: "busy" };
  if (typeof json?.code !== "string") return { kind: "silence" };
  const final = (response.status === 413 || response.status === 422) && json.code.startsWith("blob.");
  return { kind: final ? "refused" : "not_theirs" };
}

const hexOf = (bytes: ArrayBuffer): string => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Less where the line is so slow that a part takes longer than an answer is waited for. */
const partBytesMost = 131_072;
const partBytesLeast = 16_384;
const idleMost = 3;
const partWaitMs = 45_000;
const firstWaitMs = 10_000;
const waitMsMost = 300_000;
