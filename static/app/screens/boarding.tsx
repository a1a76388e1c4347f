import { useMemo, useState } from "preact/hooks";
import { Badge, Banner } from "../elements/banner.tsx";
import { optionsOf } from "../elements/fields.tsx";
import { Icon, type IconName } from "../elements/icon.tsx";
import { Marks, worstMark } from "../elements/marks.tsx";
import { Plate } from "../elements/plate.tsx";
import type { LineId, StopId, TransferId } from "../records.ts";
import { countPeople } from "../rules/counts.ts";
import { clock, dayKey } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { Act } from "../projection/acts.ts";
import type { ShownLine } from "../projection/view.ts";
import { AskedPerson } from "./boarding-sheet.tsx";
import { MomentButton } from "./moments.tsx";
import { OfTransfer, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { usePhone } from "./shown.tsx";
import { boardingStops, toldAt, type BoardingStop } from "./stops.ts";
import { byHousehold, floorLeft, isExpected, personFacts } from "./transfer-words.ts";
import { UndoButton, isUndoable, useUndo } from "./undo.tsx";

/** Form F5: the roll of one stop. The person asked for stands in the thumb zone with one yes and six exceptions. */
export const BoardingScreen = ({ transfer, stop }: { transfer: TransferId; stop: string }) => (
  <OfTransfer transfer={transfer}>
    {(shown) => {
      const place = boardingStops(shown).find(({ key }) => key === stop);
      return place && <Boarding key={stop} transfer={shown} place={place} />;
    }}
  </OfTransfer>
);

function Boarding({ transfer, place }: { transfer: OneTransfer; place: BoardingStop }) {
  const [picked, pick] = useState<LineId | null>(null);
  const { lines, stop } = place;
  const homes = byHousehold(lines);
  const asked = lines.find(({ id }) => id === picked) ?? homes.flat().find(isExpected) ?? null;
  const stops = boardingStops(transfer).map(({ key }) => key);
  const undo = useUndo(transfer);
  return (
    <Page title={place.name} under={words.boarding.title(stops.indexOf(place.key) + 1, stops.length)} back={`#/transfer/${transfer.id}`} flush sheet
      corner={<EmergencyCorner transfer={transfer.id} />} head={<Count place={place} />}
      thumb={asked
        ? <AskedPerson transfer={transfer} line={asked} differs={doorDiffers(homes, asked)} onDone={() => pick(null)} />
        : <StopDone transfer={transfer} place={place} />}>
      {place.expected > 0 && <CallDown transfer={transfer} stop={stop} />}
      {homes.map((home, at) => <Household key={home[0]!.id} home={home} differs={otherUnit(homes[at - 1], home)} asked={asked} undo={undo} onPick={pick} />)}
      <p class="row"><a class="button" href={`#/transfer/${transfer.id}/extra`}><Icon name="plus" />{words.boarding.extra}</a></p>
    </Page>
  );
}

/** Vehicle waits: people of a stop are called down once the vehicle is there. */
function CallDown({ transfer, stop }: { transfer: OneTransfer; stop: StopId | null }) {
  const open = (["at_pickup", "people_called"] as const).filter((moment) => !toldAt(transfer, moment, stop));
  return open.length ? <section class="form">{open.map((moment) => <MomentButton key={moment} transfer={transfer} moment={moment} stop={stop} />)}</section> : null;
}

function Count({ place: { lines, aboard, expected: left } }: { place: BoardingStop }) {
  const out = optionsOf(words.outcomes).map(([outcome, word]) => [word, lines.filter((line) => line.outcome === outcome).length] as const)
    .filter(([, people]) => people).map(([word, people]) => `${word} ${people}`);
  const said = [words.boarding.count(aboard), ...out].join(words.comma);
  return (
    <section class="count" aria-label={`${said}${words.comma}${words.boarding.left(left)}`}>
      <p class="count-number">{aboard}<small>/{lines.length}</small></p>
      <div class="count-text">
        <div class="tally" aria-hidden="true">{lines.map((line) => <b key={line.id} class={LOOKS[look(line)].ink}><Icon name={LOOKS[look(line)].icon} /></b>)}</div>
        {said}{left > 0 && <>{words.comma}<b class="is-now">{words.boarding.left(left)}</b></>}
      </div>
    </section>
  );
}

type Look = "aboard" | "urgent" | "away" | "open";
const LOOKS: Record<Look, { icon: IconName; ink: string }> = {
  aboard: { icon: "fine", ink: "is-fine" }, urgent: { icon: "stop", ink: "is-stop" }, away: { icon: "watch", ink: "is-watch" },
  open: { icon: "open", ink: "is-now" },
};
const look = (line: ShownLine): Look =>
  line.state === "aboard" || line.state === "received" ? "aboard" : isExpected(line) ? "open"
  : line.outcome === "unfit" || line.outcome === "emergency" || line.outcome === "wrong_person" ? "urgent" : "away";

interface HouseholdProps { home: ShownLine[]; differs: boolean; asked: ShownLine | null; undo: Act | null; onPick: (line: LineId) => void }

/** A household that is finished folds to its plate and its names. One that nothing happened to is not drawn again. */
function Household({ home, differs, asked, undo, onPick }: HouseholdProps) {
  const { now } = usePhone();
  const [askedHere, undoHere] = [home.find((line) => line === asked), home.some((line) => isUndoable(undo, line.id)) ? undo : null];
  return useMemo(() => {
    const over = !home.some(isExpected) && !undoHere && !askedHere;
    const mark = worstMark(home.map((line) => line.mark));
    const floor = floorLeft(home[0]!);
    const door = home.find((line) => line.address && !line.from_room)?.address ?? null;
    return (
      <section class={over ? "household over" : "household"}>
        <h2 class="household-head">
          {door ? <Plate address={door} differs={differs} /> : (floor ?? words.people(home.length))}
          {over && mark ? <Marks mark={mark} stacked /> : (door || floor) && <span class="whole">{words.people(home.length)}{differs && `${words.comma}${words.boarding.different}`}</span>}
        </h2>
        {over ? <p class="folded">{home.map((line) => <FoldedName key={line.id} line={line} onPick={onPick} />)}</p>
          : home.map((line) => <Person key={line.id} line={line} now={now} asked={line === askedHere} undo={undoHere} onPick={onPick} />)}
      </section>
    );
  }, [...home, differs, askedHere, undoHere?.id, dayKey(now), words]);
}

const FoldedName = ({ line, onPick }: { line: ShownLine; onPick: (line: LineId) => void }) => (
  <button type="button" class={`folded-name ${LOOKS[look(line)].ink}`} onClick={() => onPick(line.id)}>
    <Icon name={LOOKS[look(line)].icon} /><span class="name">{line.name}</span>{line.outcome && words.outcomes[line.outcome]}
    <span class="unseen">{words.boarding.tapAgain}</span>
  </button>
);

function Person({ line, now, asked, undo, onPick }: { line: ShownLine; now: number; asked: boolean; undo: Act | null; onPick: (line: LineId) => void }) {
  const said = line.outcome ? `${words.outcomes[line.outcome]} ${line.outcome_at ? clock(line.outcome_at, now) : ""}`
    : line.boarded_at ? words.boarding.aboardAt(clock(line.boarded_at, now)) : words.lineStates[line.state];
  return (
    <div class={asked ? "person asked" : "person"}>
      <button type="button" class="person-name" aria-pressed={asked} onClick={() => onPick(line.id)}>
        {line.from_room && <b class="room">{line.from_room.number}</b>}<span class="name">{line.name}</span><small>{personFacts(line)}</small>
        {line.needs.length > 0 && <span class="badges">{line.needs.map((need) => <Badge key={need.code} look="watch">{wordFor(words.needs, need.code)}</Badge>)}</span>}
      </button>
      <span class={`outcome ${LOOKS[look(line)].ink}`}>
        <Icon name={LOOKS[look(line)].icon} />{said}
        {isUndoable(undo, line.id) ? <UndoButton act={undo} /> : !isExpected(line) && line.mark && <Marks mark={line.mark} stacked />}
      </span>
    </div>
  );
}

/** Everyone of this stop has an outcome: on to the next one, or away. */
function StopDone({ transfer, place }: { transfer: OneTransfer; place: BoardingStop }) {
  const next = boardingStops(transfer).find(({ key, expected }) => key !== place.key && expected > 0);
  return (
    <>
      <Banner look="fine">{words.boarding.allDone}{words.comma}{words.boarding.peopleAboard(countPeople(transfer).aboard)}</Banner>
      {next ? <a class="button main" href={`#/transfer/${transfer.id}/stop/${next.key}`}>{words.boarding.carryOn}{words.colon}{next.name}</a>
        : toldAt(transfer, "left_pickup", place.stop) ? <a class="button main" href={`#/transfer/${transfer.id}`}>{words.back}</a>
        : <MomentButton transfer={transfer} moment="left_pickup" stop={place.stop} main />}
    </>
  );
}

/** The unit is not the one of the door before: the mistake that people make in a stairwell at night (L-1). */
const otherUnit = (before: ShownLine[] | undefined, home: ShownLine[]): boolean => {
  const [last, here] = [before?.[0]?.address, home[0]?.address];
  return !home[0]?.from_room && Boolean(last && here && last.building === here.building && last.unit !== here.unit);
};

const doorDiffers = (homes: ShownLine[][], line: ShownLine): boolean => {
  const at = homes.findIndex((home) => home.includes(line));
  return otherUnit(homes[at - 1], homes[at]!);
};
