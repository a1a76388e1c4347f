import { useState } from "preact/hooks";
import { Badge, Banner, Nothing } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import { dayKey } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownStay } from "../projection/view.ts";
import type { DayPart, StayId } from "../records.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { FloorsOf } from "./stay-floors.tsx";
import { checkOf, checkWords, floorName, floorOf, partNow, roomOf, staysHere, stayWords } from "./stay-words.ts";
import { personFacts } from "./transfer-words.ts";

let lastFloor: string | null = null;

/** The health round, morning and evening, door by door: one tap says that somebody is well; anything else opens their sheet. */
export function RoundScreen() {
  const { view, now } = usePhone();
  const said = stayWords();
  const [part, turnTo] = useState<DayPart>(partNow(now, view.settings.time_zone));
  const [chosen, choose] = useState(lastFloor);
  const everybody = staysHere(view);
  const floors = [...new Set(everybody.map((stay) => floorOf(stay, view)))];
  const floor = chosen !== null && floors.includes(chosen) ? chosen : (floors[0] ?? "");
  const here = everybody.filter((stay) => floorOf(stay, view) === floor);
  const seen = (stays: ShownStay[]): number => stays.filter((stay) => checkOf(stay, part, dayKey(now))).length;
  const pick = (one: string) => { lastFloor = one; choose(one); };
  const next = floors.find((one) => one !== floor && everybody.some((stay) => floorOf(stay, view) === one && !checkOf(stay, part, dayKey(now))));
  return (
    <Page title={said.round} under={said.roundSeen(seen(everybody), everybody.length)} back="#/due" corner={<EmergencyCorner />} flush
      head={<><Parts part={part} onPick={turnTo} />{floors.length > 0 && <FloorsOf stays={everybody} current={floor} onPick={pick} count={(stays) => said.roundCount(seen(stays), stays.length)} />}</>}
      thumb={seen(here) === here.length && here.length > 0 && <FloorDone next={next ?? null} onNext={pick} />}>
      <p class="row quiet">{said.tapName}</p>
      {here.length === 0 && <Nothing title={said.nobodyHere}>{""}</Nothing>}
      {here.map((stay) => <RoundPerson key={stay.id} stay={stay} part={part} />)}
    </Page>
  );
}

function Parts({ part, onPick }: { part: DayPart; onPick: (part: DayPart) => void }) {
  const said = stayWords();
  return (
    <nav class="floors halves" aria-label={said.round}>
      {(["morning", "evening"] as const).map((one) => (
        <button key={one} type="button" aria-current={one === part ? "true" : undefined} onClick={() => onPick(one)}>{said.roundOf[one]}</button>
      ))}
    </nav>
  );
}

function FloorDone({ next, onNext }: { next: string | null; onNext: (floor: string) => void }) {
  const { view } = usePhone();
  const said = stayWords();
  return (
    <>
      <Banner look="fine">{said.roundDone}</Banner>
      {next !== null && <button type="button" class="button main" onClick={() => onNext(next)}>{said.nextFloor(floorName(next, view))}</button>}
    </>
  );
}

function RoundPerson({ stay, part }: { stay: ShownStay; part: DayPart }) {
  const { phone, view, now } = usePhone();
  const said = stayWords();
  const saving = useSaving();
  const check = checkOf(stay, part, dayKey(now));
  const well = () => saving.save(() => phone.act.recordHealth(stay.id as StayId, { part, temperature: null, symptoms: [], medicine_days: null, request: null }));
  const sick = check && isSick(stay, check.temperature, check.symptoms);
  return (
    <div class="person">
      <a class="person-name" href={`#/stay/${stay.id}/health/${part}`}>
        <b class="room">{roomOf(stay, view)?.number ?? ""}</b> <span class="name">{stay.name}</span><small>{personFacts(stay)}</small>
        <span class="unseen">{words.comma}{check ? said.again : said.other}</span>
        {stay.needs.length > 0 && <span class="badges">{stay.needs.map((need) => <Badge key={need.code} look="watch">{wordFor(words.needs, need.code)}</Badge>)}</span>}
        {saving.fault && <Banner look="stop">{saving.fault}</Banner>}
      </a>
      {check ? (
        <span class={sick ? "outcome is-stop" : "outcome is-fine"}><Icon name={sick ? "stop" : "fine"} />{checkWords(check)}{stay.mark && <Marks mark={stay.mark} stacked />}</span>
      ) : (
        <button type="button" class="button" disabled={saving.busy} onClick={well}><Icon name="check" />{said.well}<span class="unseen">{words.comma}{stay.name}</span></button>
      )}
    </div>
  );
}

export const isSick = ({ fever_from = 37.3 }: ShownStay, temperature: number | null, symptoms: readonly string[]): boolean =>
  symptoms.length > 0 || (temperature ?? 0) >= fever_from;
