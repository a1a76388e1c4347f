import { Badge, Nothing } from "../elements/banner.tsx";
import type { Held } from "../records.ts";
import { clock } from "../messages/times.ts";
import { laterWords } from "../messages/later.ts";
import { wordFor, words } from "../messages/words.ts";
import { valueWords } from "./conflict-words.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { RefusalLine } from "./refusal-line.tsx";
import { pathOf, usePhone } from "./shown.tsx";

/** What needs this person's eyes: acts that were not accepted, and differences that the office is settling. */
export function ConflictsScreen() {
  const { view } = usePhone();
  const open = view.conflicts.filter(({ state }) => state === "open");
  const closed = view.conflicts.filter(({ state }) => state === "closed");
  return (
    <Page title={words.conflicts.title} back="#/" flush corner={<EmergencyCorner />}>
      {view.refusals.length + view.conflicts.length === 0 && <Nothing title={words.conflicts.nothing}>{words.conflicts.nothingHow}</Nothing>}
      <ol class="rows unsent">
        {view.refusals.map((refusal) => <RefusalLine key={refusal.id} refusal={refusal} />)}
        {[...open, ...closed].map((conflict) => <ConflictLine key={conflict.id} conflict={conflict} />)}
      </ol>
    </Page>
  );
}

function ConflictLine({ conflict }: { conflict: Held<"conflict"> }) {
  const shown = usePhone();
  const { view, now } = shown;
  const transfer = conflict.transfer ? view.transfer(conflict.transfer) : undefined;
  const line = transfer?.lines.find(({ id }) => id === conflict.line);
  const room = conflict.room ? view.room(conflict.room) : undefined;
  const about = [transfer?.code, line?.name, room?.number].filter(Boolean).join(" ");
  return (
    <li>
      <p class="row-text"><b>{wordFor(laterWords().conflictKinds, conflict.code)}</b><br />{about}</p>
      {conflict.values.map((value, place) => (
        <p key={place} class="quiet">{saidBy(value, now)}{words.colon}{valueWords(conflict.code, value, view)}</p>
      ))}
      {conflict.state === "open"
        ? <Badge look="watch" icon="clock">{words.conflicts.open}</Badge>
        : <Badge look="fine" icon="fine">{words.conflicts.resolved(conflict.resolved_by ?? "", conflict.resolved_at ? clock(conflict.resolved_at, now) : "")}</Badge>}
      {transfer && <a class="button" href={pathOf(transfer.id, shown)}>{words.today.look}</a>}
    </li>
  );
}

/** Who said it and when; what stood in the register before, or passed by itself, has no name. */
const saidBy = ({ by, at, since }: Held<"conflict">["values"][number], now: number): string => {
  const time = at ?? since;
  return [by, time && clock(time, now)].filter(Boolean).join(words.comma) || words.conflicts.stood;
};
