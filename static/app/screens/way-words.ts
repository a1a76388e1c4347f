import type { Transfer } from "../records.ts";
import { goesHome } from "../rules/gates.ts";
import { words } from "../messages/words.ts";

type Way = Pick<Transfer, "destination">;

/** What the steps and the times of step 5 are called: on the way home it is a site that people leave, and a community that takes them. */
export const wayOf = (transfer: Way) => (goesHome(transfer) ? words.homeward : words);

/** What step 2 says: a site answers, or a community. */
export const dockOf = (transfer: Way) => (goesHome(transfer) ? words.community : words.dock);
