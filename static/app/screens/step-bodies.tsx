import { Badge, Banner } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { GateLine } from "../elements/step.tsx";
import { DOCK_PARTS, type DockPart, type Place, type Step, type Time } from "../records.ts";
import { countPeople } from "../rules/counts.ts";
import { goesHome } from "../rules/gates.ts";
import { missingItems } from "../rules/steps.ts";
import type { Settings } from "../rules/settings.ts";
import { clock, span, spanSince } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { OneTransfer } from "./of-transfer.tsx";
import { MoveGates } from "./gates.tsx";
import { MomentButton, MomentList } from "./moments.tsx";
import { usePhone } from "./shown.tsx";
import { boardingStops, placeToBoard, stopsInOrder, toldAt } from "./stops.ts";
import { blockedWords } from "./today.tsx";
import { TakeBack } from "./undo.tsx";
import { dockOf, wayOf } from "./way-words.ts";

/** What stands at the end of a step's line: who finished it and when, how far it is, or what it waits for. */
export function stepEnd(transfer: OneTransfer, step: Step, now: number): string {
  const { state, done_at, by, waits_for, since } = transfer.now[step];
  const counts = countPeople(transfer);
  const waited = since && spanSince(since, now);
  if (state === "done" && step === "dock" && transfer.dock.state === "confirmed_by_phone") return `${done_at ? clock(done_at, now) : ""} ${words.dock.byPhone}`;
  if (state === "done") return words.transfer.doneBy(done_at ? clock(done_at, now) : "", by ?? "");
  if (step === "verify") return words.transfer.verified(counts.verified, counts.listed);
  if (state === "blocked") return waited ? words.time.waited(waited) : "";
  if (state === "waiting") return words.transfer.after(wayOf(transfer).steps[waits_for[0]!]);
  if (step === "move") return words.transfer.boarded(counts.aboard + counts.received, counts.listed);
  return step === "handover" ? "" : words.transfer.meantime;
}

export function StepBody({ transfer, step }: { transfer: OneTransfer; step: Step }) {
  const { now } = usePhone();
  const Body = BODIES[step];
  return (
    <>
      {transfer.now[step].state === "blocked" && !(step === "dock" && transfer.dock.state === "refused") && <Banner look="watch">{blockedWords(transfer, step, now)}</Banner>}
      <Body transfer={transfer} />
      <Problems transfer={transfer} step={step} />
    </>
  );
}

/** What was reported at this step, by whom, and whether the desk has solved it; one's own wrong report is taken back here. */
function Problems({ transfer, step }: { transfer: OneTransfer; step: Step }) {
  const { now } = usePhone();
  const here = transfer.problems.filter((problem) => problem.step === step);
  if (!here.length) return null;
  return (
    <>
      <p class="quiet">{words.transfer.problems}</p>
      <ul class="gates">
        {here.map(({ id, reason, line, note, at, by, resolved_at }) => (
          <li key={id} class={resolved_at ? "met" : "unmet"}>
            <Icon name={resolved_at ? "fine" : "watch"} />
            <span>
              <b>{wordFor(words.problemReasons, reason)}</b> {[transfer.lines.find((one) => one.id === line)?.name, note, `${clock(at, now)} ${by}`].filter(Boolean).join(words.comma)}
              {words.comma}{resolved_at ? words.transfer.solved(clock(resolved_at, now)) : words.transfer.unsolved}
            </span>
          </li>
        ))}
      </ul>
      {transfer.acts.filter((act) => act.type === "report_problem" && !act.withdrawn && here.some(({ id, resolved_at }) => id === act.id && !resolved_at)).map((act) => <TakeBack key={act.id} act={act} />)}
    </>
  );
}

type Body = (props: { transfer: OneTransfer }) => preact.ComponentChild;

const Verify: Body = ({ transfer }) => <StepLink transfer={transfer} to="verify" word={words.transfer.verify} />;

const DockStep: Body = ({ transfer }) => (
  <>
    <DockState transfer={transfer} />
    {transfer.dock.state === "refused" && transfer.backup && <Backup place={transfer.backup} />}
    <StepLink transfer={transfer} to="dock" word={words.dock.record} />
  </>
);

/** A refusal offers the site that was named for this case. */
const Backup = ({ place }: { place: Place }) => (
  <div class="sheet-part">
    <p>{words.dock.backup}{words.colon}<b>{place.name}</b></p>
    {place.phone && <a class="button" href={`tel:${place.phone}`}><Icon name="call" />{place.phone}</a>}
  </div>
);

const VehicleStep: Body = ({ transfer }) => {
  const { now } = usePhone();
  const missing = missingItems(transfer);
  const overrides = transfer.vehicle_check?.overrides ?? [];
  return (
    <>
      {overrides.length > 0 && (
        <ul class="gates">
          {overrides.map(({ item, by, at, reason }) => (
            <li key={item} class="met"><Icon name="watch" /><span><b>{wordFor(words.vehicleItems, item)}</b>{words.colon}{words.vehicle.override} {clock(at, now)} {by}{words.comma}{reason}</span></li>
          ))}
        </ul>
      )}
      {missing.length > 0 && (
        <ul class="gates">{missing.map((item) => <li key={item} class="unmet"><Icon name="open" /><span>{wordFor(words.vehicleItems, item)}</span></li>)}</ul>
      )}
      {transfer.vehicle_check && <Dressed transfer={transfer} worn={transfer.vehicle_check.ppe} />}
      <StepLink transfer={transfer} to="vehicle" word={words.vehicle.title} />
    </>
  );
};

/** Each one's protection with the time it went on, and who has none recorded. */
function Dressed({ transfer, worn }: { transfer: OneTransfer; worn: { user: string; on_at: string }[] }) {
  const { now } = usePhone();
  return (
    <ul class="gates">
      {transfer.crew.map(({ user, name }) => {
        const on_at = worn.find((one) => one.user === user)?.on_at;
        return <GateLine key={user} met={Boolean(on_at)}>{name}{words.comma}{on_at ? words.vehicle.ppeAt(clock(on_at, now)) : words.vehicle.ppeMissing}</GateLine>;
      })}
    </ul>
  );
}

const RouteStep: Body = ({ transfer }) => (
  <>
    <ol class="gates">{stopsInOrder(transfer).map((stop, place) => <li key={stop.id}><b>{place + 1}</b><span>{stop.name}</span></li>)}</ol>
    <StepLink transfer={transfer} to="route" word={words.route.title} />
  </>
);

const MoveStep: Body = ({ transfer }) => {
  const place = placeToBoard(transfer);
  return (
    <>
      {!transfer.moments.en_route && <MoveGates transfer={transfer} />}
      <MomentList transfer={transfer} />
      <div class="ticks">
        {boardingStops(transfer).map(({ key, name, aboard, lines }) => (
          <a key={key} class="button spread" href={`#/transfer/${transfer.id}/stop/${key}`}>
            <span>{name}</span><b>{words.transfer.boarded(aboard, lines.length)}</b>
          </a>
        ))}
      </div>
      {place && toldAt(transfer, "at_pickup", place.stop) && (
        <MomentButton transfer={transfer} moment="left_pickup" stop={place.stop} word={`${wayOf(transfer).moments.left_pickup}${words.comma}${words.transfer.left(place.expected)}`} />
      )}
    </>
  );
};

const HandoverStep: Body = ({ transfer }) => (
  <>
    <StepLink transfer={transfer} to="handover" word={wayOf(transfer).steps.handover} />
    {transfer.handover.crew && <StepLink transfer={transfer} to="disinfection" word={words.transfer.disinfect} />}
  </>
);

const BODIES: Record<Step, Body> = {
  verify: Verify, dock: DockStep, vehicle: VehicleStep, route: RouteStep, move: MoveStep, handover: HandoverStep,
};

const StepLink = ({ transfer, to, word }: { transfer: OneTransfer; to: string; word: string }) => (
  <a class="button" href={`#/transfer/${transfer.id}/${to}`}>{word}<Icon name="next" /></a>
);

/** The site's answer, or the community's. "Confirmed by phone on behalf of" is an answer of its own, never shown as theirs. */
export function DockState({ transfer }: { transfer: OneTransfer }) {
  const { now, view } = usePhone();
  const { dock } = transfer;
  const said = dockOf(transfer);
  const when = dock.at ? clock(dock.at, now) : "";
  if (dock.state === "refused") {
    return <Banner look="stop">{said.refused}{words.colon}{dock.reason && wordFor(words.dockRefusals, dock.reason)} {when}</Banner>;
  }
  if (dock.state === "asked") return <Badge look="plain" icon="pending">{said.asked}</Badge>;
  const byPhone = dock.state === "confirmed_by_phone" || dock.on_behalf;
  return (
    <div class="dock-state">
      <Badge look={byPhone ? "watch" : "fine"} icon={byPhone ? "call" : "fine"}>{byPhone ? said.byPhone : said.confirmed} {when}</Badge>
      {byPhone && <p class="quiet">{said.byPhoneWhy(dock.calls.at(-1)?.by ?? "")}</p>}
      <p>{[dock.answered_by && words.dock.answeredBy(dock.answered_by), dock.rooms_promised !== null && words.dock.promised(dock.rooms_promised), dock.gate].filter(Boolean).join(words.comma)}</p>
      {dock.ready && <p class="badges">{DOCK_PARTS.map((part) => <Ready key={part} part={part} {...dock.ready![part]} />)}</p>}
      {dock.at && !goesHome(transfer) && <Freshness at={dock.at} now={now} settings={view.settings} />}
    </div>
  );
}

/** Beds, rooms, staff: each ready, or ready at a time that the site told. */
function Ready({ part, ready, at }: { part: DockPart; ready: boolean; at: Time | null }) {
  const { now } = usePhone();
  const word = words.dock.parts[part];
  return ready ? <Badge look="fine" icon="fine">{word}</Badge> : <Badge look="watch" icon="watch">{at ? words.dock.readyAt(word, clock(at, now)) : words.dock.notReady(word)}</Badge>;
}

function Freshness({ at, now, settings }: { at: string; now: number; settings: Settings }) {
  const until = Date.parse(at) + settings.dock_fresh_minutes * 60_000;
  const clockThen = clock(new Date(until).toISOString(), now);
  return until >= now ? <p class="quiet">{words.dock.fresh(clockThen)}</p> : <p class="is-watch">{words.dock.stale(span((now - until) / 60_000))}</p>;
}
