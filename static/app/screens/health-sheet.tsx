import { useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Stepper, Text, Ticks, decimalNumber, isTemperature, optionsOf, typedOrNull } from "../elements/fields.tsx";
import { words } from "../messages/words.ts";
import type { ShownStay } from "../projection/view.ts";
import type { DayPart, StayId } from "../records.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { isSick } from "./round.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { roomOf, stayWords } from "./stay-words.ts";

/** What a round sees of one person, where "well" does not say it. */
export function HealthSheet({ stay, part }: { stay: ShownStay; part: DayPart }) {
  const { phone, view } = usePhone();
  const said = stayWords();
  const saving = useSaving();
  const [temperature, setTemperature] = useState("");
  const [symptoms, setSymptoms] = useState<string[]>([]);
  const [medicineDays, setMedicineDays] = useState<number | null>(null);
  const [request, setRequest] = useState("");
  const degrees = decimalNumber(temperature);
  const missing = temperature.trim() && isTemperature(temperature) ? null : said.temperatureFirst;
  const save = () => saving.save(() => phone.act.recordHealth(stay.id as StayId, {
    part, temperature: degrees, symptoms, medicine_days: medicineDays, request: typedOrNull(request),
  }), () => { location.hash = "#/round"; });
  return (
    <Page title={stay.name} large under={[said.roundTitle(said.roundOf[part]), roomOf(stay, view)?.number].filter(Boolean).join("　")} back="#/round" corner={<EmergencyCorner />}
      thumb={<SaveButton saving={saving} missing={missing} onPress={save}>{said.saveRound}</SaveButton>}>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Text label={said.temperature} mode="decimal" value={temperature} onChange={setTemperature} />
        {isSick(stay, degrees, symptoms.filter((code) => code === "fever")) && <Banner look="stop">{said.feverStops(stay.fever_from ?? 37.3)}</Banner>}
        <Ticks legend={said.symptoms} columns options={optionsOf(words.symptoms)} chosen={symptoms} onChange={setSymptoms} />
        <Stepper label={said.medicine} value={medicineDays} onChange={setMedicineDays} />
        <Text label={said.request} value={request} onChange={setRequest} />
      </form>
    </Page>
  );
}
