import { useState } from "preact/hooks";
import { Nothing } from "../elements/banner.tsx";
import { Tick } from "../elements/fields.tsx";
import { dayKey } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import type { ShownStay } from "../projection/view.ts";
import type { StayId } from "../records.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { FloorsOf } from "./stay-floors.tsx";
import { floorOf, lacksOf, lackWords, roomOf, staysHere, stayWords } from "./stay-words.ts";
import { personFacts } from "./transfer-words.ts";

/** A floor released in one go: whoever lacks nothing is ticked; what lacks stands beside the name, and can be recorded from here. */
export function ReleaseFloorScreen() {
  const { view, now } = usePhone();
  const said = stayWords();
  const due = staysHere(view).filter((stay) => isToRelease(stay, now));
  const floors = [...new Set(due.map((stay) => floorOf(stay, view)))];
  const [chosen, choose] = useState<string | null>(null);
  const floor = chosen !== null && floors.includes(chosen) ? chosen : (floors[0] ?? null);
  const here = due.filter((stay) => floorOf(stay, view) === floor);
  return floor === null
    ? <Page title={said.releaseTitle} back="#/due" corner={<EmergencyCorner />}><Nothing title={said.nobodyDue}>{""}</Nothing></Page>
    : <Floor key={floor} stays={here} head={<FloorsOf stays={due} current={floor} onPick={choose} count={(stays) => words.people(stays.length)} />} />;
}

function isToRelease(stay: ShownStay, now: number): boolean {
  if (stay.released || stay.referred_at) return false;
  return stay.due_at ? stay.due_at <= dayKey(now) : lacksOf(stay, now)?.length === 0;
}

function Floor({ stays, head }: { stays: ShownStay[]; head: preact.ComponentChildren }) {
  const { phone, view, now } = usePhone();
  const said = stayWords();
  const saving = useSaving();
  const [left, leave] = useState<readonly string[]>([]);
  const [indexNegative, confirmIndex] = useState(false);
  const lacks = new Map(stays.map((stay) => [stay.id, lacksOf(stay, now, indexNegative) ?? []]));
  const ready = stays.filter(({ id }) => !lacks.get(id)!.length);
  const going = ready.filter(({ id }) => !left.includes(id));
  const untested = stays.filter(({ id }) => lacks.get(id)!.some(({ code }) => code === "test" || code === "pair"));
  const release = () => saving.save(async () => {
    for (const { id } of going) await phone.act.releaseStay(id as StayId, { index_negative: indexNegative, allowed_by: null, reason: null, note: null });
  });
  const recordNegative = () => saving.save(async () => {
    for (const { id, clock } of untested) {
      await phone.act.recordTestResult(id as StayId, { result: "negative", kind: "person", taken_at: null, ct: null, samples: clock!.samples, note: null });
    }
  });
  return (
    <Page title={said.releaseTitle} back="#/due" corner={<EmergencyCorner />} head={head}
      thumb={<SaveButton saving={saving} missing={going.length ? null : said.askSome} onPress={release}>{said.releaseSome(going.length)}</SaveButton>}>
      {stays.some(({ clock }) => clock?.index_tests) && <Tick checked={indexNegative} onChange={confirmIndex}>{said.indexNegative}</Tick>}
      {untested.length > 0 && <p><button type="button" class="button" disabled={saving.busy} onClick={recordNegative}>{said.recordNegative(untested.length)}</button></p>}
      <div class="ticks">
        {stays.map((stay) => lacks.get(stay.id)!.length ? (
          <a key={stay.id} class="person" href={`#/stay/${stay.id}`}>
            <span><span class="name">{stay.name}</span><small>{personFacts(stay)}</small><br /><span class="is-watch">{lackWords(lacks.get(stay.id)!)}</span></span>
            <b class="room">{roomOf(stay, view)?.number ?? ""}</b>
          </a>
        ) : (
          <Tick key={stay.id} checked={!left.includes(stay.id)} onChange={(on) => leave(on ? left.filter((id) => id !== stay.id) : [...left, stay.id])}>
            <b class="room">{roomOf(stay, view)?.number ?? ""}</b> <span class="name">{stay.name}</span> <small>{personFacts(stay)}</small>
          </Tick>
        ))}
      </div>
    </Page>
  );
}
