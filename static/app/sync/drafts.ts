import type { UserDatabase } from "../database/user_database.ts";
import { dropDraft, keepDraft, readDraft } from "../database/view.ts";

/** What a form holds; null once it is saved, or given up. */
type Draft = { value: unknown } | null;
interface Owed { draft: Draft; done: Promise<void> }

/**
 * Half-filled forms, kept over a kill. Nobody waits for the disk while typing, so nobody would hear that it failed: what could not be
 * written is tried again until it can be, or until something newer takes its place.
 */
export class Drafts {
  private readonly owed = new Map<string, Owed>();
  private closed = false;

  constructor(private readonly database: () => UserDatabase, private readonly wait: (ms: number) => Promise<void>) {}

  keep(key: string, value: unknown): Promise<void> { return this.owe(key, { value }); }

  drop(key: string): Promise<void> { return this.owe(key, null); }

  async take(key: string): Promise<unknown> {
    const database = this.database();
    const owed = this.owed.get(nameOf(database, key));
    return owed ? owed.draft?.value : readDraft(database, key);
  }

  close(): void { this.closed = true; }

  /** One write of a form at a time: an older one that is tried again must not come after a newer one. */
  private async owe(key: string, draft: Draft): Promise<void> {
    const database = this.database();
    const owed = this.owed.get(nameOf(database, key));
    if (owed) {
      owed.draft = draft;
      return owed.done;
    }
    const begun: Owed = { draft, done: Promise.resolve() };
    this.owed.set(nameOf(database, key), begun);
    return (begun.done = this.write(database, key, begun));
  }

  private async write(database: UserDatabase, key: string, owed: Owed): Promise<void> {
    for (let written: Draft | undefined; written !== owed.draft && !this.closed;) {
      const { draft } = owed;
      const done = await (draft ? keepDraft(database, key, draft.value) : dropDraft(database, key)).then(() => true, () => false);
      if (done) written = draft;
      else await this.wait(againAfterMs);
    }
    this.owed.delete(nameOf(database, key));
  }
}

const nameOf = (database: UserDatabase, key: string): string => `${database.name} ${key}`;

const againAfterMs = 5_000;
