import { useState } from "preact/hooks";
import { Badge, Banner } from "../elements/banner.tsx";
import { Choice, Stepper, Text, Tick, Ticks, optionsOf } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { Plate } from "../elements/plate.tsx";
import type { LineId, TransferId } from "../records.ts";
import { leavesHome } from "../rules/gates.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownLine } from "../projection/view.ts";
import { useDraft } from "./drafts.ts";
import { OfTransfer, goTo, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { personFacts } from "./transfer-words.ts";
import { DOOR, argumentsFrom, freshForm, gapsIn, mustAnswer, sharedPart, type VerifyForm } from "./verify-form.ts";

/** Form F1: verify one person. Who stays behind at home is asked with no default. */
export const VerifyPersonScreen = ({ transfer, line }: { transfer: TransferId; line: LineId }) => (
  <OfTransfer transfer={transfer}>
    {(shown) => {
      const person = shown.lines.find(({ id }) => id === line);
      return person && <VerifyPerson key={line} transfer={shown} line={person} />;
    }}
  </OfTransfer>
);

type Change = (part: Partial<VerifyForm>) => void;
interface PartProps { form: VerifyForm; change: Change; line: ShownLine }

function VerifyPerson({ transfer, line }: { transfer: OneTransfer; line: ShownLine }) {
  const { phone } = usePhone();
  const saving = useSaving();
  const { form, change, drop } = useDraft(`verify ${line.id}`, () => freshForm(line));
  const leaves = leavesHome(transfer);
  const missing = mustAnswer(form, leaves);
  const gaps = gapsIn(form, leaves);
  const save = () => saving.save(() => phone.act.verifyPerson(transfer.id, argumentsFrom(form, line)), () => {
    sameHome = { household: line.household, name: line.name, part: sharedPart(form) };
    drop();
    goTo(`#/transfer/${transfer.id}/verify${nextOfHome(transfer, line)}`);
  });
  return (
    <Page title={line.name} large under={`${words.verify.title}　${personFacts(line)}`} back={`#/transfer/${transfer.id}/verify`} keeps
      corner={<EmergencyCorner transfer={transfer.id} />}
      thumb={<SaveButton saving={saving} missing={missing && words.verify[missing]} onPress={save}>{gaps.length ? words.verify.saveIncomplete(gaps.length) : words.verify.save}</SaveButton>}>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Who line={line} />
        <SameHome line={line} change={change} />
        <Door form={form} change={change} line={line} legend={leaves ? words.verify.address : words.verify.addressHome} />
        <Ticks legend={words.verify.identity} options={optionsOf(words.identity)} chosen={form.identity} onChange={(identity) => change({ identity })} />
        {leaves && <StaysBehind form={form} change={change} line={line} />}
        {leaves && <Pets form={form} change={change} line={line} />}
        <Tick checked={form.told} onChange={(told) => change({ told })}>{leaves ? words.verify.told : words.verify.toldHome}</Tick>
        <Choice legend={words.verify.agrees} options={optionsOf(words.agrees)} chosen={form.agrees} onChange={(agrees) => change({ agrees })} />
        <Health form={form} change={change} line={line} />
        <Choice legend={words.verify.sources} columns options={[["agree", words.verify.sourcesAgree], ["differ", words.verify.sourcesDiffer]]}
          chosen={form.sources} onChange={(sources) => change({ sources })} />
        {leaves && <Whereabouts form={form} change={change} line={line} />}
        <Text label={words.note} lines={2} value={form.note} onChange={(note) => change({ note })} />
      </form>
    </Page>
  );
}

/** The next one of the same home, for they are asked together. */
function nextOfHome({ lines }: OneTransfer, { id, household }: ShownLine): string {
  const next = household && lines.find((other) => other.household === household && other.id !== id && !other.verified && other.state === "expected");
  return next ? `/${next.id}` : "";
}

function Who({ line }: { line: ShownLine }) {
  return (
    <div class="who">
      <p>{line.category && words.categories[line.category]}{line.id_tail && <>{words.comma}{words.idTail} <b>{line.id_tail}</b></>}</p>
      {line.words && <p class="quiet">{words.verify.inTheirWords}{words.colon}{line.words}</p>}
      <div class="pair">
        {[line.phone, line.second_phone].map((number) => number && <a key={number} class="button" href={`tel:${number}`}><Icon name="call" />{number}</a>)}
      </div>
    </div>
  );
}

/** What the person verified last said, for the next one of the same home: a family of five takes minutes, not half an hour. */
let sameHome: { household: string | null; name: string; part: Partial<VerifyForm> } | null = null;

function SameHome({ line, change }: { line: ShownLine; change: Change }) {
  const [taken, setTaken] = useState(false);
  if (taken || !sameHome?.household || sameHome.household !== line.household || sameHome.name === line.name) return null;
  const { name, part } = sameHome;
  return <button type="button" class="button" onClick={() => { change(part); setTaken(true); }}><Icon name="house" />{words.verify.sameAs(name)}</button>;
}

function Door({ form, change, line, legend }: PartProps & { legend: string }) {
  const correct = (part: (typeof DOOR)[number], value: string) => change({ door: { ...form.door, [part]: value } });
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class="ticks">
        <p class="door-line"><span>{line.address?.compound}</span><Plate address={line.address} /></p>
        <Tick checked={form.readBack} onChange={(readBack) => change({ readBack, wrongAddress: false })}>{words.verify.addressRight}</Tick>
        <Tick checked={form.wrongAddress} onChange={(wrongAddress) => change({ wrongAddress, readBack: false })}>{words.verify.addressWrong}</Tick>
        {form.wrongAddress && (
          <div class="thirds">{DOOR.map((part) => <Text key={part} label={words[part]} value={form.door[part]} onChange={(value) => correct(part, value)} />)}</div>
        )}
      </div>
    </fieldset>
  );
}

function StaysBehind({ form, change }: PartProps) {
  return (
    <div class="ticks">
      <Choice legend={words.verify.staysBehind} asked options={optionsOf(words.staysBehind)} chosen={form.stays} onChange={(stays) => change({ stays })} />
      {form.stays && form.stays !== "nobody" && <Text label={words.verify.staysWho} value={form.staysWho} onChange={(staysWho) => change({ staysWho })} />}
      {form.stays === "carer" && <Text label={words.verify.carerName} value={form.carerName} onChange={(carerName) => change({ carerName })} />}
      {form.stays === "carer" && <Text label={words.verify.carerPhone} type="tel" value={form.carerPhone} onChange={(carerPhone) => change({ carerPhone })} />}
      {form.stays === "desk" && <Text label={words.verify.deskName} value={form.deskName} onChange={(deskName) => change({ deskName })} />}
    </div>
  );
}

function Pets({ form, change }: PartProps) {
  return (
    <div class="ticks">
      <Choice legend={words.verify.pets} options={optionsOf(words.pets)} chosen={form.pets} onChange={(pets) => change({ pets })} />
      {form.pets === "carer" && <Text label={words.verify.petsWho} value={form.petsWho} onChange={(petsWho) => change({ petsWho })} />}
    </div>
  );
}

function Health({ form, change, line }: PartProps) {
  const known = [...new Set([...USUAL_NEEDS, ...line.needs.map(({ code }) => code)])];
  const details = line.needs.filter(({ detail }) => detail);
  return (
    <div class="ticks">
      <Ticks legend={words.verify.needs} columns options={known.map((code) => [code, wordFor(words.needs, code)] as const)} chosen={form.needs} onChange={(needs) => change({ needs })} />
      {details.length > 0 && <p class="badges">{details.map(({ code, detail }) => <Badge key={code} look="watch">{wordFor(words.needs, code)} {detail}</Badge>)}</p>}
      <Ticks legend={words.verify.symptoms} columns options={optionsOf(words.symptoms)} chosen={form.symptoms} onChange={(symptoms) => change({ symptoms })} />
      <div class="pair">
        <Text label={words.verify.temperature} mode="decimal" value={form.temperature} onChange={(temperature) => change({ temperature })} />
        <Stepper label={words.verify.medicineDays} value={form.medicineDays} onChange={(medicineDays) => change({ medicineDays })} />
      </div>
      {form.symptoms.includes("fever") && <Banner look="watch">{words.boarding.feverHow}</Banner>}
    </div>
  );
}

const USUAL_NEEDS = ["wheelchair", "hard_to_walk", "hearing", "oxygen", "insulin", "dialysis", "pregnant", "medicine"];

function Whereabouts({ form, change }: PartProps) {
  return (
    <div class="ticks">
      <Choice legend={words.verify.whereabouts} columns options={optionsOf(words.whereabouts)} chosen={form.whereabouts} onChange={(whereabouts) => change({ whereabouts })} />
      {form.whereabouts === "elsewhere" && <Text label={words.verify.whereaboutsNote} value={form.whereaboutsNote} onChange={(whereaboutsNote) => change({ whereaboutsNote })} />}
      <Tick checked={form.phoneWorks} onChange={(phoneWorks) => change({ phoneWorks })}>{words.verify.phone}</Tick>
    </div>
  );
}
