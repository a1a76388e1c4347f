// The power switch: counts every IndexedDB request and every completed transaction, and cuts at the chosen one. What had not
// completed is gone, what had stays, and the process that was running gets no further answer, from the store or from the network.
import "fake-indexeddb/auto";

export const power = {
  events: 0, cutAt: Infinity, off: false,
  /** Recordings abort when all their requests have succeeded, as with a full disk. */
  failsToComplete: false,
  reset(cutAt = Infinity): void { Object.assign(power, { events: 0, cutAt, off: false }); },

  /** Run until it ends or the power goes; then wait until nothing of it is left, and switch on again. */
  async whileItLasts(work: () => Promise<unknown>): Promise<void> {
    const gone = new Promise<void>((resolve) => { wentOff = resolve; });
    await Promise.race([gone, work()]);
    cut();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    power.reset();
  },
};

let wentOff: () => void = () => undefined;
const running = new Set<IDBTransaction>();

function event(): void {
  power.events += 1;
  if (power.events === power.cutAt) cut();
}

function cut(): void {
  power.off = true;
  queueMicrotask(() => {
    for (const transaction of running) try { transaction.abort(); } catch { /* it has ended */ }
    running.clear();
    wentOff();
  });
}

/** A request that nobody answers any more. */
const unanswered = (): unknown => new (IDBRequest as unknown as new () => IDBRequest)();

for (const [owner, names] of [
  [IDBObjectStore, ["add", "put", "delete", "clear", "get", "getKey", "getAll", "getAllKeys", "count"]],
  [IDBIndex, ["get", "getKey", "getAll", "getAllKeys", "count"]],
  [IDBFactory, ["open"]],
] as const) {
  for (const name of names) {
    const prototype = owner.prototype as any;
    const original = prototype[name];
    prototype[name] = function (...rest: unknown[]) {
      if (power.off) return unanswered();
      event();
      if (power.off) return unanswered();
      const request = original.apply(this, rest);
      if (power.failsToComplete && name === "put" && this.name === "device") {
        request.addEventListener("success", () => this.transaction.abort());
      }
      return request;
    };
  }
}

const begin = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...rest) {
  const transaction = begin.apply(this, rest);
  if ((rest[1] as string) === "versionchange") return transaction;
  running.add(transaction);
  transaction.addEventListener("abort", () => running.delete(transaction));
  transaction.addEventListener("complete", () => { running.delete(transaction); if (!power.off) event(); });
  return transaction;
};
