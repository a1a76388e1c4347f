// IndexedDB, as much of it as the phone uses, on a clock of its own: every event is a task of one queue, so that a run is the same
// each time, knows when nothing moves any more, and can end a phone between any two events. tests/phone/simulated_storage.test.ts holds it to
// the behaviour of fake-indexeddb. A database's name begins with whose it is, "3.1:bihuan" (phone 3, tab 1); both tabs share a disk.
import { pick, type Key, type Query, Range } from "./storage_keys.ts";

const unsyncedMax = 20;
const tasks: (() => void)[] = [];
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
let awake: Transaction[] = [];

/** Something for later, after all that waits already. */
export const post = (task: () => void): void => void tasks.push(task);

/** Go on until nothing moves: all that is left waits for the network, for time, or for ever. */
export async function settle(): Promise<void> {
  await turn();
  while (tasks.length) {
    for (const transaction of awake) transaction.active = false;
    awake = [];
    tasks.shift()!();
    await turn();
  }
}

/** What a phone has stored, and the switch that ends it: at event `cutAt` nothing more is answered, and what had not completed is gone. */
export class Disk {
  databases = new Map<string, Stored>();
  events = 0;
  cutAt = Infinity;
  full = false;
  on = true;
  /** `forget`: of so many transactions that no strict one of their database followed, how many a power cut takes. */
  constructor(private readonly forget: (most: number) => number = () => 0) {}

  event(): boolean {
    this.events += 1;
    if (this.on && this.events >= this.cutAt) this.cut();
    return this.on;
  }

  cut(): void {
    this.on = false;
    for (const stored of this.databases.values()) {
      for (const transaction of [...stored.open]) transaction.undo();
      const lost = this.forget(stored.unsynced.length);
      for (const takeBack of stored.unsynced.splice(stored.unsynced.length - lost).reverse()) takeBack();
    }
  }

  /** The stores as they are on disk: what another process would find. */
  copy(): Map<string, Stored> {
    return new Map([...this.databases].map(([name, { version, stores }]) => [name, { version, stores: copyOf(stores), open: [], unsynced: [], connections: [] }]));
  }
}

interface Rows { keyPath: string; indexes: Map<string, string>; rows: Map<Key, unknown> }
export interface Stored { version: number; stores: Map<string, Rows>; open: Transaction[]; unsynced: (() => void)[]; connections: Database[] }

const disks = new Map<string, Disk>();
/** Which disk a tab (`"3.1"`) writes to. */
export const insert = (tab: string, disk: Disk): void => void disks.set(tab, disk);

const copyOf = (stores: Map<string, Rows>): Map<string, Rows> =>
  new Map([...stores].map(([name, { keyPath, indexes, rows }]) => [name, { keyPath, indexes: new Map(indexes), rows: new Map(rows) }]));

class Target {
  private heard: [string, (event: unknown) => void][] = [];
  addEventListener(type: string, listener: (event: unknown) => void): void { this.heard.push([type, listener]); }
  removeEventListener(type: string, listener: (event: unknown) => void): void {
    this.heard = this.heard.filter(([of, known]) => of !== type || known !== listener);
  }
  tell(type: string, more: object = {}): void { for (const [of, listener] of this.heard) if (of === type) listener({ type, target: this, ...more }); }
}

class Request extends Target {
  result: any = undefined;
  error: Error | null = null;
  transaction: Transaction | null = null;
}

class Database extends Target {
  closed = false;
  constructor(readonly name: string, readonly version: number, readonly disk: Disk, readonly stored: Stored) { super(); }

  get objectStoreNames(): string[] & { contains(name: string): boolean } {
    const names = [...this.stored.stores.keys()].sort();
    return Object.assign(names, { contains: (name: string) => names.includes(name) });
  }

  createObjectStore(name: string, { keyPath }: { keyPath: string }): Store {
    this.stored.stores.set(name, { keyPath, indexes: new Map(), rows: new Map() });
    return this.stored.open.at(-1)!.objectStore(name);
  }

  deleteObjectStore(name: string): void { this.stored.stores.delete(name); }

  transaction(names: string | string[], mode: string = "readonly", { durability = "default" } = {}): Transaction {
    if (this.closed) throw new DOMException("The connection is closed", "InvalidStateError");
    const wanted = typeof names === "string" ? [names] : [...names];
    if (wanted.some((name) => !this.stored.stores.has(name))) throw new DOMException("No such store", "NotFoundError");
    return new Transaction(this, wanted, mode, durability === "strict");
  }

  close(): void {
    this.closed = true;
    this.stored.connections = this.stored.connections.filter((one) => one !== this);
  }
}

class Transaction extends Target {
  error: Error | null = null;
  active = true;
  private started = false;
  private ended = false;
  private wrote = false;
  private readonly queue: { request: Request; work: () => unknown }[] = [];
  private readonly before: [Rows, Map<Key, unknown>, Map<string, string>][] = [];

  constructor(readonly db: Database, readonly objectStoreNames: string[], readonly mode: string, private readonly strict: boolean) {
    super();
    db.stored.open.push(this);
    awake.push(this);
    post(() => this.step());
  }

  objectStore(name: string): Store { return new Store(this, name, this.db.stored.stores.get(name)!); }

  abort(): void {
    if (this.ended) throw new DOMException("It has ended", "InvalidStateError");
    this.undo();
    post(() => this.db.disk.on && this.fail());
  }

  /** Take back what it wrote, for ever. */
  undo(): void {
    if (this.ended) return;
    this.ended = true;
    this.takeBack();
    this.leave();
  }

  private takeBack(): void {
    for (const [store, rows, indexes] of this.before) Object.assign(store, { rows, indexes });
  }

  request(work: () => unknown, writes: Rows | null): Request {
    const request = new Request();
    request.transaction = this;
    if (!this.db.disk.event()) return request;
    if (this.ended || !this.active) throw new DOMException("The transaction is not active", "TransactionInactiveError");
    if (writes && this.mode === "readonly") throw new DOMException("The transaction only reads", "ReadOnlyError");
    this.queue.push({ request, work: () => { if (writes) this.remember(writes); return work(); } });
    return request;
  }

  private remember(store: Rows): void {
    this.wrote = true;
    if (this.before.some(([known]) => known === store)) return;
    this.before.push([store, store.rows, store.indexes]);
    store.rows = new Map(store.rows);
  }

  private step(): void {
    if (this.ended || !this.db.disk.on) return;
    if (!this.started && this.waits()) return;
    this.started = true;
    const next = this.queue.shift();
    if (!next) return this.commit();
    try {
      next.request.result = next.work();
      this.active = true;
      awake.push(this);
      next.request.tell("success");
    } catch (error) {
      next.request.error = error as Error;
      next.request.tell("error");
      this.error = error as Error;
      if (!this.ended) this.abort();
    }
    post(() => this.step());
  }

  private waits(): boolean {
    const { open } = this.db.stored;
    const earlier = open.slice(0, open.indexOf(this));
    return earlier.some((one) => (one.mode !== "readonly" || this.mode !== "readonly")
      && one.objectStoreNames.some((name) => this.objectStoreNames.includes(name)));
  }

  private commit(): void {
    if (!this.db.disk.event()) return;
    if (this.wrote && this.db.disk.full && this.mode === "readwrite") {
      this.error = new DOMException("The disk is full", "QuotaExceededError");
      this.undo();
      return this.fail();
    }
    this.ended = true;
    if (this.wrote && this.strict) this.db.stored.unsynced.length = 0;
    else if (this.wrote) this.remain();
    this.leave();
    this.tell("complete");
  }

  /** Written, but not to stay when the power goes: the last of them only, for the system writes by itself now and then. */
  private remain(): void {
    const { unsynced } = this.db.stored;
    unsynced.push(() => this.takeBack());
    if (unsynced.length > unsyncedMax) unsynced.shift();
  }

  private fail(): void {
    for (const { request } of this.queue.splice(0)) {
      request.error = new DOMException("The transaction was aborted", "AbortError");
      request.tell("error");
    }
    this.tell("abort");
  }

  private leave(): void {
    const { stored } = this.db;
    stored.open = stored.open.filter((one) => one !== this);
    for (const one of stored.open) if (!one.started) post(() => one.step());
  }
}

/** What a store and an index can be asked. */
abstract class Source {
  constructor(protected readonly transaction: Transaction, protected readonly rows: Rows) {}
  protected abstract path(): string;
  protected find(query?: Query, most?: number): [Key, any][] { return pick(this.rows.rows, this.path(), this.rows.keyPath, query, most); }
  protected ask(work: () => unknown, writes = false): Request { return this.transaction.request(work, writes ? this.rows : null); }
  get(query: Query): Request { return this.ask(() => this.find(query, 1)[0]?.[1]); }
  getKey(query: Query): Request { return this.ask(() => this.find(query, 1)[0]?.[0]); }
  getAll(query?: Query, most?: number): Request { return this.ask(() => this.find(query, most).map(([, value]) => value)); }
  getAllKeys(query?: Query, most?: number): Request { return this.ask(() => this.find(query, most).map(([key]) => key)); }
  count(query?: Query): Request { return this.ask(() => this.find(query).length); }
}

class Store extends Source {
  constructor(transaction: Transaction, readonly name: string, rows: Rows) { super(transaction, rows); }
  protected path(): string { return this.rows.keyPath; }
  index(name: string): Index { return new Index(this.transaction, this.rows, name); }
  createIndex(name: string, keyPath: string): Index {
    this.rows.indexes.set(name, keyPath);
    return this.index(name);
  }

  put(value: any): Request {
    const kept = frozenCopy(value) as any;
    return this.ask(() => { this.rows.rows.set(kept[this.rows.keyPath], kept); return kept[this.rows.keyPath]; }, true);
  }

  add(value: any): Request {
    const kept = frozenCopy(value) as any;
    return this.ask(() => {
      if (this.rows.rows.has(kept[this.rows.keyPath])) throw new DOMException("The key exists", "ConstraintError");
      this.rows.rows.set(kept[this.rows.keyPath], kept);
      return kept[this.rows.keyPath];
    }, true);
  }

  delete(query: Query): Request {
    return this.ask(() => { for (const [key] of this.find(query)) this.rows.rows.delete(key); }, true);
  }

  clear(): Request { return this.ask(() => this.rows.rows.clear(), true); }
}

class Index extends Source {
  constructor(transaction: Transaction, rows: Rows, readonly name: string) { super(transaction, rows); }
  protected path(): string { return this.rows.indexes.get(this.name)!; }
}

/** A copy that nobody can change: what is read again and again is copied only when it is written. */
function frozenCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value);
  const copy: Record<string, unknown> = {};
  for (const name in value) copy[name] = frozenCopy((value as Record<string, unknown>)[name]);
  return Object.freeze(copy);
}

const factory = {
  open(named: string, version = 1): Request {
    const request = new Request();
    const [tab, name] = [named.slice(0, named.indexOf(":")), named.slice(named.indexOf(":") + 1)];
    const disk = disks.get(tab)!;
    if (!disk.event()) return request;
    const go = (): void => {
      if (!disk.on) return;
      const stored = disk.databases.get(name) ?? { version: 0, stores: new Map(), open: [], unsynced: [], connections: [] };
      disk.databases.set(name, stored);
      if (stored.version > version) {
        request.error = new DOMException("A newer version is stored", "VersionError");
        return request.tell("error");
      }
      if (stored.version < version) for (const other of [...stored.connections]) other.tell("versionchange", { oldVersion: stored.version, newVersion: version });
      if (stored.version < version && stored.connections.length) return post(go);
      connect(request, new Database(named, version, disk, stored));
    };
    post(go);
    return request;
  },
};

function connect(request: Request, database: Database): void {
  const { stored, disk } = database;
  request.result = database;
  if (stored.version < database.version) upgrade(request, database);
  if (!disk.event()) return;
  stored.connections.push(database);
  request.transaction = null;
  request.tell("success");
}

/** All of it in one event: a phone that is ended before has the old version, after it the new one. */
function upgrade(request: Request, database: Database): void {
  const transaction = new Transaction(database, [], "versionchange", true);
  request.transaction = transaction;
  request.tell("upgradeneeded", { oldVersion: database.stored.version, newVersion: database.version });
  database.stored.version = database.version;
  database.stored.open = database.stored.open.filter((one) => one !== transaction);
}

class Cursor { advance(): void {} continue(): void {} continuePrimaryKey(): void {} }

/** Give the phone's code this storage in place of a browser's. */
export function install(): void {
  Object.assign(globalThis, {
    indexedDB: factory, IDBKeyRange: Range, IDBRequest: Request, IDBDatabase: Database, IDBTransaction: Transaction,
    IDBObjectStore: Store, IDBIndex: Index, IDBCursor: Cursor,
  });
}
