import { useState } from "preact/hooks";
import { Choice, Text, typedOrNull } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { PROBLEM_REASONS, type ProblemReason } from "../operations.ts";
import type { LineId, Step, TransferId } from "../records.ts";
import { words } from "../messages/words.ts";
import { useDraft } from "./drafts.ts";
import { Photos } from "./photos.tsx";
import { OfTransfer, goTo, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { deskOf, usePhone } from "./shown.tsx";
import { numberOf } from "./transfer-words.ts";
import { wayOf } from "./way-words.ts";

/** "Problem" on a step: the reasons that really occur there, a note, and the call for when there is no signal. */
export const ProblemScreen = ({ transfer, step }: { transfer: TransferId; step: Step }) => (
  <OfTransfer transfer={transfer}>{(shown) => <ProblemForm key={step} transfer={shown} step={step} />}</OfTransfer>
);

function ProblemForm({ transfer, step }: { transfer: OneTransfer; step: Step }) {
  const shown = usePhone();
  const saving = useSaving();
  const [keeping, setKeeping] = useState(false);
  const { form, change, drop } = useDraft<{ reason: ProblemReason | null; line: string; note: string; photos: string[] }>(
    `problem ${step} ${transfer.id}`, () => ({ reason: null, line: "", note: "", photos: [] }));
  const desk = deskOf(transfer, shown);
  const save = () => form.reason && saving.save(() => shown.phone.act.reportProblem(transfer.id, {
    step, reason: form.reason!, line: (form.line || null) as LineId | null, note: typedOrNull(form.note),
  }, form.photos), () => {
    drop();
    goTo(`#/transfer/${transfer.id}`);
  });
  return (
    <Page title={words.problem.title} under={words.problem.step(numberOf(step), wayOf(transfer).steps[step])} back={`#/transfer/${transfer.id}`} keeps
      corner={<EmergencyCorner transfer={transfer.id} />}
      thumb={(
        <>
          {desk && <p class="thumb-line"><span>{words.problem.noSignal(desk.name)}</span><a class="button" href={`tel:${desk.phone}`}><Icon name="call" />{words.call}</a></p>}
          <SaveButton saving={saving} missing={!form.reason ? words.problem.reasonFirst : keeping ? words.photos.first : null} onPress={save}>{words.problem.save}</SaveButton>
        </>
      )}>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Choice legend={words.problem.which} options={reasonsOf(step).map((reason) => [reason, words.problemReasons[reason]] as const)} chosen={form.reason} onChange={(reason) => change({ reason })} />
        <p class="field">
          <label>
            {words.problem.who}
            <select value={form.line} onChange={(event) => change({ line: event.currentTarget.value })}>
              <option value="">{words.problem.nobody}</option>
              {transfer.lines.map((line) => <option key={line.id} value={line.id}>{line.name}</option>)}
            </select>
          </label>
        </p>
        <Photos taken={form.photos} onChange={(photos) => change({ photos })} onKeeping={setKeeping} />
        <Text label={words.note} lines={3} value={form.note} onChange={(note) => change({ note })} />
      </form>
    </Page>
  );
}

/** The few that occur at a step come first; the others stay reachable below. */
const USUAL: Record<Step, ProblemReason[]> = {
  verify: ["unreachable", "refused", "wrong_person", "wrong_address", "category_changed", "dependant_left_alone"],
  dock: ["site_refused", "room_not_ready", "wrong_site", "category_changed"],
  vehicle: ["vehicle_breakdown", "driver_over_hours", "accident"],
  route: ["wrong_address", "wrong_site", "driver_over_hours"],
  move: ["unreachable", "refused", "wrong_person", "wrong_address", "emergency", "vehicle_breakdown", "accident", "dependant_left_alone"],
  handover: ["site_refused", "room_not_ready", "wrong_site", "emergency", "property_lost", "cross_infection"],
};

const reasonsOf = (step: Step): ProblemReason[] => [...USUAL[step], ...PROBLEM_REASONS.filter((reason) => !USUAL[step].includes(reason))];
