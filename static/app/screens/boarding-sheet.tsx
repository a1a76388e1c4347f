import { useState } from "preact/hooks";
import { Badge, Banner } from "../elements/banner.tsx";
import { Text, Tick, Ticks, decimalNumber, isTemperature, optionsOf, typedOrNull } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { Plate } from "../elements/plate.tsx";
import type { IdentityCode } from "../operations.ts";
import type { LineId, LineOutcome } from "../records.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownLine } from "../projection/view.ts";
import type { OneTransfer } from "./of-transfer.tsx";
import { GoAnyway, stopping, useGates } from "./gates.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { isExpected, personFacts } from "./transfer-words.ts";

/** One person at the door: one yes, six exceptions. Identity, temperature, mask and seat are one tap away, never walls. */
export function AskedPerson({ transfer, line, differs, onDone }: {
  transfer: OneTransfer; line: ShownLine; differs: boolean; onDone: () => void;
}) {
  const { phone } = usePhone();
  const saving = useSaving(line.id);
  const [filled, fill] = useState<Filled>({ line: line.id, more: false, form: FRESH });
  const { more, form } = filled.line === line.id ? filled : { more: false, form: FRESH };
  const gates = stopping(useGates("board_person", transfer, { line: line.id }));
  const missing = isTemperature(form.temperature) ? null : words.verify.temperature;
  const board = (allowed_by: string | null) => saving.save(() => phone.act.boardPerson(transfer.id, {
    line: line.id, identity: form.identity, temperature: decimalNumber(form.temperature), mask: form.mask, seat: typedOrNull(form.seat), allowed_by,
  }), onDone);
  const record = (outcome: LineOutcome) => saving.save(() => phone.act.recordOutcome(transfer.id, { line: line.id, outcome, note: null }), () => {
    onDone();
    if (outcome === "emergency" || outcome === "unfit") location.hash = `#/transfer/${transfer.id}/emergency/${line.id}`;
  });
  return (
    <>
      <div class="sheet-top">
        <div>
          <p class="sheet-name"><span class="room">{line.name}</span><span>{personFacts(line)}{line.id_tail && <>{words.comma}{words.idTail} <b>{line.id_tail}</b></>}</span></p>
          {line.from_room ? <p class="door-line">{line.from_room.building} <b class="room">{line.from_room.number}</b></p> : <Plate address={line.address} differs={differs} />}
          {line.needs.length > 0 && <p class="badges">{line.needs.map((need) => <Badge key={need.code} look="watch" icon="watch">{wordFor(words.needs, need.code)} {need.detail}</Badge>)}</p>}
        </div>
        <div>
          {line.phone && <a class="button" href={`tel:${line.phone}`} aria-label={`${words.call} ${line.name}`}><Icon name="call" /></a>}
          <button type="button" class="button" aria-expanded={more} onClick={() => fill({ line: line.id, form, more: !more })}>{words.more}</button>
        </div>
      </div>
      {more && <Checks key={line.id} form={form} change={(part) => fill({ line: line.id, more, form: { ...form, ...part } })} />}
      <div class="choices" role="group" aria-label={words.boarding.exceptions}>
        {optionsOf(words.outcomes).map(([outcome, word]) => <button key={outcome} type="button" class="button" disabled={saving.busy} onClick={() => record(outcome)}>{word}</button>)}
      </div>
      {gates.length > 0 && isExpected(line) && !missing ? (
        <>
          <GoAnyway key={line.id} gates={gates} what={words.boarding.aboard} busy={saving.busy} onGo={board} />
          <a class="button main not-yet" href={`#/transfer/${transfer.id}/verify/${line.id}`}>{words.verify.askFirst}</a>
        </>
      ) : <SaveButton saving={saving} missing={missing} onPress={() => board(null)}><Icon name="check" />{words.boarding.aboard}{form.identity.length > 0 && <small>{words.and(form.identity.map((code) => words.identity[code]))}</small>}</SaveButton>}
    </>
  );
}

interface ChecksForm { identity: IdentityCode[]; temperature: string; mask: boolean | null; seat: string }

/** What was answered about this person; the same sheet then asks for the next one, and begins afresh. */
interface Filled { line: LineId; more: boolean; form: ChecksForm }

/** At the door the usual two are looked at; what was not is taken away with one tap, under "more". */
const FRESH: ChecksForm = { identity: ["id_card", "face"], temperature: "", mask: null, seat: "" };

function Checks({ form, change }: { form: ChecksForm; change: (part: Partial<ChecksForm>) => void }) {
  const fever = (decimalNumber(form.temperature) ?? 0) >= FEVER_FROM;
  return (
    <div class="checks">
      <Ticks legend={words.boarding.identity} columns options={optionsOf(words.identity)} chosen={form.identity} onChange={(identity) => change({ identity })} />
      <div class="pair">
        <Text label={words.verify.temperature} mode="decimal" value={form.temperature} onChange={(temperature) => change({ temperature })} />
        <Text label={words.boarding.seat} value={form.seat} onChange={(seat) => change({ seat })} />
      </div>
      <Tick checked={form.mask === true} onChange={(mask) => change({ mask })}>{words.boarding.mask}</Tick>
      {fever && <Banner look="watch">{words.boarding.feverHow}</Banner>}
    </div>
  );
}

const FEVER_FROM = 37.3; // degrees Celsius, the limit at which crews hand a person to the 120 ambulance
