import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from "idb";

/** The browser's store is not usable: full, broken, or held by an old version in another tab. */
export class StorageTrouble extends Error {
  constructor(readonly code: "storage_full" | "storage_broken" | "storage_blocked", options?: ErrorOptions) {
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
    this.forget();
  }

  private async transact<Mode extends "readonly" | "readwrite", Result>(
    stores: StoreNames<Schema>[], mode: Mode, options: IDBTransactionOptions,
    work: (transaction: Transaction<Schema, Mode>) => Promise<Result>, again = true,
  ): Promise<Result> {
    const database = this.opened ?? (await this.open());
    try {
      return await complete(database.transaction(stores, mode, options) as Transaction<Schema, Mode>, work);
    } catch (error) {
      if (!connectionIsGone(error)) throw inWords(error);
      this.close();
      if (!again) throw inWords(error);
      return this.transact(stores, mode, options, work, false);
    }
  }

  /** Opening can hang for ever (an old tab in the way, a cold WebKit), so it is given five seconds; a late success is still used. */
  private async open(): Promise<IDBPDatabase<Schema>> {
    this.opening ??= this.openOnce();
    return Promise.race([this.opening, this.wait(openWaitMs).then(() => { throw new StorageTrouble("storage_blocked"); })]);
  }

  private async openOnce(): Promise<IDBPDatabase<Schema>> {
    try {
      this.opened = await openDB<Schema>(this.name, this.version, {
        upgrade: (database, from) => this.upgrade(database, from),
        blocking: () => this.close(), // a newer version waits for us in another tab
        terminated: () => this.forget(),
      });
      return this.opened;
    } catch (error) {
      this.forget();
      throw inWords(error);
    }
  }

  private forget(): void {
    [this.opening, this.opened] = [null, null];
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

const connectionIsGone = (error: unknown): boolean => ["InvalidStateError", "UnknownError"].includes((error as Error)?.name);

function inWords(error: unknown): unknown {
  const name = (error as Error)?.name;
  if (name === "QuotaExceededError") return new StorageTrouble("storage_full", { cause: error });
  return error instanceof DOMException ? new StorageTrouble("storage_broken", { cause: error }) : error;
}
