import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from "idb";

export type StorageCode =
  /** No room left. */ | "storage_full"
  /** The browser does not do it, and will not say why. */ | "storage_broken"
  /** An older version in another tab does not let go. */ | "storage_blocked"
  /** A newer version in another tab has taken over. */ | "storage_newer";

/** The browser's store is not usable. */
export class StorageTrouble extends Error {
  constructor(readonly code: StorageCode, options?: ErrorOptions) {
    super(code, options);
  }
}

export type Transaction<Schema extends DBSchema, Mode extends IDBTransactionMode> = IDBPTransaction<Schema, StoreNames<Schema>[], Mode>;

/**
 * One IndexedDB database that opens itself again when the browser has closed it: WebKit drops connections in the
 * background, and a write to a dead handle must never look like a saved one.
 */
export class Connection<Schema extends DBSchema> {
  private opening: Promise<IDBPDatabase<Schema>> | null = null;
  private opened: IDBPDatabase<Schema> | null = null;

  constructor(
    readonly name: string, private readonly version: number,
    private readonly upgrade: (database: IDBPDatabase<Schema>, from: number) => void,
    private readonly wait: (ms: number) => Promise<void>,
  ) {}

  read<Result>(stores: StoreNames<Schema>[], work: (transaction: Transaction<Schema, "readonly">) => Promise<Result>): Promise<Result> {
    return this.transact(stores, "readonly", {}, work);
  }

  /** Resolves when the browser has completed the transaction; with `strict` that means on disk. All or nothing. */
  write<Result>(
    stores: StoreNames<Schema>[], durability: IDBTransactionDurability,
    work: (transaction: Transaction<Schema, "readwrite">) => Promise<Result>,
  ): Promise<Result> {
    return this.transact(stores, "readwrite", { durability }, work);
  }

  close(): void {
    this.opening?.then((database) => database.close(), () => undefined);
    this.opened?.close(); // one that opened late, when its try had been given up
    [this.opening, this.opened] = [null, null];
  }

  /** What ran on a connection that the browser closed is run once more on a new one; a second failure is told. */
  private async transact<Mode extends "readonly" | "readwrite", Result>(
    stores: StoreNames<Schema>[], mode: Mode, options: IDBTransactionOptions,
    work: (transaction: Transaction<Schema, Mode>) => Promise<Result>, again = true,
  ): Promise<Result> {
    const database = this.opened ?? (await this.open());
    try {
      return await complete(database.transaction(stores, mode, options) as Transaction<Schema, Mode>, work);
    } catch (error) {
      const gone = connectionIsGone(error) || (this.opened !== database && wasCutOff(error));
      if (gone) this.drop(database);
      if (!gone || !again) throw inWords(error);
      return this.transact(stores, mode, options, work, false);
    }
  }

  /** Opening can hang for ever (an old tab in the way, a cold WebKit), so it is given five seconds. The next try begins anew. */
  private async open(): Promise<IDBPDatabase<Schema>> {
    const opening = (this.opening ??= this.openOnce());
    const silence = this.wait(openWaitMs).then(() => {
      if (this.opening === opening && !this.opened) this.opening = null;
      throw new StorageTrouble("storage_blocked");
    });
    return Promise.race([opening, silence]);
  }

  private async openOnce(): Promise<IDBPDatabase<Schema>> {
    try {
      const database: IDBPDatabase<Schema> = await openDB<Schema>(this.name, this.version, {
        upgrade: (upgraded, from) => this.upgrade(upgraded, from),
        blocking: () => this.close(), // a newer version waits for us in another tab
        terminated: () => this.drop(database),
      });
      if (this.opened) database.close(); // a try that had been given up, and another was quicker
      return (this.opened ??= database);
    } catch (error) {
      if (!this.opened) this.opening = null;
      throw inWords(error);
    }
  }

  /** This connection is of no use any more; another one that was opened since is. */
  private drop(database: IDBPDatabase<Schema>): void {
    database.close();
    if (this.opened === database) [this.opening, this.opened] = [null, null];
  }
}

const openWaitMs = 5_000;

/** A transaction that is full ends with `abort` and no `error`, so only `done`, which follows `complete`, is believed. */
async function complete<Schema extends DBSchema, Mode extends "readonly" | "readwrite", Result>(
  transaction: Transaction<Schema, Mode>, work: (transaction: Transaction<Schema, Mode>) => Promise<Result>,
): Promise<Result> {
  const done = transaction.done;
  done.catch(() => undefined);
  try {
    const result = await work(transaction);
    await done;
    return result;
  } catch (error) {
    try { transaction.abort(); } catch { /* it has ended already */ }
    throw transaction.error ?? error;
  }
}

/** What ran when the browser closed the connection ends so, and with it the connection is not ours any more. */
const wasCutOff = (error: unknown): boolean => (error as Error)?.name === "AbortError";

const connectionIsGone = (error: unknown): boolean => ["InvalidStateError", "UnknownError"].includes((error as Error)?.name);

function inWords(error: unknown): unknown {
  const name = (error as Error)?.name;
  if (name === "QuotaExceededError") return new StorageTrouble("storage_full", { cause: error });
  if (name === "VersionError") return new StorageTrouble("storage_newer", { cause: error });
  return error instanceof DOMException ? new StorageTrouble("storage_broken", { cause: error }) : error;
}
