import { Badge, Banner, Nothing } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { Loop } from "../elements/loop.tsx";
import { Marks, worstMark } from "../elements/marks.tsx";
import { clock, dayAndWeekday, deadlineIn, spanSince } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownTransfer } from "../projection/view.ts";
import { CallCorner, Page } from "./page.tsx";
import { deskOf, usePhone } from "./shown.tsx";
import { someoneAboard, stepToDo } from "../rules/steps.ts";
import type { Transfer } from "../records.ts";
import { deadlineWords, fromWords, numberOf, stillAboard } from "./transfer-words.ts";
import { wayOf } from "./way-words.ts";

/** A driver's day: the transfers by departure, one with the accent (now), the finished ones as a line. */
export function TodayScreen() {
  const shown = usePhone();
  const { view, state, now, phone } = shown;
  const transfers = [...view.transfers].sort((one, other) => urgency(one) - urgency(other));
  const current = transfers.find((transfer) => !isOver(transfer));
  const under = [dayAndWeekday(now), phone.user?.name, view.settings.demo && words.demoTime].filter(Boolean).join("　");
  return (
    <Page title={state.asOf === null ? words.tabs.today : words.today.title(view.transfers.length)} under={under} tab="today"
      corner={<CallCorner phone={deskOf(current, shown)?.phone} label={words.desk} />}>
      {transfers.map((transfer) =>
        isOver(transfer) ? <FinishedLine key={transfer.id} transfer={transfer} /> : <Card key={transfer.id} transfer={transfer} isNow={transfer === current} />)}
      {view.left.map(({ id, code, unsent }) => <a key={id} class="row" href="#/unsent"><span class="row-text">{words.leftUnsent(code, unsent)}</span></a>)}
      {view.transfers.length === 0 && (state.asOf !== null && state.complete
        ? <Nothing title={words.today.nothing}>{words.today.nothingHow}</Nothing>
        : <Nothing title={words.today.empty}>{words.today.emptyHow}</Nothing>)}
    </Page>
  );
}

/** Over for the crew: closed with the vehicle disinfected, or cancelled; never while somebody is still aboard. */
const isOver = (transfer: ShownTransfer): boolean =>
  !someoneAboard(transfer as Transfer) && (transfer.state === "cancelled" || (stepToDo(transfer.now) === null && transfer.disinfection !== null));

/** What is on the road comes before what is to come, by departure; what is over comes last. */
const urgency = (transfer: ShownTransfer): number => (isOver(transfer) ? 2 : transfer.state === "planned" ? 1 : 0);

function FinishedLine({ transfer }: { transfer: ShownTransfer }) {
  const { now } = usePhone();
  const mark = worstMark(transfer.acts.map((act) => act.mark));
  const left = transfer.moments.en_route?.at ?? transfer.depart_at;
  const ended = transfer.handover.closed_at ?? transfer.cancelled?.at ?? transfer.now.handover.done_at;
  return (
    <a class="row" href={`#/transfer/${transfer.id}`}>
      <Loop now={transfer.now} />
      <span class="row-text">
        <strong>{left ? clock(left, now) : ""} → {transfer.destination.name}</strong><br />
        <span class="quiet">
          {transfer.state === "cancelled" ? words.today.cancelled : words.today.over(transfer.lines.length, ended ? clock(ended, now) : "")}
        </span>
      </span>
      {mark && <span class="row-end"><Marks mark={mark} stacked /></span>}
    </a>
  );
}

function Card({ transfer, isNow }: { transfer: ShownTransfer; isNow: boolean }) {
  const { now } = usePhone();
  const step = stepToDo(transfer.now);
  const blocked = step && transfer.now[step].state === "blocked";
  const unsent = transfer.acts.filter((act) => act.mark === "saved").length;
  const mark = worstMark(transfer.acts.map((act) => act.mark));
  return (
    <article class={`card opens${blocked ? " held" : isNow ? " now" : ""}`} aria-label={transfer.destination.name}>
      <div class="card-head">
        <Loop now={transfer.now} />
        <div class="card-main"><div class="card-time">{departure(transfer, now)}</div><span class="quiet">{departsIn(transfer, now)}</span></div>
        <div class="card-time">{words.people(transfer.lines.length)}</div>
      </div>
      <div class="way">
        <Icon name="house" /><span>{fromWords(transfer)}</span>
        <Icon name="down" /><strong>{transfer.destination.name}</strong>
      </div>
      <TransferFacts transfer={transfer} />
      {blocked && <Banner look="watch">{blockedWords(transfer, step, now)}</Banner>}
      {transfer.diverted && <Badge look="watch" icon="watch">{words.today.diverted}</Badge>}
      {mark && <OwnMarks unsent={unsent} mark={mark} />}
      <a class={isNow ? "button main" : "button"} href={`#/transfer/${transfer.id}`}>
        {step ? words.today.goOn(numberOf(step), wayOf(transfer).steps[step]) : stillAboard(transfer) ?? words.transfer.disinfect}
      </a>
    </article>
  );
}

const OwnMarks = ({ unsent, mark }: { unsent: number; mark: Parameters<typeof Marks>[0]["mark"] }) =>
  unsent ? (
    <div class="marks">
      <span class="yes"><Icon name="check" />{words.marks.saved}</span>
      <span class="not-yet"><Icon name="pending" />{words.marks.officeNotYetCount(unsent)}</span>
    </div>
  ) : <Marks mark={mark} />;

/** Vehicle, and the deadline running down. */
export function TransferFacts({ transfer, bar }: { transfer: ShownTransfer; bar?: boolean }) {
  const { now } = usePhone();
  const deadline = transfer.deadline_at && deadlineWords(transfer.deadline_at, now);
  return (
    <div class={bar ? "facts bar" : "facts"}>
      <span class="whole">
        <Icon name="bus" /> {transfer.vehicle ? <><b>{transfer.vehicle.plate}</b> {wordFor(words.vehicleKinds, transfer.vehicle.kind)}</> : words.transfer.noVehicle}
      </span>
      {deadline && (
        <span class={deadline.late ? "whole is-stop" : "whole"}><Icon name={deadline.late ? "stop" : "clock"} /> {deadline.by} <b>{deadline.left}</b></span>
      )}
    </div>
  );
}

const departure = ({ depart_at, moments }: ShownTransfer, now: number): string => {
  const departs = moments.en_route?.at ?? depart_at;
  return departs ? words.today.departs(clock(departs, now)) : words.today.noTime;
};

function departsIn(transfer: ShownTransfer, now: number): string {
  const { depart_at, moments } = transfer;
  const moment = (["at_site", "left_pickup", "people_called", "at_pickup", "en_route"] as const).find((name) => moments[name]);
  if (moment) return `${wayOf(transfer).moments[moment]} ${clock(moments[moment]!.at, now)}`;
  return depart_at ? deadlineIn(depart_at, now) : "";
}

/** What blocks a step, since when, and who is at it. */
export function blockedWords(transfer: ShownTransfer, step: keyof ShownTransfer["now"], now: number): string {
  const { blocked_by, owner, since } = transfer.now[step];
  const why = blocked_by && (words.problemReasons[blocked_by as keyof typeof words.problemReasons] ?? words.dockRefusals[blocked_by as keyof typeof words.dockRefusals] ?? blocked_by);
  const waited = since && spanSince(since, now);
  return [`${wayOf(transfer).steps[step]}${words.colon}${why}`, waited && words.time.waited(waited), owner && words.transfer.ownerOnly(owner)]
    .filter(Boolean).join(words.comma);
}
