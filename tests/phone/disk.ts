// A disk that fails: connections that the browser closes, openings that hang, dead handles, no room. It fails where the browser would.
import "fake-indexeddb/auto";
import { forceCloseDatabase } from "fake-indexeddb";

type Full = "while the ballast lies there" | "altogether";
const faults = { closesAtPut: false, losesWord: false, swallowsOpening: false, deadHandles: false, full: null as Full | null };
const connections = new Set<IDBDatabase>();

export const disk = {
  closesAllConnections(): void { for (const one of connections) close(one); },
  closesConnectionAtNextPut(): void { faults.closesAtPut = true; },
  swallowsNextOpening(): void { faults.swallowsOpening = true; },
  /** The next operation is written, and nobody ever hears of it: the connection dies first, and the next one is dead. */
  losesTheWordOfNextPut(): void { faults.losesWord = true; },
  givesDeadHandles(): void { faults.deadHandles = true; },
  isFull(how: Full): void { faults.full = how; },
  isMended(): void { Object.assign(faults, { closesAtPut: false, losesWord: false, swallowsOpening: false, deadHandles: false, full: null }); },

  /** A user's database as the first version of the app made it, with one operation that was not sent. */
  holdsFirstVersion(name: string, outgoing: { seq: number; id: string; wire: string }): Promise<void> {
    return new Promise((resolve) => {
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("outbox", { keyPath: "seq" }).createIndex("id", "id");
        opening.result.createObjectStore("kept", { keyPath: "id" }).createIndex("settled_at", "settled_at");
        for (const store of ["device", "records", "incoming", "overlay", "shelf", "view"]) opening.result.createObjectStore(store, { keyPath: "key" });
        opening.transaction!.objectStore("outbox").put(outgoing);
      };
      opening.onsuccess = () => { opening.result.close(); resolve(); };
    });
  },
};

function close(database: IDBDatabase): void {
  connections.delete(database);
  forceCloseDatabase(database as never);
}

const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...rest) {
  if (faults.swallowsOpening) {
    faults.swallowsOpening = false;
    return new (IDBOpenDBRequest as unknown as new () => IDBOpenDBRequest)();
  }
  const request = open.apply(this, rest);
  request.addEventListener("success", () => connections.add(request.result));
  return request;
};

const transaction = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...rest) {
  if (faults.deadHandles) throw new DOMException("Attempt to get a record from database without an in-progress transaction", "UnknownError");
  const begun = transaction.apply(this, rest);
  begun.addEventListener("complete", (event) => {
    if (!unheard.has(begun)) return;
    event.stopImmediatePropagation();
    close(this);
    faults.deadHandles = true;
    setImmediate(() => begun.dispatchEvent(new (event.constructor as typeof Event)("abort")));
  });
  return begun;
};
/** What is written, and nobody hears of it. */
const unheard = new WeakSet<IDBTransaction>();

for (const name of ["add", "put"] as const) {
  const original = IDBObjectStore.prototype[name];
  IDBObjectStore.prototype[name] = function (...rest) {
    const request = original.apply(this, rest);
    if (faults.full) request.addEventListener("success", () => abortAsFull(this.transaction));
    if (faults.losesWord && this.name === "outbox") {
      faults.losesWord = false;
      unheard.add(this.transaction);
    }
    if (faults.closesAtPut && this.name === "outbox") {
      faults.closesAtPut = false;
      request.addEventListener("success", () => { this.transaction.abort(); close(this.transaction.db); });
    }
    return request;
  };
}

/** No request fails when a disk is full: the transaction ends with `abort`, and its error says why. */
const abortAsFull = (full: IDBTransaction): void => (full as unknown as { _abort(name: string): void })._abort("QuotaExceededError");

const clear = IDBObjectStore.prototype.clear;
IDBObjectStore.prototype.clear = function () {
  if (this.name === "ballast") {
    this.transaction.addEventListener("complete", () => { if (faults.full === "while the ballast lies there") faults.full = null; });
  }
  return clear.apply(this);
};
