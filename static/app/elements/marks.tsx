import { words } from "../messages/words.ts";
import type { Mark } from "../projection/acts.ts";
import { Icon } from "./icon.tsx";

/** "Saved on this phone" and "received by the office": always both, always honest. `savedAt` puts the time beside the first. */
export function Marks({ mark, stacked, savedAt }: { mark: Mark; stacked?: boolean; savedAt?: string }) {
  return (
    <span class={stacked ? "marks stacked" : "marks"}>
      <span class="yes"><Icon name="check" />{savedAt ? words.marks.savedAt(savedAt) : stacked ? words.marks.savedShort : words.marks.saved}</span>
      <OfficeMark mark={mark} short={stacked ?? false} />
    </span>
  );
}

function OfficeMark({ mark, short }: { mark: Mark; short: boolean }) {
  const said = OFFICE[mark];
  const full = words.marks[said.words];
  return (
    <span class={said.look}>
      <Icon name={said.icon} />
      {short ? words.marks.officeShort : full}
      {short && <span class="unseen">{full}</span>}
    </span>
  );
}

const OFFICE = {
  saved: { look: "not-yet", icon: "pending", words: "officeNotYet" },
  received: { look: "yes", icon: "check", words: "office" },
  flagged: { look: "not-yet", icon: "watch", words: "officeFlagged" },
  held: { look: "not-yet", icon: "clock", words: "officeHeld" },
  refused: { look: "refused", icon: "stop", words: "officeRefused" },
} as const;

const WORST: Mark[] = ["refused", "held", "flagged", "saved", "received"];

/** The one mark for several things: the worst of theirs; null when none of them was recorded on this phone. */
export const worstMark = (marks: (Mark | null)[]): Mark | null => WORST.find((mark) => marks.includes(mark)) ?? null;
