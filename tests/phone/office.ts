// A plain model of the office, in memory: the log, the feed and the sign-in of sync/PROTOCOL.md, with nothing clever in it.
import { createHash } from "node:crypto";
import type { Change } from "../../static/app/database/view.ts";
import type { Body } from "../../static/app/operations.ts";
import type { User, Verdict } from "../../static/app/records.ts";

export interface Judgement { verdict: Verdict; code: string | null }
interface Logged { id: string; wire: string; author: string; verdict: Verdict; code: string | null; stamp: number | null }
interface Row { type: string; id: string; rev: number; body: any; seenBy: Set<string>; everSeenBy: Set<string> }
/** `phone` is the first device of its user on one phone; `said` what it announced last, and when. */
interface Device { user: string; phone: string; last: number; delivered: Map<number, Logged>; said: { unsent: number; at: number } }
interface Message { device: string; unsent: number; operations: { id: string; seq: number; body: string }[]; cursor?: string | null; page?: number; brief?: boolean; turn?: number; have?: Record<string, number> }

/** What a phone carries to the office: its cookies, kept by the browser between requests; who is signed in, and who ever was. */
export interface Jar { user: string | null; devices?: Record<string, string> }

/** Every verdict in full; or, to a phone that asks for brevity, by its number what was simply applied. */
function verdicts({ brief, operations }: Message, judged: Logged[]): object {
  const results = judged.map(({ id, verdict, code, stamp }) => ({ id, verdict, code, stamp, conflict: null }));
  if (!brief) return { results };
  const numbers = new Map(operations.map(({ id, seq }) => [id, seq]));
  const simple = results.filter(({ verdict, code }) => verdict === "applied" && code === null);
  const applied = simple.map(({ id, stamp }) => [numbers.get(id), numbers.get(id), stamp]);
  return { results: results.filter((one) => !simple.includes(one)), applied };
}

export class Office {
  epoch = "e1";
  stamp = 0;
  now = Date.parse("2022-04-03T12:00:00Z");
  pageSize = 500;
  /** What it asks of a phone that is not done yet, or that comes often. */
  pauseMs: number | null = null;
  promoteEachPage = false;
  operationsMost = Infinity;
  log = new Map<string, Logged>();
  rows = new Map<string, Row>();
  devices = new Map<string, Device>();
  /** The public key to which phones seal copies; `null` for an office that gives none. */
  copyKey: string | null = null;
  /** Phones (by the id of their first device) that were switched off. */
  switchedOff = new Set<string>();
  /** Users whose work knows no phone. */
  withoutPhone = new Set<string>();
  users = new Map<string, User>();
  /** Pictures, by user and hash. */
  blobs = new Map<string, { bytes: Buffer; whole: boolean }>();
  refusesPictures = false;
  /** Whose pictures it takes none of now: the status and the code with which it says so. */
  picturesOf = new Map<string, [number, string]>();
  /** Each part that a phone sent: whose, and how long it was. */
  parts: [string, number][] = [];
  /** How it says a change of a record that the phone holds; as a whole, unless a test has it make patches. */
  inPatches: (put: Change, of: number) => Change = (put) => put;
  /** How an operation is judged; by default it is applied. */
  judge: (body: Body) => Judgement = () => ({ verdict: "applied", code: null });

  addUser(id: string, username: string, more: Partial<User> = {}): void {
    this.users.set(id, { id: id as User["id"], username, name: username, role: "driver", site: null, area: null, phone: null, language: null, ...more });
  }

  put(type: string, id: string, body: object, ...seenBy: string[]): void {
    const key = `${type}/${id}`;
    const row: Row = this.rows.get(key) ?? { type, id, rev: 0, body: null, seenBy: new Set(), everSeenBy: new Set() };
    row.rev = ++this.stamp;
    row.body = structuredClone(body);
    row.seenBy = new Set(seenBy);
    for (const user of seenBy) row.everSeenBy.add(user);
    this.rows.set(key, row);
  }

  /** What a user may see, as {key: rev}: what a phone must hold at rest (P5). */
  seenBy(user: string): Record<string, number> {
    return Object.fromEntries([...this.rows.values()].filter((row) => row.seenBy.has(user)).map((row) => [`${row.type}/${row.id}`, row.rev]));
  }

  /** Take a copy of everything, as a backup does; and go back to one, which begins a new epoch. */
  backup(): () => void {
    const kept = structuredClone({ stamp: this.stamp, log: this.log, rows: this.rows, devices: this.devices });
    return () => { Object.assign(this, structuredClone(kept), { epoch: `${this.epoch}+` }); };
  }

  answer(path: string, init: RequestInit, jar: Jar): Response {
    if (path.startsWith("/api/v1/blobs/")) return this.blob(path.split("/").at(-1)!, init);
    const body = init.body ? JSON.parse(String(init.body)) : null;
    if (path === "/api/v1/session") return this.session(init.method ?? "GET", body, jar);
    if (path === "/api/v1/hello") return json(200, { epoch: this.epoch, server_time: this.time() });
    if (path !== "/api/v1/sync") return json(404, { code: "route.unknown" });
    const token = new Headers(init.headers).get("Authorization")?.replace("Bearer ", "");
    if (!token && this.withoutPhone.has(jar.user ?? "")) return json(403, { code: "access.denied" });
    const device = this.devices.get(body.device);
    const [user, phone] = token ? token.split("@") : [jar.user, jar.devices?.[jar.user ?? ""]];
    if (!user || (token && device && (device.user !== user || device.phone !== phone))) return json(401, { code: "session.sign_in" });
    if (this.switchedOff.has(phone!)) return json(403, { code: "device.revoked" });
    return this.sync(body, user, phone, !token);
  }

  /** PROTOCOL §11, by upload token alone: this is how phones bring pictures. */
  private blob(name: string, init: RequestInit): Response {
    const headers = new Headers(init.headers);
    const user = headers.get("Authorization")!.replace("Bearer ", "").split("@")[0]!;
    const key = `${user} ${name}`;
    const blob = this.blobs.get(key) ?? { bytes: Buffer.alloc(0), whole: false };
    const part = Buffer.from(init.body as ArrayBuffer);
    this.parts.push([user, part.length]);
    const [refusal, code] = this.picturesOf.get(user) ?? [];
    if (refusal) return json(refusal, { code });
    if (part.length && Number(headers.get("Upload-Offset")) === blob.bytes.length) {
      blob.bytes = Buffer.concat([blob.bytes, part]);
      blob.whole = blob.bytes.length === Number(headers.get("Upload-Length"));
      if (blob.whole && (createHash("sha256").update(blob.bytes).digest("hex") !== name || this.refusesPictures)) {
        this.blobs.delete(key);
        return json(422, { code: "blob.not_a_picture" });
      }
      this.blobs.set(key, blob);
    }
    return json(200, { sha256: name, offset: blob.bytes.length, whole: blob.whole });
  }

  private session(method: string, body: any, jar: Jar): Response {
    if (method === "DELETE") { jar.user = null; return new Response(null, { status: 204 }); }
    if (method === "GET") return jar.user ? json(200, { user: this.users.get(jar.user), epoch: this.epoch }) : json(401, { code: "session.sign_in" });
    const user = [...this.users.values()].find(({ username }) => username === body.username);
    if (!user || body.password !== "secret") return json(401, { code: "session.wrong_password" });
    const held: string | undefined = body.holds[user.id];
    const { phone } = this.device(held ?? body.device, user.id);
    if (this.switchedOff.has(phone)) return json(403, { code: "device.revoked" });
    const lost = held ? undefined : this.devices.get(jar.devices?.[user.id] ?? "")?.said;
    jar.user = user.id;
    jar.devices = { ...jar.devices, [user.id]: held ?? body.device };
    return json(200, {
      user, device: held ?? body.device, upload_token: `${user.id}@${phone}`, copy_key: this.copyKey, epoch: this.epoch, server_time: this.time(),
      emptied: lost ? { last_contact: new Date(lost.at).toISOString(), unsent: lost.unsent } : null,
    });
  }

  private device(id: string, user: string, phone = id): Device {
    const device = this.devices.get(id) ?? { user, phone, last: 0, delivered: new Map(), said: { unsent: 0, at: this.now } };
    this.devices.set(id, device);
    return device;
  }

  private sync(message: Message, user: string, phone: string | undefined, reads: boolean): Response {
    if (message.operations.length > this.operationsMost) return json(413, { code: "sync.too_large" });
    const device = this.device(message.device, user, phone);
    device.said = { unsent: message.unsent - message.operations.length, at: this.now };
    if (device.user !== user) return json(409, { code: "device.forked" });
    const results = [];
    for (const operation of message.operations) {
      const before = device.delivered.get(operation.seq);
      if (operation.seq <= device.last) {
        if (!before || hash(before.wire) !== hash(operation.body)) return json(409, { code: "device.forked" });
        results.push(before);
      } else if (operation.seq === device.last + 1) {
        const logged = this.log.get(operation.id) ?? this.apply(operation.id, operation.body, user);
        device.last = operation.seq;
        device.delivered.set(operation.seq, logged);
        results.push(logged);
      } else break;
    }
    const brought = message.unsent <= message.operations.length;
    const feed = reads && brought ? this.feed(message, user) : { changes: [], cursor: message.cursor ?? null, more: false, promote: false, reset: null };
    return json(200, {
      epoch: this.epoch, server_time: this.time(), expected_seq: device.last + 1, ...feed,
      ...verdicts(message, results), turn: message.turn,
      retry_after_ms: this.pauseMs, lease_until: null,
    });
  }

  private apply(id: string, wire: string, author: string): Logged {
    const body = JSON.parse(wire) as Body;
    const { verdict, code } = (body.type as string) === "void" ? { verdict: "applied" as const, code: null } : this.judge(body);
    const row = this.rows.get(`transfer/${body.target}`);
    const effective = (verdict === "applied" || verdict === "flagged") && row && row.everSeenBy.has(author);
    if (effective) effectOf(body, row.body, this.log);
    if (effective) row.rev = ++this.stamp;
    const logged: Logged = { id, wire, author, verdict, code, stamp: effective ? row.rev : null };
    this.log.set(id, logged);
    if (verdict !== "applied") {
      this.put("receipt", id, { verdict, code, stamp: logged.stamp, conflict: null, operation_type: body.type, target: body.target }, author);
    }
    return logged;
  }

  private feed(message: Message, user: string) {
    const [epoch, owner, high] = (message.cursor ?? `${this.epoch}|${user}|0`).split("|") as [string, string, string];
    const reset = epoch !== this.epoch || Number(high) > this.stamp ? "epoch" : owner !== user ? "cursor" : null;
    const position = reset ? 0 : Number(high);
    const size = Math.min(message.page ?? 500, this.pageSize);
    const news = [...this.rows.values()].filter((row) => row.rev > position).sort((one, other) => one.rev - other.rev);
    const page = news.slice(0, size);
    const more = news.length > size;
    const changes = page.filter((row) => row.everSeenBy.has(user)).map((row): Change => row.seenBy.has(user)
      ? { op: "put", type: row.type, id: row.id, rev: row.rev, body: structuredClone(row.body) } : { op: "drop", type: row.type, id: row.id })
      .map((change) => (change.op === "put" && message.have?.[change.id] ? this.inPatches(change, message.have[change.id]!) : change));
    const cursor = `${this.epoch}|${user}|${more ? page.at(-1)!.rev : this.stamp}`;
    return { changes, cursor, high: more ? page.at(-1)!.rev : this.stamp, more, promote: !more || this.promoteEachPage, reset };
  }

  private time(): string { return new Date(this.now).toISOString(); }
}

/** The effects that tests look at. */
function effectOf(body: Body, transfer: any, log: Map<string, Logged>): void {
  const line = transfer.lines?.find((each: any) => "line" in body.args && each.id === body.args.line);
  if (body.type === "board_person" && line) Object.assign(line, { state: "aboard", boarded_at: body.occurred_at });
  if (body.type === "record_moment") transfer.moments[body.args.moment] ??= { at: body.occurred_at, by: body.author, allowed_by: null };
  if (body.type === "withdraw") {
    const before = JSON.parse(log.get(body.args.operation)!.wire) as Body;
    const taken = transfer.lines.find((each: any) => "line" in before.args && each.id === before.args.line);
    if (before.type === "board_person" && taken) Object.assign(taken, { state: "expected", boarded_at: null });
  }
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
