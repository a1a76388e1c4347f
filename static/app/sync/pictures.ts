/** Photos and signatures: kept before an operation names them, sent in parts after the operations, given up when the office has them. */
import type { KnownUser, PhoneDatabase } from "../database/phone_database.ts";
import {
  claim, confirm, dropBytes, keepBytes, pictureDatabase, readBytes, waitingPictures, type PictureDatabase,
} from "../database/picture_database.ts";
import type { World } from "./world.ts";

/** What the office says of a picture; `refused` is final until a person tries again; `later`: nothing was said, or not now. */
type Stand = { kind: "stands"; offset: number; whole: boolean } | { kind: "refused" } | { kind: "later" };

export class Pictures {
  private readonly databases = new Map<string, PictureDatabase>();
  private readonly refused = new Set<string>();
  private tryAt = 0;
  private failures = 0;
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

  /** Before the operation that names them is recorded: a kill in between sends a picture that nobody asks for, and loses none. */
  async claim(user: string, hashes: string[]): Promise<void> {
    await claim(this.databaseOf(user), hashes);
    this.told(await this.count());
  }

  /** How many of the signed-in user's the office does not have yet. */
  async count(): Promise<number> {
    const user = this.user();
    return user && (await this.small.facts()).pictures ? (await waitingPictures(this.databaseOf(user))).length : 0;
  }

  async due(): Promise<boolean> {
    if (this.world.now() < this.tryAt || !(await this.small.facts()).pictures) return false;
    for (const { id, upload_token } of await this.small.users()) if (upload_token && (await this.waitingOf(id)).length) return true;
    return false;
  }

  /** A person tapped: what was refused, and what waits for later, is tried now. */
  tryAgain(): void {
    this.refused.clear();
    [this.tryAt, this.failures, this.partBytes] = [0, 0, partBytesMost];
  }

  /** Send what waits, of everybody, until something more urgent does: an operation never waits for a picture. */
  async deliver(users: KnownUser[], deviceOf: (known: KnownUser) => Promise<string>, urgent: () => Promise<boolean>): Promise<void> {
    if (!(await this.due())) return;
    for (const known of users) {
      for (const hash of known.upload_token ? await this.waitingOf(known.id) : []) {
        const end = await this.send(known, await deviceOf(known), hash, urgent);
        if (end === "urgent") return;
        if (end === "later") return this.wait();
        if (end === "refused") this.refused.add(hash);
      }
    }
    this.failures = 0;
  }

  /** One picture, from where the office says it stands. Cut off anywhere, it goes on there. */
  private async send(known: KnownUser, device: string, hash: string, urgent: () => Promise<boolean>): Promise<"done" | "urgent" | "later" | "refused"> {
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
    return stand.kind === "refused" ? "refused" : "later";
  }

  /** One part, by the upload token of whoever took the picture, whoever is signed in. */
  private async put(known: KnownUser, device: string, hash: string, bytes: ArrayBuffer, start: number, end: number): Promise<Stand> {
    const hangUp = new AbortController();
    const request = this.world.fetch(`/api/v1/blobs/${hash}`, {
      method: "PUT", body: bytes.slice(start, end), cache: "no-store", credentials: "omit", signal: hangUp.signal,
      headers: {
        "Content-Type": "application/octet-stream", "X-Bihuan": "1", "X-Device": device, Authorization: `Bearer ${known.upload_token}`,
        "Upload-Offset": String(start), "Upload-Length": String(bytes.byteLength),
      },
    }).then((response) => readStand(response, hash)).catch((): Stand => ({ kind: "later" }));
    const silence = this.world.wait(answerWaitMs).then((): Stand => { hangUp.abort(); return { kind: "later" }; });
    const stand = await Promise.race([request, silence]);
    if (stand.kind === "stands") await this.small.keepFacts({ heartbeat: this.world.now() });
    else if (stand.kind === "later") this.partBytes = Math.max(this.partBytes / 2, partBytesLeast);
    return stand;
  }

  /** Not now: by a chance of its own, up to five minutes, without holding up what else is to be sent and fetched. */
  private wait(): void {
    const longest = Math.min(firstWaitMs * 2 ** this.failures, waitMsMost);
    this.failures += 1;
    this.tryAt = this.world.now() + longest / 2 + (longest / 2) * this.world.random();
  }

  private async waitingOf(user: string): Promise<string[]> {
    return (await waitingPictures(this.databaseOf(user))).filter((hash) => !this.refused.has(hash));
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
  return (response.status === 413 || response.status === 422) && String(json?.code).startsWith("blob.") ? { kind: "refused" } : { kind: "later" };
}

const hexOf = (bytes: ArrayBuffer): string => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Less where the line is so slow that a part takes longer than an answer is waited for. */
const partBytesMost = 131_072;
const partBytesLeast = 16_384;
const idleMost = 3;
const answerWaitMs = 45_000;
const firstWaitMs = 10_000;
const waitMsMost = 300_000;
