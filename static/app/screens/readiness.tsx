import { Fragment } from "preact";
import { Choice, Stepper, Tick } from "../elements/fields.tsx";
import { clock } from "../messages/times.ts";
import { laterWords } from "../messages/later.ts";
import { words } from "../messages/words.ts";
import { DOCK_PARTS, type DockPart } from "../records.ts";
import { timeIn, type AnswerForm, type Readiness } from "./answer-form.ts";
import { expectedAt, shiftAt } from "./arrival-words.ts";
import type { OneTransfer } from "./of-transfer.tsx";
import { usePhone } from "./shown.tsx";

/** Beds, rooms and the staff of the shift in which these people come, as the site itself answers: what is not ticked is not ready. */
export function ReadinessTicks({ transfer, form, onChange }: { transfer: OneTransfer; form: AnswerForm; onChange: (change: Partial<AnswerForm>) => void }) {
  const wordFor = usePartWords(transfer);
  return DOCK_PARTS.map((part) => (
    <Fragment key={part}>
      <Tick checked={form[part]} onChange={(ready) => onChange({ [part]: ready })}>{wordFor(part)}</Tick>
      <ByWhen form={form} part={part} word={wordFor(part)} onChange={onChange} />
    </Fragment>
  ));
}

/** The same three as somebody heard them on the telephone: all of them, or none was asked. */
export function ReadinessHeard<Form extends Readiness>({ transfer, form, onChange }: { transfer: OneTransfer; form: Form; onChange: (change: Partial<Readiness>) => void }) {
  const wordFor = usePartWords(transfer);
  const { ready, notYet, unasked } = laterWords().heard;
  const options = [["ready", ready], ["notYet", notYet], ["unasked", unasked]] as const;
  return DOCK_PARTS.map((part) => (
    <Fragment key={part}>
      <Choice legend={wordFor(part)} columns options={options} chosen={form[part] === null ? "unasked" : form[part] ? "ready" : "notYet"}
        onChange={(heard) => onChange({ [part]: heard === "unasked" ? null : heard === "ready" })} />
      <ByWhen form={form} part={part} word={wordFor(part)} onChange={onChange} />
    </Fragment>
  ));
}

/** What is not ready carries the time it will be. */
function ByWhen({ form, part, word, onChange }: { form: Readiness; part: DockPart; word: string; onChange: (change: Pick<Readiness, "later">) => void }) {
  const { now } = usePhone();
  const minutes = form.later[part];
  if (form[part] !== false) return null;
  return (
    <Stepper label={`${word}${words.colon}${words.answer.later(minutes === null ? null : clock(timeIn(minutes, now), now))}`} value={minutes} by={30}
      onChange={(later) => onChange({ later: { ...form.later, [part]: later } })} />
  );
}

function usePartWords(transfer: OneTransfer): (part: DockPart) => string {
  const { now } = usePhone();
  return (part) => (part === "staff" ? words.answer.staff(shiftAt(expectedAt(transfer) ?? now)) : words.answer[part]);
}
