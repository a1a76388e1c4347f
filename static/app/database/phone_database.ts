import type { DBSchema } from "idb";
import { isFull } from "./ballast.ts";
import { Connection } from "./connection.ts";
import type { User, UserId } from "../records.ts";

/** A user of this phone. The upload token delivers this user's work also when somebody else is signed in, and reads nothing. */
export interface KnownUser {
  id: UserId; user: User; device: string; upload_token: string | null;
  /** Their storage on this phone was emptied, as the office told at sign-in; until they have read it. */
  emptied?: Emptied | null;
}
/** What was lost: the office's last contact (ISO), and how many acts it had heard of that were not sent then. */
export interface Emptied { last_contact: string; unsent: number }

interface PhoneSchema extends DBSchema {
  users: { key: string; value: KnownUser };
  facts: { key: string; value: { key: string; value: unknown } };
}

/** Facts about the phone itself, none of them secret and none of them work. */
interface PhoneFacts {
  current: UserId | null; sign_out_pending: boolean; clock_offset_ms: number | null; heartbeat: number;
  /** The office's history, as any user of this phone heard of it last. */
  epoch: string;
  /** The office's public key, for copies of unsent work. */
  copy_key: string | null;
  /** A picture was kept on this phone once: only then is there anything to look for. */
  pictures: boolean;
  [preference: `preference.${string}`]: unknown;
}

/** The small database that the whole phone shares: who used it, who does now, and a few settings. */
export class PhoneDatabase {
  private readonly connection: Connection<PhoneSchema>;

  constructor(prefix: string, wait: (ms: number) => Promise<void>) {
    this.connection = new Connection<PhoneSchema>(prefix, 1, (database) => {
      database.createObjectStore("users", { keyPath: "id" });
      database.createObjectStore("facts", { keyPath: "key" });
    }, wait);
  }

  users(): Promise<KnownUser[]> {
    return this.connection.read(["users"], (transaction) => transaction.objectStore("users").getAll());
  }

  async keepUser(known: KnownUser): Promise<void> {
    await this.connection.write(["users"], "strict", (transaction) => transaction.objectStore("users").put(known));
  }

  async facts(): Promise<Partial<PhoneFacts>> {
    const rows = await this.connection.read(["facts"], (transaction) => transaction.objectStore("facts").getAll());
    return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  }

  async keepFacts(facts: Partial<PhoneFacts>, durability: IDBTransactionDurability = "relaxed"): Promise<void> {
    await this.connection.write(["facts"], durability, async (transaction) => {
      for (const [key, value] of Object.entries(facts)) await transaction.objectStore("facts").put({ key, value });
    });
  }

  /** The same of what is only good to know: a full phone goes on without it. */
  async noteFacts(facts: Partial<PhoneFacts>): Promise<void> {
    await this.keepFacts(facts).catch((error: unknown) => { if (!isFull(error)) throw error; });
  }

  close(): void {
    this.connection.close();
  }
}
