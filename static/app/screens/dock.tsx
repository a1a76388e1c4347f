import { Icon } from "../elements/icon.tsx";
import { Choice, Stepper, Text, optionsOf } from "../elements/fields.tsx";
import type { TransferId } from "../records.ts";
import { goesHome } from "../rules/gates.ts";
import { clock } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import { argumentsFrom, freshCall, missingIn, type CallForm } from "./dock-form.ts";
import { useDraft } from "./drafts.ts";
import { OfTransfer, goTo, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { ReadinessHeard } from "./readiness.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { DockState } from "./step-bodies.tsx";
import { dockOf } from "./way-words.ts";

/** Form F2: the site's answer so far, each call that was made, and the record of the next one. */
export const DockScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <Docking transfer={shown} />}</OfTransfer>
);

function Docking({ transfer }: { transfer: OneTransfer }) {
  const { phone } = usePhone();
  const saving = useSaving();
  const { destination, lines } = transfer;
  const said = dockOf(transfer);
  const { form, change, drop } = useDraft<CallForm>(`dock call ${transfer.id}`, () => freshCall(transfer));
  const save = () => saving.save(() => phone.act.recordDockCall(transfer.id, argumentsFrom(form, phone.now())), () => {
    drop();
    goTo(`#/transfer/${transfer.id}`);
  });
  return (
    <Page title={said.title} under={destination.name} back={`#/transfer/${transfer.id}`} keeps corner={<EmergencyCorner transfer={transfer.id} />}
      thumb={<SaveButton saving={saving} missing={missingIn(form)} onPress={save}>{form.result === "confirmed" ? said.saveOnBehalf : said.save}</SaveButton>}>
      <section class="sheet-part">
        <DockState transfer={transfer} />
        <p>{said.wants(lines.length, new Set(lines.flatMap(({ room }) => room?.id ?? [])).size)}</p>
        {destination.phone && <a class="button" href={`tel:${destination.phone}`}><Icon name="call" />{said.callSite} {destination.phone}</a>}
        {transfer.backup && (transfer.backup.phone
          ? <a class="button" href={`tel:${transfer.backup.phone}`}><Icon name="call" />{words.dock.backup} {transfer.backup.name}</a>
          : <p class="quiet">{words.dock.backup}{words.colon}{transfer.backup.name}</p>)}
      </section>
      <Calls transfer={transfer} />
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <h2>{words.dock.record}</h2>
        <Choice legend={words.dock.result} options={optionsOf(words.dockResults)} chosen={form.result} onChange={(result) => change({ result })} />
        {form.result !== "no_answer" && <Text label={words.dock.who} value={form.who} onChange={(who) => change({ who })} />}
        {form.result === "confirmed" && !goesHome(transfer) && (
          <>
            <Stepper label={words.dock.roomsPromised} value={form.rooms_promised} onChange={(rooms_promised) => change({ rooms_promised })} />
            <ReadinessHeard transfer={transfer} form={form} onChange={change} />
          </>
        )}
        {form.result === "confirmed" && <Text label={words.dock.gate} value={form.gate} onChange={(gate) => change({ gate })} />}
        {form.result === "refused" && <Choice legend={words.reason} options={optionsOf(words.dockRefusals)} chosen={form.reason} onChange={(reason) => change({ reason })} />}
        <Text label={words.dock.number} type="tel" value={form.number} onChange={(number) => change({ number })} />
        <Text label={words.note} lines={2} value={form.note} onChange={(note) => change({ note })} />
      </form>
    </Page>
  );
}

function Calls({ transfer }: { transfer: OneTransfer }) {
  const { now } = usePhone();
  if (!transfer.dock.calls.length) return <p class="row quiet">{words.dock.noCalls}</p>;
  return (
    <section class="household">
      <h2 class="household-head">{words.dock.calls}</h2>
      <ul class="rows">
        {transfer.dock.calls.map((call) => (
          <li class="row" key={call.at}>
            <span class="row-text">
              <b>{words.dockResults[call.result]}</b>{call.rooms_promised !== null && `${words.comma}${words.dock.promised(call.rooms_promised)}`}<br />
              <span class="quiet">{[call.number, call.answered_by, call.by].filter(Boolean).join(words.comma)}</span>
            </span>
            <span class="row-end">{clock(call.at, now)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
