import { useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Choice, Text, Tick, decimalNumber, isNumberIn } from "../elements/fields.tsx";
import type { ShownStay } from "../projection/view.ts";
import type { StayId, TestKind, TestResult } from "../records.ts";
import { releases } from "../rules/clocks.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { roomOf, stayWords } from "./stay-words.ts";

const POSITIVES = ["confirmed", "asymptomatic", "screen_positive"];

/** One result of a test, and nothing else to press. What a positive sets in motion is said before it is saved. */
export function TestSheet({ stay }: { stay: ShownStay }) {
  const { phone, view, now } = usePhone();
  const said = stayWords();
  const saving = useSaving();
  const [kind, setKind] = useState<TestKind>("person");
  const [result, setResult] = useState<TestResult | null>(null);
  const [ct, setCt] = useState("");
  const [yesterday, setYesterday] = useState(false);
  const value = result === "positive" ? decimalNumber(ct) : null;
  const isNews = kind === "person" && result === "positive" && !POSITIVES.includes(stay.category ?? "") && !releases({ result, ct: value } as never);
  const samples = kind === "person" ? (stay.clock?.samples ?? 1) : 1;
  const takenAt = yesterday ? new Date(now - 86_400_000).toISOString() : null;
  const missing = !result ? said.askResult : result === "positive" && !isNumberIn(ct, 0, 60) ? said.ct : null;
  const back = `#/stay/${stay.id}`;
  const save = () => saving.save(() => phone.act.recordTestResult(stay.id as StayId, { result: result!, kind, taken_at: takenAt, ct: value, samples, note: null }),
    () => { location.hash = back; });
  return (
    <Page title={stay.name} large under={[said.recordTest, roomOf(stay, view)?.number].filter(Boolean).join("　")} back={back} corner={<EmergencyCorner />}
      thumb={<SaveButton saving={saving} missing={missing} onPress={save}>{said.recordTest}</SaveButton>}>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        {stay.clock?.environment && <Choice legend={said.whose} columns options={[["person", said.person], ["environment", said.environment]]} chosen={kind} onChange={setKind} />}
        <Choice legend={said.result} columns options={Object.entries(said.results) as [TestResult, string][]} chosen={result} onChange={setResult} />
        {result === "positive" && <Text label={said.ct} mode="decimal" value={ct} onChange={setCt} />}
        <Tick checked={yesterday} onChange={setYesterday}>{said.sampledYesterday}</Tick>
        {isNews && <Banner look="stop">{said.positiveStops}</Banner>}
      </form>
    </Page>
  );
}
