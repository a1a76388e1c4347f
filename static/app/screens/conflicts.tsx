import { Badge, Nothing } from "../elements/banner.tsx";
import type { Held } from "../records.ts";
import { clock } from "../messages/times.ts";
import { laterWords } from "../messages/later.ts";
import { wordFor, words } from "../messages/words.ts";
import type { View } from "../projection/view.ts";
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
        <p key={place} class="quiet">{saidBy(value, now)}{words.colon}{valueWords(value, view)}</p>
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

/** What one side said, in the words a person can compare: outcome, room, moment, reason. */
function valueWords(value: Record<string, unknown>, view: View): string {
  const room = typeof value.room === "string" ? view.rooms.find(({ id }) => id === value.room)?.number ?? roomOnList(value.room, view) : undefined;
  const said = [value.says, value.outcome, value.moment, value.result, value.state, value.reason, value.allowed_by, value.note].map(plainWords);
  const lacks = [value.missing, value.without_ppe].flatMap((names) => (Array.isArray(names) && names.length ? `${words.conflicts.lacks}${words.and(names.map((name) => nameOnList(name, view) ?? plainWords(name)))}` : []));
  return [...new Set([...said, ...lacks, room])].filter(Boolean).join(words.comma) || words.none;
}

function plainWords(said: unknown): string {
  if (Array.isArray(said)) return words.and(said.map(plainWords).filter(Boolean)) || words.none;
  if (typeof said !== "string" && typeof said !== "number") return "";
  return wordFor({ ...words.outcomes, ...words.receptions, ...words.roomStates, ...words.lineStates, ...words.moments, ...words.dockResults, ...words.dockRefusals, ...words.problemReasons, ...words.refusalReasons, ...words.identity, ...words.vehicleItems, ...words.operations, ...laterWords().told }, String(said));
}

const nameOnList = (line: string, { transfers }: View): string | undefined => transfers.flatMap(({ lines }) => lines).find(({ id }) => id === line)?.name;

const roomOnList = (room: string, { transfers }: View): string | undefined =>
  transfers.flatMap(({ lines }) => lines).find((line) => line.room?.id === room)?.room?.number;
