import { Banner } from "../elements/banner.tsx";
import { Choice, Stepper, Text, optionsOf } from "../elements/fields.tsx";
import type { Arguments } from "../operations.ts";
import type { TransferId } from "../records.ts";
import { clock } from "../messages/times.ts";
import { laterWords } from "../messages/later.ts";
import { words } from "../messages/words.ts";
import { useDraft } from "./drafts.ts";
import { OfTransfer, goTo, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";

/** After the trip: without this record the vehicle cannot be assigned again. */
export const DisinfectionScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <DisinfectionForm transfer={shown} />}</OfTransfer>
);

type Disinfect = Arguments["disinfect_vehicle"];
interface Form { agent: Disinfect["agent"]; strength: number | null; contact: number | null; aired: number | null; by: string; place: Disinfect["place"] }

/** The usual: chlorine 1,000 mg/L for half an hour, then half an hour of air (domain §4.6, R-11, R-13). */
const usual = (by: string): Form => ({ agent: "chlorine", strength: 1000, contact: 30, aired: 30, by, place: "site" });

function DisinfectionForm({ transfer }: { transfer: OneTransfer }) {
  const { phone, now } = usePhone();
  const saving = useSaving();
  const { form, change, drop } = useDraft<Form>(`disinfection ${transfer.id}`, () => usual(phone.user?.name ?? ""));
  const save = () => saving.save(() => phone.act.disinfectVehicle(transfer.id, {
    agent: form.agent, strength_mg_l: form.agent === "uv" ? null : form.strength, contact_minutes: form.contact ?? 0, aired_minutes: form.aired ?? 0,
    by_name: form.by.trim(), place: form.place,
  }), () => {
    drop();
    goTo(`#/transfer/${transfer.id}`);
  });
  return (
    <Page title={laterWords().disinfection.title} under={transfer.vehicle?.plate ?? ""} back={`#/transfer/${transfer.id}`} keeps
      corner={<EmergencyCorner transfer={transfer.id} />}
      thumb={<SaveButton saving={saving} missing={form.by.trim() ? null : laterWords().disinfection.byFirst} onPress={save}>{laterWords().disinfection.save}</SaveButton>}>
      {transfer.disinfection
        ? <Banner look="fine">{words.transfer.disinfected(clock(transfer.disinfection.at, now))}{words.comma}{transfer.disinfection.by_name}</Banner>
        : <Banner look="plain" icon="spray">{laterWords().disinfection.how}</Banner>}
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Choice legend={laterWords().disinfection.agent} options={optionsOf(words.agents)} chosen={form.agent} onChange={(agent) => change({ agent })} />
        {form.agent !== "uv" && <Stepper label={laterWords().disinfection.strength} by={250} value={form.strength} onChange={(strength) => change({ strength })} />}
        <Stepper label={laterWords().disinfection.contact} by={5} value={form.contact} onChange={(contact) => change({ contact })} />
        <Stepper label={laterWords().disinfection.aired} by={5} value={form.aired} onChange={(aired) => change({ aired })} />
        <Choice legend={laterWords().disinfection.place} columns options={optionsOf(words.places)} chosen={form.place} onChange={(place) => change({ place })} />
        <Text label={laterWords().disinfection.by} value={form.by} onChange={(by) => change({ by })} />
      </form>
    </Page>
  );
}
