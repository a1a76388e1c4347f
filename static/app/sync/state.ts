import type { Emptied } from "../database/phone_database.ts";

/** How the exchange with the office stands, for screens. Times in ms. */
export interface SyncState {
  /** This user's acts without a verdict, and those of other users of this phone; of these, how many wait until their person signs in here. */
  unsent: number; othersUnsent: number; othersPaused: number;
  /** This user's pictures that an act names and the office does not have yet; with nobody signed in everybody's. */
  unsentPictures: number;
  syncing: boolean;
  /** Did the last attempt reach the office; null while none was made. */
  reached: boolean | null;
  /** By the phone's clock. */
  lastContactAt: number | null;
  /** The records are as of then, by the office's clock; null: nothing downloaded yet. */
  asOf: number | null;
  /** False while a first download is going on; with it true and no transfers there is nothing for this user. */
  complete: boolean;
  /** The session has ended: recording and uploading go on, downloading waits for a sign-in. With `uploadPaused` the upload waits for it too. */
  signedOut: boolean; uploadPaused: boolean;
  /** The office has switched this phone off: nothing goes up or comes down, nothing is lost. */
  switchedOff: boolean;
  /** This user's storage on this phone was emptied, and they have not put the notice away yet. */
  emptied: Emptied | null;
  /** The office's clock minus the phone's; wrong means more than ten minutes. */
  clockOffsetMs: number | null; clockWrong: boolean;
  leaseUntil: string | null;
  /** The phone is so full that the room kept for the next acts is used up, or was never there. */
  storageLow: boolean;
  /** The office no longer speaks this version's language. */
  updateNeeded: boolean;
  /** Code of a fault that the loop keeps trying to get past. */
  trouble: string | null;
}

/** Until the office says otherwise. */
export const nothingBars = { signedOut: false, uploadPaused: false, switchedOff: false };

export const startState: SyncState = {
  unsent: 0, othersUnsent: 0, othersPaused: 0, unsentPictures: 0, syncing: false, reached: null, lastContactAt: null, asOf: null, complete: false,
  ...nothingBars, emptied: null,
  clockOffsetMs: null, clockWrong: false, leaseUntil: null, updateNeeded: false, storageLow: false, trouble: null,
};
