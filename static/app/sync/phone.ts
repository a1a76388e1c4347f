import { PhoneDatabase, type KnownUser } from "../database/phone_database.ts";
import { keepBallast, onBallast } from "../database/ballast.ts";
import { StorageTrouble } from "../database/connection.ts";
import { nowhere, userDatabase, type Reach, type UserDatabase } from "../database/user_database.ts";
import { forgetActs, placeOf, readActs, readRecords, readShelf, reset, type ActRow, type RecordRow } from "../database/view.ts";
import { countUnsent, deviceOf, forgetKept } from "../database/work.ts";
import { intents, type Intents, type Recorder } from "../intents/intents.ts";
import { NotSaved, recordAct } from "../intents/record.ts";
import { followed } from "../projection/follows.ts";
import { project, type View } from "../projection/view.ts";
import type { OperationId, RoomId, TransferId, User, UserId } from "../records.ts";
import { Drafts } from "./drafts.ts";
import { Loop } from "./loop.ts";
import type { Answer } from "./messages.ts";
import { OfficeClock } from "./office_clock.ts";
import { Pictures } from "./pictures.ts";
import { newId, runRound, type End, type Told } from "./round.ts";
import { endSession, historyOfOffice, signIn } from "./sign_in.ts";
import { nothingBars, startState, type SyncState } from "./state.ts";
import { unsentCopy } from "./unsent_copy.ts";
import { browserWorld, lasts, type Pause, type World } from "./world.ts";

export { NotSaved, StorageTrouble };
export { SignInRefused } from "./sign_in.ts";
export type { Act, Mark } from "../projection/acts.ts";
export type { Refusal, ShownLine, ShownRoom, ShownTransfer } from "../projection/view.ts";
export type { Emptied } from "../database/phone_database.ts";
export type { SyncState, View };

const nobody = { id: "" as UserId, name: "", site: null };

/** Open what this phone holds. Needs no network. When the browser's store cannot be used (StorageTrouble) it is tried again after `fails`. */
export async function openPhone(fails: (error: unknown) => Promise<void>, world: World = browserWorld()): Promise<Phone> {
  const phone = new Phone(world);
  while (!(await phone.open().then(() => true, fails)));
  void phone.loop.run();
  return phone;
}

/** The whole phone as screens see it: who is signed in, what to show, what can be done, and how the exchange stands. */
export class Phone {
  user: User | null = null;
  view: View = project([], [], nowhere, nobody);
  state: SyncState = startState;
  readonly act: Intents;
  readonly loop: Loop;
  readonly drafts: Drafts;
  readonly pictures: Pictures;

  private readonly small: PhoneDatabase;
  private readonly clock: OfficeClock;
  private readonly databases = new Map<string, UserDatabase>();
  private readonly listeners = new Set<() => void>();
  private preferences: Record<string, unknown> = {};
  private rows: RecordRow[] = [];
  private actRows: ActRow[] = [];
  /** Acts recorded since a reading of the store began; null while none is going on. */
  private recordedMeanwhile: ActRow[] | null = null;
  private reach: Reach = nowhere;
  private stale: { acts: boolean; records: boolean } = { acts: false, records: false };
  private refreshing: Promise<void> | null = null;
  private untilPull: Pause | null = null;
  /** Users whose upload token the office does not take: they are not asked for again until a tap, the foreground or their sign-in. */
  private readonly paused = new Set<string>();

  constructor(private readonly world: World) {
    this.small = new PhoneDatabase(world.databases, (ms) => world.wait(ms));
    this.clock = new OfficeClock(world, this.small, (clockOffsetMs) => this.change({ clockOffsetMs }));
    this.pictures = new Pictures(world, this.small, () => this.user?.id ?? null, (unsentPictures) => this.change({ unsentPictures }));
    this.drafts = new Drafts(() => this.database(), (ms) => world.wait(ms));
    this.act = intents(this.record);
    this.loop = new Loop(world, {
      due: () => this.due(), pass: () => this.pass(), broke: (error) => this.change({ trouble: (error as { code?: string }).code ?? "sync.stuck" }),
    });
    world.hear(() => void this.hearOtherTab());
    world.hearChance(() => this.syncNow());
  }

  async open(): Promise<void> {
    const [facts, users] = await Promise.all([this.small.facts(), this.small.users(), this.clock.open()]);
    this.preferences = facts;
    await this.show(users.find(({ id }) => id === facts.current) ?? null);
  }

  /** Called after the user, the view or the state changed; gives the function that ends it. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async signIn(username: string, password: string): Promise<User> {
    const { user, serverTime } = await signIn(this.world, this.small, (id) => this.databaseOf(id), username, password);
    await this.clock.set(serverTime - this.world.now());
    this.change(nothingBars);
    await this.hearOtherTab();
    this.world.tell();
    this.syncNow();
    return user;
  }

  /** Ends the session and shows nobody's records. Work that is not sent stays, and still goes up by the upload token. */
  async signOut(): Promise<void> {
    await onBallast(this.databases.values(), () => this.small.keepFacts({ current: null, sign_out_pending: true }, "strict"));
    await this.show(null);
    this.world.tell();
    this.syncNow();
  }

  /** Take an act back: within a minute it is as if it had not been, later it is a correction that the office sees. */
  undo(operation: OperationId): Promise<OperationId> {
    const act = this.view.acts.find(({ id }) => id === operation);
    if (!act) throw new Error("Only an act that is in view.acts can be taken back");
    return this.act.withdraw(act.target as TransferId | RoomId, operation);
  }

  /** All that waits on this phone, as a file that only the office can open. */
  unsentCopy(words: string): Promise<{ text: string; count: number } | null> {
    return unsentCopy(this.world, this.small, (id) => this.databaseOf(id), words);
  }

  /** The person has read that the storage of this phone was emptied. */
  async putAwayEmptied(): Promise<void> {
    const known = (await this.small.users()).find(({ id }) => id === this.user?.id);
    if (known) await this.small.keepUser({ ...known, emptied: null });
    this.change({ emptied: null });
  }

  acknowledge = (operation: OperationId): Promise<OperationId> => this.act.acknowledgeRefusal(operation);

  /** Try now: a tap, the foreground. Also tries again with a session that had ended. */
  syncNow(): void {
    this.untilPull = null;
    this.paused.clear();
    this.pictures.tryAgain();
    const { signedOut, switchedOff, othersPaused } = this.state;
    if (signedOut || switchedOff || othersPaused) this.change({ ...nothingBars, othersPaused: 0 });
    this.loop.wake();
  }

  /** The office's time, ms, as far as this phone knows it. */
  now(): number {
    return this.clock.now();
  }

  preference(name: string): unknown {
    return this.preferences[`preference.${name}`] ?? null;
  }

  /** Taken at once. One that the store does not take lasts until the app is closed. */
  setPreference(name: string, value: unknown): void {
    this.preferences = { ...this.preferences, [`preference.${name}`]: value };
    this.notify();
    void this.small.noteFacts({ [`preference.${name}`]: value }).catch(() => undefined);
  }

  /** Give the databases back, for tests and for a page that ends. */
  close(): void {
    this.loop.stop();
    this.drafts.close();
    for (const database of this.databases.values()) database.close();
    this.pictures.close();
    this.small.close();
  }

  private readonly record: Recorder = async (type, target, args, after = [], pictures = []) => {
    const user = this.user;
    if (!user) throw new NotSaved("signed_out");
    if (pictures.length) await this.pictures.claim(user.id, pictures);
    const row = await recordAct({
      database: this.database(), author: user.id, app: this.world.app,
      revision: (of) => this.view.revision(of), about: (of, with_) => this.view.about(of, with_),
      now: () => this.world.now(), clockOffsetMs: () => this.clock.offset(), bytes: (count) => this.world.bytes(count), last: this.view.acts.at(-1)?.id,
      tellStorageLow: () => this.change({ storageLow: true }),
    }, type, target, args, [...new Set([...after, ...followed(this.view.acts, args)])], pictures);
    if (user === this.user) this.addAct(row);
    void this.world.wait(drawnMs).then(() => this.afterRecording());
    return row.id;
  };

  /** Shows what is on disk now without reading it back: only the transfer that it is about is projected again. */
  private addAct(row: ActRow): void {
    this.recordedMeanwhile?.push(row);
    this.actRows = [...this.actRows, row];
    this.view = project(this.rows, this.actRows, this.reach, this.user!);
    this.change({ unsent: this.state.unsent + 1 });
  }

  /** What can wait until the person sees "saved". */
  private afterRecording(): void {
    this.world.tell();
    this.world.askToPersist();
    this.loop.wake();
  }

  private async due(): Promise<boolean> {
    const { sign_out_pending: signOut, current = null } = await this.small.facts();
    if (current !== (this.user?.id ?? null)) await this.hearOtherTab(); // a page that was frozen has slept through a shift change
    const { unsent, othersUnsent, othersPaused, signedOut, switchedOff } = this.state;
    const waiting = (this.user && this.paused.has(this.user.id) ? 0 : unsent) + othersUnsent - othersPaused > 0;
    return waiting || Boolean(signOut) || (await this.pictures.due()) || (this.user !== null && !signedOut && !switchedOff && !lasts(this.untilPull, this.world.now()));
  }

  /** One exchange for the user who is signed in, then the work of the others who used this phone. */
  private async pass(): Promise<End | { kind: "elsewhere" }> {
    const heartbeat = async () => (await this.small.facts()).heartbeat ?? 0;
    this.change({ syncing: true });
    try {
      const end = await this.world.alone(() => this.exchangeAlone(), heartbeat);
      if (end === "busy") return { kind: "elsewhere" };
      this.change({ trouble: end.kind === "stuck" ? "sync.stuck" : null });
      return end;
    } finally {
      this.change({ syncing: false });
      this.change(await this.countOthers());
    }
  }

  /** A pass that has just begun is alive, however long ago the office last answered: its lock is not stolen. */
  private async exchangeAlone(): Promise<End> {
    await this.small.noteFacts({ heartbeat: this.world.now() });
    return this.exchange();
  }

  private async exchange(): Promise<End> {
    const facts = await this.small.facts();
    if (facts.sign_out_pending && (await endSession(this.world))) await this.small.noteFacts({ sign_out_pending: false });
    const users = await this.small.users();
    const current = users.find(({ id }) => id === facts.current && id === this.user?.id);
    const ends = [current ? await this.exchangeFor(current) : { kind: "done" as const }];
    for (const other of users) if (other.id !== current?.id) ends.push((await this.deliverFor(other)) ?? { kind: "done" });
    const failed = ends.find(({ kind }) => kind !== "done");
    if (!failed || failed.kind === "sign_in") await this.pictures.deliver(users, async ({ id, device }) => (await deviceOf(this.databaseOf(id)))?.device ?? device, async () => this.state.unsent > 0);
    return failed ?? { kind: "done" };
  }

  private async exchangeFor(current: KnownUser): Promise<End> {
    const { signedOut, switchedOff } = this.state;
    const end = signedOut ? { kind: "sign_in" as const } : switchedOff ? { kind: "switched_off" as const }
      : await runRound(this.world, this.database(), { kind: "session", user: current.id }, this.told());
    if (current.id !== this.user?.id) return end; // it says nothing of whoever has signed in meanwhile
    const now = this.world.now();
    const asked = this.untilPull && lasts(this.untilPull, now) ? this.untilPull.until : now; // an answer may have asked for a longer pause
    this.untilPull = { from: now, until: Math.max(asked, now + pullEveryMs) };
    this.change({
      reached: end.kind === "no_answer" ? false : end.kind === "busy" ? this.state.reached : true,
      updateNeeded: end.kind === "not_this_protocol", signedOut: end.kind === "sign_in", switchedOff: end.kind === "switched_off",
    });
    if (end.kind === "sign_in") { // perhaps because the office was set back to before this session: then it lacks more than what waits here
      if (!signedOut) await this.small.noteFacts(await historyOfOffice(this.world));
      const delivered = await this.deliverFor(current);
      this.change({ uploadPaused: !current.upload_token || this.paused.has(current.id) });
      return delivered ?? end;
    }
    if (end.kind === "done") await this.tidy();
    return end;
  }

  /** By upload token: results come back, changes never. Work whose token the office no longer takes waits here, whole. */
  private async deliverFor(known: KnownUser): Promise<End | undefined> {
    const database = this.databaseOf(known.id);
    const device = (await deviceOf(database))?.device;
    if (!device) return undefined; // the browser has lost it
    await this.noticeEpoch(database);
    if (!known.upload_token || this.paused.has(known.id) || !(await countUnsent(database))) return undefined;
    if (device !== known.device) await this.small.keepUser({ ...known, device });
    const end = await runRound(this.world, database, { kind: "token", token: known.upload_token }, this.told(known.id));
    if (end.kind === "sign_in" || end.kind === "switched_off") this.paused.add(known.id);
    return end;
  }

  /** The office was restored from a backup: what its last user kept on this phone is offered again also when nobody signs in as that user. */
  private async noticeEpoch(database: UserDatabase): Promise<void> {
    const [{ epoch }, place] = await Promise.all([this.small.facts(), placeOf(database)]);
    if (!epoch || epoch === place.epoch) return;
    await reset(database, place.cursor, epoch, newId(this.world));
    await this.refresh("records");
  }

  private told(id = this.user?.id): Told {
    return {
      onAnswer: async (answer: Answer, offsetMs) => {
        if (offsetMs !== null) await this.clock.set(offsetMs);
        const now = this.world.now();
        await this.small.noteFacts({ heartbeat: now, epoch: answer.epoch });
        this.change({ lastContactAt: now, reached: true });
        if (answer.retry_after_ms) this.untilPull = { from: now, until: now + answer.retry_after_ms };
      },
      onChange: async (what) => {
        if (id === this.user?.id) await this.refresh(what);
        this.world.tell();
      },
    };
  }

  /** Kept operations and acts that nobody needs any more; by the office's clock, so that a wrong one of the phone forgets nothing. */
  private async tidy(): Promise<void> {
    const officeTime = this.state.asOf;
    if (officeTime === null) return;
    const acts = this.view.forgettable(officeTime);
    await forgetActs(this.database(), acts);
    await forgetKept(this.database(), officeTime - keptMs);
    if (acts.length) await this.refresh("acts");
    const { ballastBytes, bytes } = this.world;
    if (ballastBytes) this.change({ storageLow: !(await keepBallast(this.database(), ballastBytes, bytes)) });
  }

  /** Something changed in another tab, or here: who is signed in, or what is stored. */
  private async hearOtherTab(): Promise<void> {
    const [{ current = null }, users] = await Promise.all([this.small.facts(), this.small.users()]);
    if (current === (this.user?.id ?? null)) await this.refresh("records");
    else await this.show(users.find(({ id }) => id === current) ?? null);
  }

  private async show(known: KnownUser | null): Promise<void> {
    if (known && !(await deviceOf(this.databaseOf(known.id)))) { // the browser has lost this database alone: a sign-in tells what was in it
      await this.small.noteFacts({ current: null });
      return this.show(null);
    }
    this.user = known?.user ?? null;
    [this.rows, this.actRows, this.reach] = [[], [], nowhere];
    this.view = project([], [], nowhere, this.user ?? nobody);
    this.change({ unsent: 0, asOf: null, complete: false, leaseUntil: null, ...nothingBars });
    if (known) {
      await readShelf(this.database());
      await this.refresh("records");
    }
    this.change({ emptied: known?.emptied ?? null, ...(await this.countOthers()) });
  }

  /** Read again what is stored, and project it. Resolves when the view shows at least all that was stored at the call. */
  private async refresh(what: "acts" | "records"): Promise<void> {
    this.stale[what] = true;
    while (this.stale.acts || this.stale.records) {
      this.refreshing ??= this.readAgain().finally(() => { this.refreshing = null; });
      await this.refreshing;
    }
  }

  private async readAgain(): Promise<void> {
    const { user } = this;
    const records = this.stale.records;
    this.stale = { acts: false, records: false };
    if (!user) return;
    const meanwhile: ActRow[] = (this.recordedMeanwhile = []);
    const database = this.databaseOf(user.id);
    const [place, unsent, actRows, rows] = await Promise.all([
      placeOf(database), countUnsent(database), readActs(database), records ? readRecords(database) : this.rows,
    ]);
    if (user !== this.user) return;
    // What was recorded while this was being read may be missing from it. It stays on the screen, and all is read once more.
    const read = new Set(actRows.map(({ id }) => id));
    this.stale.acts ||= meanwhile.length > 0;
    this.recordedMeanwhile = null;
    [this.rows, this.actRows, this.reach] = [rows, [...actRows, ...meanwhile.filter(({ id }) => !read.has(id))], place];
    this.view = project(this.rows, this.actRows, this.reach, user);
    this.change({ unsent, asOf: place.as_of, complete: place.complete, leaseUntil: place.lease_until });
  }

  private async countOthers(): Promise<Pick<SyncState, "othersUnsent" | "othersPaused" | "unsentPictures">> {
    const others = (await this.small.users()).filter(({ id }) => id !== this.user?.id);
    const counts = await Promise.all(others.map(async ({ id }) => ({ id, count: await countUnsent(this.databaseOf(id)) })));
    const sum = (of: typeof counts) => of.reduce((total, { count }) => total + count, 0);
    return { othersUnsent: sum(counts), othersPaused: sum(counts.filter(({ id }) => this.paused.has(id))), unsentPictures: await this.pictures.count() };
  }

  private change(changes: Partial<SyncState>): void {
    const state = { ...this.state, ...changes };
    // A demo lives on another day; whether this is one is known when the settings have come.
    state.clockWrong = state.complete && !this.view.settings.demo && Math.abs(state.clockOffsetMs ?? 0) > clockWrongMs;
    this.state = state;
    this.notify();
  }

  private notify(): void { for (const listener of this.listeners) listener(); }

  private database(): UserDatabase {
    if (!this.user) throw new NotSaved("signed_out");
    return this.databaseOf(this.user.id);
  }

  private databaseOf(id: string): UserDatabase {
    let database = this.databases.get(id);
    if (!database) this.databases.set(id, (database = userDatabase(this.world.databases, id, (ms) => this.world.wait(ms))));
    return database;
  }
}

const pullEveryMs = 30_000;
/** By then the slowest phone has drawn what was recorded. */
const drawnMs = 100;
const clockWrongMs = 600_000;
const keptMs = 14 * 24 * 3600_000;
