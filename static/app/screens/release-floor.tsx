import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Nothing } from "../elements/banner.tsx";
import { Text, Tick } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { dayKey } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import type { ShownStay } from "../projection/view.ts";
import type { StayId } from "../records.ts";
import { mayBeAllowed, type Lack } from "../rules/clocks.ts";
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

function Floor({ stays, head }: { stays: ShownStay[]; head: ComponentChildren }) {
  const { phone, now } = usePhone();
  const said = stayWords();
  const saving = useSaving();
  const [left, leave] = useState<readonly string[]>([]);
  const [indexNegative, confirmIndex] = useState(false);
  const [word, speak] = useState<Word | null>(null);
  const lacks = new Map(stays.map((stay) => [stay.id, lacksOf(stay, now, indexNegative) ?? []]));
  const offered = stays.filter(({ id, clock }) => !lacks.get(id)!.length || (word && clock && mayBeAllowed(clock, lacks.get(id)!)));
  const going = offered.filter(({ id }) => !left.includes(id));
  const untested = stays.filter((stay) => lacks.get(stay.id)!.some((lack) => isOfLastTest(lack, stay)));
  const missing = !going.length ? said.askSome : word && !word.allowedBy.trim() ? said.askAllowed : word && !word.reason.trim() ? said.askWhy : null;
  const release = () => saving.save(async () => {
    for (const { id } of going) {
      const named = word && lacks.get(id)!.length ? { allowed_by: word.allowedBy.trim(), reason: word.reason.trim() } : { allowed_by: null, reason: null };
      await phone.act.releaseStay(id as StayId, { index_negative: indexNegative, ...named, note: null });
    }
  });
  const recordNegative = () => saving.save(async () => {
    for (const { id, clock } of untested) {
      await phone.act.recordTestResult(id as StayId, { result: "negative", kind: "person", taken_at: null, ct: null, samples: clock!.samples, note: null });
    }
  });
  return (
    <Page title={said.releaseTitle} back="#/due" corner={<EmergencyCorner />} head={head}
      thumb={<SaveButton saving={saving} missing={missing} onPress={release}>{said.releaseSome(going.length)}</SaveButton>}>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        {untested.length > 0 && <p><button type="button" class="button" disabled={saving.busy} onClick={recordNegative}>{said.recordNegative(untested.length)}</button></p>}
        {stays.some(({ clock }) => clock?.index_tests) && <Tick checked={indexNegative} onChange={confirmIndex}>{said.indexNegative}</Tick>}
        <ByWord word={word} onChange={speak} />
        <div class="ticks">
          {stays.map((stay) => (
            <Leaving key={stay.id} stay={stay} lacks={lacks.get(stay.id)!} offered={offered.includes(stay)} going={going.includes(stay)}
              onChange={(on) => leave(on ? left.filter((id) => id !== stay.id) : [...left, stay.id])} />
          ))}
        </div>
      </form>
    </Page>
  );
}

/** What a test of today mends: the last one. A day that has passed without its test does not come back. */
const isOfLastTest = ({ code, on }: Lack, { clock }: ShownStay): boolean => code === "pair" || (code === "test" && on === clock?.tests_due.at(-1)?.on);

interface Word { allowedBy: string; reason: string }

/** Somebody who may lets what is not written here go past, by name and with a reason; never a positive, nor days that the edition asks. */
function ByWord({ word, onChange }: { word: Word | null; onChange: (word: Word | null) => void }) {
  const said = stayWords();
  return (
    <>
      <Tick checked={word !== null} onChange={(on) => onChange(on ? { allowedBy: "", reason: "" } : null)}>{said.byWord}</Tick>
      {word && <Text label={said.allowedBy} value={word.allowedBy} onChange={(allowedBy) => onChange({ ...word, allowedBy })} />}
      {word && <Text label={said.why} value={word.reason} onChange={(reason) => onChange({ ...word, reason })} />}
    </>
  );
}

/** One person of the floor: a tick where they may go, else what lacks and the way to their sheet. */
function Leaving({ stay, lacks, offered, going, onChange }: {
  stay: ShownStay; lacks: Lack[]; offered: boolean; going: boolean; onChange: (on: boolean) => void;
}) {
  const { view } = usePhone();
  const name = <><b class="room">{roomOf(stay, view)?.number ?? ""}</b> <span class="name">{stay.name}</span> <small>{personFacts(stay)}</small></>;
  const lacking = lacks.length > 0 && <><br /><span class="is-watch">{lackWords(lacks)}</span></>;
  if (offered) return <Tick checked={going} onChange={onChange}>{name}{lacking}</Tick>;
  return <a class="row" href={`#/stay/${stay.id}`}><span class="row-text">{name}{lacking}</span><Icon name="next" /></a>;
}
