import { useState } from "preact/hooks";
import { Badge, Banner, Nothing } from "../elements/banner.tsx";
import { Text } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import { roomWords } from "../messages/rooms.ts";
import { clock, day, dayKey } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownStay } from "../projection/view.ts";
import type { DayPart, StayId } from "../records.ts";
import { mayBeAllowed, testsToTake } from "../rules/clocks.ts";
import { HealthSheet } from "./health-sheet.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { clockWords, lacksOf, lackWords, partNow, roomOf, stayWords } from "./stay-words.ts";
import { TestSheet } from "./test-sheet.tsx";
import { personFacts } from "./transfer-words.ts";

/** One person in their room: the clock, the tests, what a release lacks; or one result of a test; or, from the round, how they are. */
export function StayScreen({ id, part, of }: { id: string; part: string | undefined; of: string | undefined }) {
  const { view, now } = usePhone();
  const stay = view.stay(id);
  if (!stay) return <Page title={words.notHere} back="#/due"><Nothing title={words.notHere}>{""}</Nothing></Page>;
  if (part === "health") return <HealthSheet key={`${id} ${of}`} stay={stay} part={(of as DayPart | undefined) ?? partNow(now, view.settings.time_zone)} />;
  if (part === "test") return <TestSheet key={id} stay={stay} />;
  return <OneStay key={id} stay={stay} />;
}

function OneStay({ stay }: { stay: ShownStay }) {
  const { view, now } = usePhone();
  const said = stayWords();
  const room = roomOf(stay, view);
  return (
    <Page title={stay.name} large under={[room?.number, personFacts(stay)].filter(Boolean).join("　")} back="#/due" corner={<EmergencyCorner />}
      thumb={!stay.released && !stay.referred_at && <Release stay={stay} />}>
      <section class="sheet-part">
        <p class="badges">
          {stay.category && <Badge look="plain">{words.categories[stay.category]}</Badge>}
          {stay.needs.map((need) => <Badge key={need.code} look="watch" icon="watch">{wordFor(words.needs, need.code)} {need.detail}</Badge>)}
        </p>
        <p>{clockWords(stay, now)}{stay.due_at && <>{words.comma}{said.dueOn(day(stay.due_at))}</>}</p>
        {stay.mark && <Marks mark={stay.mark} />}
        {stay.referred_at && <Banner look="stop">{said.referred}</Banner>}
        {stay.released && <ReleasedLine released={stay.released} now={now} />}
        {(stay.changes ?? []).map((change) => (
          <p key={change.at} class="is-watch"><Icon name="watch" /> {clock(change.at, now)} {said.changes[change.kind]}{words.colon}{said.change(change.was_due_on ? day(change.was_due_on) : "—", change.due_on ? day(change.due_on) : "—")} {change.reason}</p>
        ))}
      </section>
      <Tests stay={stay} />
      <div class="form">
        {!stay.ended_at && <p class="pair"><a class="button" href={`#/stay/${stay.id}/test`}>{said.recordTest}…</a><a class="button" href={`#/stay/${stay.id}/health`}>{said.round}…</a></p>}
        {room && <p><a class="button" href={`#/room/${room.id}`}>{roomWords().oneRoom(room.number)}</a></p>}
      </div>
    </Page>
  );
}

const ReleasedLine = ({ released, now }: { released: NonNullable<ShownStay["released"]>; now: number }) => {
  const said = stayWords();
  return (
    <Banner look="fine">
      {said.releasedHere}{words.comma}{clock(released.at, now)} {released.by && said.released(released.by)}<br />
      {released.certificate_no ? said.certificate(released.certificate_no) : said.certificateLater}
    </Banner>
  );
};

function Tests({ stay }: { stay: ShownStay }) {
  const { now } = usePhone();
  const said = stayWords();
  const due = stay.clock ? testsToTake(stay.clock, stay.tests ?? [], dayKey(now)) : [];
  return (
    <section class="sheet-part">
      <h2>{said.tests}</h2>
      {(stay.tests ?? []).map((test) => (
        <p key={`${test.at} ${test.kind}`}>{day(test.on)} {test.kind === "environment" && said.environment} <b class={test.result === "positive" ? "is-stop" : undefined}>{said.results[test.result]}</b>{" "}
          {test.ct !== null && said.ctIs(test.ct)} {test.samples > 1 && said.twoSamples}</p>
      ))}
      {due.map(({ day: number, on }) => <p key={on} class="is-watch"><Icon name="clock" /> {said.testDay(number, day(on))} {said.testOpen}</p>)}
      {(stay.clock?.tests_due ?? []).filter(({ on }) => on > dayKey(now)).map(({ day: number, on }) => <p key={on} class="quiet">{said.testDay(number, day(on))}</p>)}
    </section>
  );
}

/** The release, or what it lacks; where somebody who may allows it, by name and with a reason. */
function Release({ stay }: { stay: ShownStay }) {
  const { phone, now } = usePhone();
  const said = stayWords();
  const saving = useSaving();
  const [earlier, ask] = useState(false);
  const [indexNegative, confirmIndex] = useState(false);
  const [allowedBy, setAllowedBy] = useState("");
  const [reason, setReason] = useState("");
  const lacks = lacksOf(stay, now, indexNegative);
  if (!lacks) return <p class="quiet">{said.notYet}</p>;
  const allowed = lacks.length > 0 && earlier;
  const missing = !lacks.length ? null : !earlier ? `${said.notYet}${words.colon}${lackWords(lacks)}` : !allowedBy.trim() ? said.askAllowed : !reason.trim() ? said.askWhy : null;
  const release = () => saving.save(() => phone.act.releaseStay(stay.id as StayId, {
    index_negative: indexNegative, allowed_by: allowed ? allowedBy.trim() : null, reason: allowed ? reason.trim() : null, note: null,
  }));
  return (
    <>
      {lacks.some(({ code }) => code === "index_tests") && <button type="button" class="button" onClick={() => confirmIndex(true)}>{said.indexNegative}</button>}
      {lacks.length > 0 && !earlier && mayBeAllowed(stay.clock!, lacks) && <button type="button" class="button" onClick={() => ask(true)}>{said.releaseEarlier}</button>}
      {earlier && <><Text label={said.allowedBy} value={allowedBy} onChange={setAllowedBy} /><Text label={said.why} value={reason} onChange={setReason} /></>}
      <SaveButton saving={saving} missing={missing} onPress={release}>{said.releaseOne}</SaveButton>
    </>
  );
}
