import { useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Choice, Text, Tick, decimalNumber, isNumberIn } from "../elements/fields.tsx";
import type { ShownStay } from "../projection/view.ts";
import type { StayId, TestKind, TestResult } from "../records.ts";
import { releases } from "../rules/clocks.ts";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { stayWords } from "./stay-words.ts";

const POSITIVES = ["confirmed", "asymptomatic", "screen_positive"];

/** One result. What a positive sets in motion is said before it is saved. */
export function TestForm({ stay }: { stay: ShownStay }) {
  const { phone, now } = usePhone();
  const said = stayWords();
  const saving = useSaving();
  const [kind, setKind] = useState<TestKind>("person");
  const [result, setResult] = useState<TestResult | null>(null);
  const [ct, setCt] = useState("");
  const [yesterday, setYesterday] = useState(false);
  const [open, unfold] = useState(false);
  if (!open) return <p class="form"><button type="button" class="button" onClick={() => unfold(true)}>{said.recordTest}…</button></p>;
  const value = result === "positive" ? decimalNumber(ct) : null;
  const isNews = kind === "person" && result === "positive" && !POSITIVES.includes(stay.category ?? "") && !releases({ result, ct: value } as never);
  const samples = kind === "person" ? (stay.clock?.samples ?? 1) : 1;
  const takenAt = yesterday ? new Date(now - 86_400_000).toISOString() : null;
  const save = () => saving.save(() => phone.act.recordTestResult(stay.id as StayId, { result: result!, kind, taken_at: takenAt, ct: value, samples, note: null }),
    () => { unfold(false); setResult(null); setCt(""); });
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      {stay.clock?.environment && <Choice legend={said.whose} columns options={[["person", said.person], ["environment", said.environment]]} chosen={kind} onChange={setKind} />}
      <Choice legend={said.result} columns options={Object.entries(said.results) as [TestResult, string][]} chosen={result} onChange={setResult} />
      {result === "positive" && <Text label={said.ct} mode="decimal" value={ct} onChange={setCt} />}
      <Tick checked={yesterday} onChange={setYesterday}>{said.sampledYesterday}</Tick>
      {isNews && <Banner look="stop">{said.positiveStops}</Banner>}
      <SaveButton saving={saving} missing={!result ? said.askResult : result === "positive" && !isNumberIn(ct, 0, 60) ? said.ct : null} onPress={save}>{said.recordTest}</SaveButton>
    </form>
  );
}
