import { Badge, Nothing } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { Loop } from "../elements/loop.tsx";
import { Marks, worstMark } from "../elements/marks.tsx";
import { clock, minutesBetween, span, spanSince } from "../messages/times.ts";
import { laterWords } from "../messages/later.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownTransfer } from "../projection/view.ts";
import { goesHome } from "../rules/gates.ts";
import { isDone } from "../rules/steps.ts";
import { arrivalsOf, departuresOf, expectedAt, isReceived, stageOf, toReceive } from "./arrival-words.ts";
import { SoundButton } from "./docking-bell.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { usePhone } from "./shown.tsx";
import { fromWords } from "./transfer-words.ts";
import { dockOf, wayOf } from "./way-words.ts";

/** Minutes that a coach may wait at the door before it stands out. */
const DOOR_LIMIT_MINUTES = 15;

/** A receiver's day: coaches by when they matter, with their live step, and the docking requests that wait for an answer. */
export function ArrivalsScreen() {
  const shown = usePhone();
  const { view, state, phone } = shown;
  const arrivals = arrivalsOf(shown);
  const site = view.sites.find(({ id }) => id === phone.user?.site);
  const under = [site?.name ?? arrivals[0]?.destination.name, phone.user?.name, view.settings.demo && words.demoTime].filter(Boolean).join("　");
  return (
    <Page title={state.asOf === null ? words.tabs.arrivals : words.arrivals.title(arrivals.filter((one) => !isReceived(one)).length)} under={under} tab="arrivals" corner={<EmergencyCorner />}
      head={state.asOf !== null && <StillComing arrivals={arrivals} />}>
      <SoundButton />
      {departuresOf(shown).map((transfer) => <Departure key={transfer.id} transfer={transfer} />)}
      {arrivals.map((transfer) => (isReceived(transfer) ? <ReceivedLine key={transfer.id} transfer={transfer} /> : <Arrival key={transfer.id} transfer={transfer} />))}
      {arrivals.length === 0 && (state.asOf !== null && state.complete
        ? <Nothing title={words.arrivals.nothing}>{words.arrivals.nothingHow}</Nothing>
        : <Nothing title={words.today.empty}>{words.today.emptyHow}</Nothing>)}
    </Page>
  );
}

/** Who is fetched here: the coach, where it goes, whether they are expected there, and which rooms are to be knocked at. */
function Departure({ transfer }: { transfer: ShownTransfer }) {
  const { now } = usePhone();
  const leaving = transfer.lines.filter(({ state }) => state === "expected");
  const rooms = leaving.flatMap(({ from_room }) => from_room?.number ?? []).sort();
  const told = (["people_called", "at_pickup", "en_route"] as const).find((moment) => transfer.moments[moment]);
  const waits = goesHome(transfer) && !isDone(transfer, "dock");
  return (
    <article class="card" aria-label={transfer.code}>
      <div class="card-head">
        <Loop now={transfer.now} />
        <div class="card-main"><div class="card-time">{words.arrivals.leaves(transfer.destination.name)}</div><span class="quiet">{transfer.depart_at ? words.arrivals.departs(clock(transfer.depart_at, now)) : words.today.noTime}{words.comma}{told ? wayOf(transfer).moments[told] : words.arrivals.notLeft}</span></div>
        <div class="card-time">{words.people(leaving.length)}</div>
      </div>
      <div class="facts">
        {transfer.vehicle && <span class="whole"><Icon name="bus" /> <b>{transfer.vehicle.plate}</b> {transfer.crew[0]?.name}</span>}
        {waits && <span class="whole is-watch"><Icon name="watch" /> {dockOf(transfer).asked}</span>}
      </div>
      {rooms.length > 0 && <p class="badges">{rooms.map((room) => <Badge key={room} look="plain">{room}</Badge>)}</p>}
    </article>
  );
}

function StillComing({ arrivals }: { arrivals: ShownTransfer[] }) {
  const coming = arrivals.flatMap(({ lines }) => lines.filter(toReceive));
  const lacking = coming.filter((line) => line.room === null).length;
  const held = new Set(coming.flatMap((line) => line.room?.id ?? [])).size;
  return (
    <dl class="sums three">
      <div><dt>{words.arrivals.stillComing}</dt><dd>{words.sumOfPeople(coming.length)}</dd></div>
      <div><dt>{words.arrivals.held}</dt><dd>{words.sumOfRooms(held)}</dd></div>
      <div class={lacking ? "differs" : undefined}><dt>{words.arrivals.lacking}</dt><dd>{words.sumOfRooms(lacking)}</dd></div>
    </dl>
  );
}

function Arrival({ transfer }: { transfer: ShownTransfer }) {
  const { now, view } = usePhone();
  const coming = transfer.lines.filter((line) => toReceive(line) || line.received);
  const asked = transfer.dock.state === "asked";
  const atDoor = stageOf(transfer) === "at_site";
  const mark = worstMark(transfer.acts.map((act) => act.mark));
  return (
    <article class={`card${atDoor || asked ? " held" : ""}`} aria-label={transfer.code}>
      <div class="card-head">
        <Loop now={transfer.now} />
        <div class="card-main"><div class="card-time">{arrivalTime(transfer, now)}</div>{atDoor ? <Waiting since={transfer.moments.at_site!.at} now={now} /> : <Stage transfer={transfer} now={now} />}</div>
        <div class="card-time">{words.people(coming.length)}</div>
      </div>
      <div class="facts">
        {transfer.vehicle && <span class="whole"><Icon name="bus" /> <b>{transfer.vehicle.plate}</b> {transfer.crew[0]?.name}</span>}
        {fromWords(transfer) && <span class="whole"><Icon name="house" /> {fromWords(transfer)}</span>}
        <Rooms transfer={transfer} />
      </div>
      <Needs transfer={transfer} />
      {mark && <Marks mark={mark} />}
      {asked || needsAnswer(transfer, now, view.settings.dock_fresh_minutes)
        ? <a class={asked ? "button main" : "button"} href={`#/transfer/${transfer.id}/answer`}>{asked ? words.arrivals.answer(coming.length) : words.arrivals.answerAgain(coming.length)}</a>
        : <a class={atDoor ? "button main" : "button"} href={`#/transfer/${transfer.id}/receive`}>{laterWords().receive.start(coming.length)}</a>}
    </article>
  );
}

/** Only the crew's word is known, or the site's own is too old for people to leave on it. */
function needsAnswer({ dock, moments }: ShownTransfer, now: number, freshMinutes: number): boolean {
  if (moments.left_pickup || moments.at_site) return false;
  return dock.state === "confirmed_by_phone" || (dock.state === "confirmed" && dock.at !== null && minutesBetween(dock.at, now) > freshMinutes);
}

/** Where it is now, and how late if it should have come. */
function Stage({ transfer, now }: { transfer: ShownTransfer; now: number }) {
  const expected = expectedAt(transfer);
  const late = expected !== null && expected < now;
  return <span class={late ? "is-watch" : "quiet"}>{words.arrivals.stage[stageOf(transfer)]}{late && <>{words.comma}{words.time.late(span((now - expected) / 60_000))}</>}</span>;
}

function Waiting({ since, now }: { since: string; now: number }) {
  const late = minutesBetween(since, now) > DOOR_LIMIT_MINUTES;
  const waited = spanSince(since, now);
  return <span class={late ? "is-stop" : "is-watch"}>{waited && <>{words.arrivals.waited(waited)}{words.comma}</>}{words.arrivals.limit(span(DOOR_LIMIT_MINUTES))}</span>;
}

function arrivalTime(transfer: ShownTransfer, now: number): string {
  if (stageOf(transfer) === "at_site") return words.arrivals.atDoor;
  const expected = expectedAt(transfer);
  if (expected !== null) return words.arrivals.arrives(clock(new Date(expected).toISOString(), now));
  return transfer.depart_at ? `${words.arrivals.departs(clock(transfer.depart_at, now))}` : words.today.noTime;
}

function Rooms({ transfer }: { transfer: ShownTransfer }) {
  const lacking = transfer.lines.filter((line) => toReceive(line) && line.room === null).length;
  return lacking
    ? <span class="whole is-watch"><Icon name="watch" /> {words.arrivals.roomsLack(lacking)}</span>
    : <span class="whole is-fine"><Icon name="fine" /> {words.arrivals.roomsHeld(new Set(transfer.lines.flatMap(({ room }) => room?.id ?? [])).size)}</span>;
}

/** What the site must be ready for, counted. */
function Needs({ transfer }: { transfer: ShownTransfer }) {
  const counts = new Map<string, number>();
  for (const { code } of transfer.lines.flatMap(({ needs }) => needs)) counts.set(code, (counts.get(code) ?? 0) + 1);
  if (!counts.size) return null;
  return <p class="badges">{[...counts].map(([code, count]) => <Badge key={code} look="plain">{wordFor(words.needs, code)} {count}</Badge>)}</p>;
}

function ReceivedLine({ transfer }: { transfer: ShownTransfer }) {
  const { now } = usePhone();
  const received = transfer.lines.filter((line) => line.received?.outcome === "received").length;
  return (
    <a class="row" href={`#/transfer/${transfer.id}/receive`}>
      <Loop now={transfer.now} />
      <span class="row-text"><strong>{transfer.vehicle?.plate} {fromWords(transfer)}</strong><br /><span class="quiet">{words.arrivals.over(received, clock(transfer.handover.site?.at ?? transfer.handover.closed_at ?? new Date(now).toISOString(), now))}</span></span>
    </a>
  );
}

