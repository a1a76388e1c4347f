import { useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Choice, Text, Tick, optionsOf, typedOrNull } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import type { HospitalId, LineId, TransferId } from "../records.ts";
import { clock } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import { HospitalCard, nearestHospitals } from "./hospitals.tsx";
import type { OneTransfer } from "./of-transfer.tsx";
import { Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { pathOf, usePhone } from "./shown.tsx";

/**
 * Emergency, in every state of a transfer and without one: call 120, see hospitals offline, record. Nothing gates it, and what
 * follows it (handing a person to the ambulance) stands on the same page.
 */
export function EmergencyScreen({ transfer, line }: { transfer?: TransferId; line?: LineId }) {
  const { view } = usePhone();
  const shown = transfer && (view.transfer(transfer) as OneTransfer | undefined);
  return shown ? <EmergencyOf transfer={shown} line={line ?? null} /> : (
    <Page title={words.aid.title} back="#/"><Call120 /><HospitalList /></Page>
  );
}

function EmergencyOf({ transfer, line }: { transfer: OneTransfer; line: LineId | null }) {
  const shown = usePhone();
  const { phone } = shown;
  const saving = useSaving();
  const [who, setWho] = useState<LineId | "" | null>(line);
  const [called, setCalled] = useState(false);
  const [hospital, setHospital] = useState<HospitalId | null>(null);
  const [note, setNote] = useState("");
  const save = () => saving.save(() => phone.act.reportEmergency(transfer.id, { line: who || null, called_120: called, hospital, note: typedOrNull(note) }),
    () => {
      [setWho, setHospital].forEach((clear) => clear(null));
      setCalled(false);
      setNote("");
      document.querySelector("main")?.scrollTo(0, 0);
    });
  const people: [LineId | "", string][] = [...transfer.lines.map(({ id, name }): [LineId, string] => [id, name]), ["", words.aid.nobody]];
  return (
    <Page title={words.aid.title} under={transfer.destination.name} back={pathOf(transfer.id, shown)}
      thumb={<SaveButton saving={saving} onPress={save}>{words.aid.save}</SaveButton>}>
      <Call120 onCall={() => setCalled(true)} />
      <Recorded transfer={transfer} />
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Choice legend={words.aid.who} columns options={people} chosen={who} onChange={setWho} />
        <Tick checked={called} onChange={setCalled}>{words.aid.called}</Tick>
        <Text label={words.note} lines={2} value={note} onChange={setNote} />
      </form>
      <HospitalList chosen={hospital} onChoose={setHospital} near={transfer} />
    </Page>
  );
}

const Call120 = ({ onCall }: { onCall?: () => void }) => (
  <section class="sheet-part">
    <a class="button emergency main" href="tel:120" onClick={onCall}><Icon name="call" />{words.aid.call120}</a>
    <p class="quiet">{words.aid.always}</p>
  </section>
);

/** What was recorded before, each with the way on: who took the person over. */
function Recorded({ transfer }: { transfer: OneTransfer }) {
  const { now } = usePhone();
  return (
    <>
      {transfer.emergencies.map((emergency) => {
        const line = transfer.lines.find(({ id }) => id === emergency.line);
        return (
          <section key={emergency.id} class="sheet-part">
            <Banner look="fine">{words.aid.recorded(clock(emergency.at, now), line?.name ?? words.aid.someone)}</Banner>
            {line?.mark && <Marks mark={line.mark} />}
            {line && line.state !== "elsewhere" && <HandToCare transfer={transfer} line={line.id} hospital={emergency.hospital} />}
          </section>
        );
      })}
    </>
  );
}

function HandToCare({ transfer, line, hospital }: { transfer: OneTransfer; line: LineId; hospital: HospitalId | null }) {
  const { phone } = usePhone();
  const saving = useSaving();
  const [to, setTo] = useState<"ambulance_120" | "hospital">("ambulance_120");
  const [takenBy, setTakenBy] = useState("");
  const save = () => saving.save(() => phone.act.handToCare(transfer.id, { line, to, hospital, taken_by: typedOrNull(takenBy), note: null }));
  return (
    <div class="checks">
      <Choice legend={words.aid.handTo} columns options={optionsOf(words.care)} chosen={to} onChange={setTo} />
      <Text label={words.aid.takenBy} value={takenBy} onChange={setTakenBy} />
      {saving.fault && <Banner look="stop">{saving.fault}</Banner>}
      <button type="button" class="button" disabled={saving.busy} onClick={save}>{words.aid.handSave}</button>
    </div>
  );
}

function HospitalList({ chosen, onChoose, near }: { chosen?: HospitalId | null; onChoose?: (hospital: HospitalId) => void; near?: OneTransfer }) {
  const { view } = usePhone();
  const place = near && (near.stops.find(({ lat }) => lat !== null) ?? near.destination);
  return (
    <section aria-label={words.aid.hospitals} class="cards">
      {nearestHospitals(view.hospitals, place).slice(0, SHOWN_HOSPITALS).map(({ hospital, km }) => (
        <HospitalCard key={hospital.id} hospital={hospital} km={km}>
          {onChoose && <Tick checked={chosen === hospital.id} onChange={() => onChoose(hospital.id as HospitalId)}>{words.aid.hospital}</Tick>}
        </HospitalCard>
      ))}
      <a class="button" href="#/hospitals">{words.aid.hospitals}</a>
    </section>
  );
}

const SHOWN_HOSPITALS = 6;
