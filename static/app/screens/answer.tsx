import { useEffect, useRef, useState } from "preact/hooks";
import { Badge } from "../elements/banner.tsx";
import { Choice, Text, optionsOf, typedOrNull } from "../elements/fields.tsx";
import type { RoomId, TransferId } from "../records.ts";
import { clock } from "../messages/times.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownLine } from "../projection/view.ts";
import { type AnswerForm, readyIn, roomsGiven, untimed } from "./answer-form.ts";
import { expectedAt } from "./arrival-words.ts";
import { useDraft } from "./drafts.ts";
import { OfTransfer, goTo, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { ReadinessTicks } from "./readiness.tsx";
import { RoomChoice } from "./reception-sheet.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { DockState } from "./step-bodies.tsx";
import { personFacts } from "./transfer-words.ts";

/** The site's own answer to a docking request: who comes, with which needs, into which rooms; yes, or no with a reason. */
export const AnswerScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <Answer transfer={shown} />}</OfTransfer>
);

function Answer({ transfer }: { transfer: OneTransfer }) {
  const { phone, now } = usePhone();
  const saving = useSaving();
  const [refusing, refuse] = useState(false);
  const why = useRef<HTMLFormElement>(null);
  useEffect(() => { if (refusing) why.current?.scrollIntoView({ block: "start" }); }, [refusing]);
  const { form, change, drop } = useDraft<AnswerForm>(`answer with times ${transfer.id}`, () => ({
    beds: true, rooms: true, staff: true, later: { beds: null, rooms: null, staff: null }, gate: transfer.dock.gate ?? "", given: {}, reason: null, note: "",
  }));
  const people = transfer.lines.filter((line) => line.state === "expected" || line.state === "aboard");
  const save = (answer: "accepted" | "refused") => saving.save(() => phone.act.answerDocking(transfer.id, {
    answer, reason: answer === "refused" ? form.reason : null, rooms: answer === "accepted" ? roomsGiven(form) : null, ...readyIn(form, phone.now()),
    gate: typedOrNull(form.gate), note: typedOrNull(form.note),
  }), () => { drop(); goTo("#/"); });
  const expected = expectedAt(transfer);
  return (
    <Page title={words.answer.question(people.length)} under={[transfer.vehicle?.plate, expected !== null && words.arrivals.arrives(clock(new Date(expected).toISOString(), now))].filter(Boolean).join("　")}
      back="#/" keeps corner={<EmergencyCorner transfer={transfer.id} />}
      thumb={refusing ? (
        <>
          <button type="button" class="button" onClick={() => refuse(false)}>{words.back}</button>
          <SaveButton saving={saving} missing={form.reason ? null : words.answer.reasonFirst} onPress={() => save("refused")}>{words.answer.sendRefusal}</SaveButton>
        </>
      ) : (
        <>
          <button type="button" class="button" onClick={() => refuse(true)}>{words.answer.refuse}</button>
          <SaveButton saving={saving} missing={untimed(form)} onPress={() => save("accepted")}>{words.answer.accept(people.length)}</SaveButton>
        </>
      )}>
      {transfer.dock.state !== "asked" && <section class="sheet-part"><DockState transfer={transfer} /></section>}
      <section class="household">
        {people.map((line) => <Expected key={line.id} line={line} room={(form.given[line.id] ?? null) as RoomId | null} onRoom={(room) => change({ given: { ...form.given, [line.id]: room } })} />)}
      </section>
      <form ref={why} class="form" onSubmit={(event) => event.preventDefault()}>
        {refusing ? (
          <Choice legend={words.answer.refuseWhy} options={optionsOf(words.dockRefusals)} chosen={form.reason} onChange={(reason) => change({ reason })} />
        ) : (
          <div class="ticks">
            <ReadinessTicks transfer={transfer} form={form} onChange={change} />
            <Text label={words.answer.gate} value={form.gate} onChange={(gate) => change({ gate })} />
          </div>
        )}
        <Text label={words.note} lines={2} value={form.note} onChange={(note) => change({ note })} />
      </form>
    </Page>
  );
}

function Expected({ line, room, onRoom }: { line: ShownLine; room: RoomId | null; onRoom: (room: RoomId) => void }) {
  return (
    <div class="person">
      <span>
        <span class="name">{line.name}</span><small>{personFacts(line)}</small>
        <span class="badges">
          {line.category && <Badge look="plain">{words.categories[line.category]}</Badge>}
          {line.needs.map((need) => <Badge key={need.code} look="watch" icon="watch">{wordFor(words.needs, need.code)} {need.detail}</Badge>)}
        </span>
      </span>
      {line.room ? <b class="room">{line.room.number}</b> : <RoomChoice room={room} onRoom={onRoom} label={words.roomList.title} />}
    </div>
  );
}
