import { Banner } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { StepRow } from "../elements/step.tsx";
import { STEPS, type Emergency, type Step, type TransferId } from "../records.ts";
import { clock, spanSince } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import { MoveThumb } from "./moments.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { deskOf, usePhone } from "./shown.tsx";
import { StepBody, stepEnd } from "./step-bodies.tsx";
import { TransferFacts } from "./today.tsx";
import { stepToDo } from "../rules/steps.ts";
import { numberOf, stillAboard } from "./transfer-words.ts";
import { OfTransfer, type OneTransfer } from "./of-transfer.tsx";
import { UndoLine } from "./undo.tsx";
import { wayOf } from "./way-words.ts";

/** One transfer as a page of six steps; the one to do is open, finished ones are one line, the next ones say what they wait for. */
export const TransferScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <Steps transfer={shown} />}</OfTransfer>
);

function Steps({ transfer }: { transfer: OneTransfer }) {
  const { now, view } = usePhone();
  const step = stepToDo(transfer.now);
  const mine = view.conflicts.filter((conflict) => conflict.transfer === transfer.id && conflict.state === "open").length;
  const leaves = transfer.moments.en_route?.at ?? transfer.depart_at;
  const departs = leaves ? words.today.departs(clock(leaves, now)) : words.today.noTime;
  return (
    <Page title={transfer.destination.name} under={`${departs}　${words.people(transfer.lines.length)}`} back="#/" flush
      corner={<EmergencyCorner transfer={transfer.id} />} thumb={<><UndoLine of={transfer} here /><Thumb transfer={transfer} step={step} /></>}>
      <TransferFacts transfer={transfer} bar />
      {transfer.cancelled && <Banner look="stop">{words.transfer.cancelled(transfer.cancelled.reason)}</Banner>}
      {transfer.emergencies.map((emergency) => <EmergencyLine key={emergency.id} transfer={transfer} emergency={emergency} />)}
      {transfer.conflicts > 0 && <Banner look="watch">{mine ? <a href="#/conflicts">{words.today.conflicts(mine)}</a> : words.conflicts.open}</Banner>}
      {STEPS.map((each) => (
        <StepRow key={`${each} ${each === step}`} number={numberOf(each)} state={transfer.now[each].state} unfolded={each === step}
          title={wayOf(transfer).steps[each]} end={stepEnd(transfer, each, now)}>
          <StepBody transfer={transfer} step={each} />
          <Owners transfer={transfer} step={each} />
          <a class="button" href={`#/transfer/${transfer.id}/problem/${each}`}>{words.problemButton}</a>
        </StepRow>
      ))}
    </Page>
  );
}

/** An emergency stays in sight until the trip is over; it opens the page where who took the person over is recorded. */
function EmergencyLine({ transfer, emergency: { at, line } }: { transfer: OneTransfer; emergency: Emergency }) {
  const { now } = usePhone();
  const name = transfer.lines.find(({ id }) => id === line)?.name ?? words.aid.someone;
  return <Banner look="watch"><a href={`#/transfer/${transfer.id}/emergency`}>{words.aid.title}{words.colon}{words.aid.recorded(clock(at, now), name)}</a></Banner>;
}

/** Who owns this step and the next one, and how long it has waited. */
function Owners({ transfer, step }: { transfer: OneTransfer; step: Step }) {
  const { now } = usePhone();
  const { state, owner, since } = transfer.now[step];
  const waited = since && spanSince(since, now);
  const next = STEPS[STEPS.indexOf(step) + 1];
  const nextOwner = next && transfer.now[next].state !== "done" && transfer.now[next].owner;
  if (state === "done" || !(owner || nextOwner)) return null;
  return (
    <ul class="gates">
      {owner && <li><Icon name="clock" /><span>{waited ? words.transfer.owner(owner, waited) : words.transfer.ownerOnly(owner)}</span></li>}
      {nextOwner && <li><Icon name="next" /><span>{words.transfer.nextIs(wayOf(transfer).steps[next], nextOwner)}</span></li>}
    </ul>
  );
}

/** The one next thing, in the thumb zone. */
function Thumb({ transfer, step }: { transfer: OneTransfer; step: Step | null }) {
  const path = `#/transfer/${transfer.id}`;
  if (step === null && stillAboard(transfer)) return <StillAboard transfer={transfer} path={path} />;
  if (transfer.cancelled) return <a class="button main" href="#/">{words.goToday}</a>;
  if (step === "move") return <MoveThumb transfer={transfer} />;
  if (step === "handover" && transfer.handover.crew && !transfer.disinfection) return <Disinfect path={path} />;
  if (step) return <a class="button main" href={`${path}/${step}`}>{words.today.goOn(numberOf(step), wayOf(transfer).steps[step])}</a>;
  if (!transfer.disinfection) return <Disinfect path={path} />;
  return <a class="button main" href="#/">{words.goToday}</a>;
}

/** People turned away at the door stay the crew's until somebody takes them: the backup site and the desk are one tap away. */
function StillAboard({ transfer, path }: { transfer: OneTransfer; path: string }) {
  const desk = deskOf(transfer, usePhone());
  return (
    <>
      <Banner look="stop">{stillAboard(transfer)}{words.comma}{words.transfer.stillAboardHow}</Banner>
      {transfer.backup?.phone && <a class="button" href={`tel:${transfer.backup.phone}`}><Icon name="call" />{words.dock.backup} {transfer.backup.name}</a>}
      {desk && <a class="button" href={`tel:${desk.phone}`}><Icon name="call" />{desk.name}</a>}
      <a class="button main" href={`${path}/handover`}>{words.handover.handled}</a>
    </>
  );
}

const Disinfect = ({ path }: { path: string }) => <a class="button main" href={`${path}/disinfection`}>{words.transfer.disinfect}</a>;
