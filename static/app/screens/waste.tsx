import { Nothing } from "../elements/banner.tsx";
import { Choice, Stepper, Text, decimalNumber, isNumberIn, typedOrNull } from "../elements/fields.tsx";
import { Marks } from "../elements/marks.tsx";
import { roomWords } from "../messages/rooms.ts";
import { clock } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import { isActOf } from "../projection/acts.ts";
import type { SiteId } from "../records.ts";
import { useDraft } from "./drafts.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { UndoLine } from "./undo.tsx";

interface Form { bags: number | null; weight: string; days: string; handed: string; collected: string; company: string }

/** Infectious waste leaves: bags, weight, since when it was there, and a name for each side. */
export function WasteScreen() {
  const { phone, view, now } = usePhone();
  const saving = useSaving();
  const says = roomWords();
  const { form, change } = useDraft<Form>("waste", () => ({ bags: null, weight: "", days: "0", handed: phone.user?.name ?? "", collected: "", company: "" }));
  const site = phone.user?.site as SiteId | null | undefined;
  const told = view.acts.filter(isActOf("record_waste")).filter(({ withdrawn }) => !withdrawn);
  const missing = !form.bags || form.bags > 10_000 ? says.bagsFirst : !isNumberIn(form.weight, 0, 100_000) ? says.weight : form.handed.trim() && form.collected.trim() && form.handed.trim() !== form.collected.trim() ? null : says.namesFirst;
  if (!site) return <Page title={says.waste} back="#/rooms"><Nothing title={words.roomList.nothing}>{words.roomList.nothingHow}</Nothing></Page>;
  const save = () => saving.save(() => phone.act.recordWaste(site, {
    bags: form.bags ?? 0, weight_kg: decimalNumber(form.weight), stored_since: new Date(now - Number(form.days) * 86_400_000).toISOString(),
    handed_by: form.handed.trim(), collected_by: form.collected.trim(), company: typedOrNull(form.company), note: null,
  }), () => change({ bags: null, weight: "", days: "0" }));
  return (
    <Page title={says.waste} under={says.wasteUnder} back="#/rooms" keeps corner={<EmergencyCorner />}
      thumb={<><UndoLine of={{ acts: told }} /><SaveButton saving={saving} missing={missing} onPress={save}>{says.wasteSave}</SaveButton></>}>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Stepper label={says.bags} value={form.bags} onChange={(bags) => change({ bags })} />
        <Text label={says.weight} mode="decimal" value={form.weight} onChange={(weight) => change({ weight })} />
        <Choice legend={says.stored} columns options={says.days.map((day, at) => [String(at), day] as const)} chosen={form.days} onChange={(days) => change({ days })} />
        <Text label={says.handedBy} value={form.handed} onChange={(handed) => change({ handed })} />
        <Text label={says.collectedBy} value={form.collected} onChange={(collected) => change({ collected })} />
        <Text label={says.company} value={form.company} onChange={(company) => change({ company })} />
      </form>
      {told.length > 0 && <h2 class="household-head">{says.wasteDone}</h2>}
      {[...told].reverse().map((act) => (
        <p key={act.id} class="person"><span>{clock(act.at, now)} <b>{says.bags} {act.args.bags}</b> {act.args.handed_by} → {act.args.collected_by}</span><Marks mark={act.mark} stacked /></p>
      ))}
    </Page>
  );
}
