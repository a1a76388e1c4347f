import { useState } from "preact/hooks";
import { Badge } from "../elements/banner.tsx";
import { Choice, Text, decimalNumber, isTemperature, typedOrNull } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import type { Reception, RoomId } from "../records.ts";
import type { ReceptionRefusal } from "../operations.ts";
import { goesHome } from "../rules/gates.ts";
import { laterWords } from "../messages/later.ts";
import { wordFor, words } from "../messages/words.ts";
import type { ShownLine } from "../projection/view.ts";
import type { OneTransfer } from "./of-transfer.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { personFacts } from "./transfer-words.ts";

/** One person at the door: received into a room (or, at a community, home), refused with a reason, or not there. */
export function AskedReception({ transfer, line, onDone }: { transfer: OneTransfer; line: ShownLine; onDone: () => void }) {
  const { phone } = usePhone();
  const saving = useSaving();
  const [asking, ask] = useState<"refusal" | "room" | null>(null);
  const [room, setRoom] = useState<RoomId | null>(line.received?.room ?? line.room?.id ?? null);
  const [temperature, setTemperature] = useState("");
  const [why, setWhy] = useState<Why>({ reason: null, note: "" });
  const missing = isTemperature(temperature) ? null : words.verify.temperature;
  const record = (outcome: Reception, reason: ReceptionRefusal | null, note: string | null) => saving.save(() => phone.act.receivePerson(transfer.id, {
    line: line.id, outcome, room: outcome === "received" ? room : null, reason, temperature: missing ? null : decimalNumber(temperature), note,
  }), onDone);
  const home = goesHome(transfer);
  const number = useRoomNumber(room) ?? line.room?.number;
  return (
    <>
      <p class="sheet-name"><span class="room">{line.name}</span><span>{personFacts(line)}{line.id_tail && <>{words.comma}{words.idTail} <b>{line.id_tail}</b></>}</span></p>
      <p class="badges">
        {line.category && <Badge look="plain">{words.categories[line.category]}</Badge>}
        {line.needs.map((need) => <Badge key={need.code} look="watch" icon="watch">{wordFor(words.needs, need.code)} {need.detail}</Badge>)}
      </p>
      {asking === "refusal" && <Refusal reasons={home ? AT_HOME : AT_A_SITE} why={why} change={(part) => setWhy({ ...why, ...part })} />}
      {asking === "room" && <RoomChoice room={room} onRoom={(chosen) => { setRoom(chosen); ask(null); }} />}
      {asking === "room" && <Text label={words.verify.temperature} mode="decimal" value={temperature} onChange={setTemperature} />}
      <div class="choices">
        {!home && <button type="button" class="button" aria-expanded={asking === "room"} onClick={() => ask(asking === "room" ? null : "room")}>{laterWords().receive.otherRoom}</button>}
        <button type="button" class="button" disabled={saving.busy} onClick={() => record("absent", null, null)}>{laterWords().receive.absent}</button>
        <button type="button" class="button" aria-expanded={asking === "refusal"} onClick={() => ask(asking === "refusal" ? null : "refusal")}>{laterWords().receive.refuse}…</button>
      </div>
      {asking === "refusal" ? (
        <SaveButton key="refuse" saving={saving} missing={why.reason ? null : laterWords().receive.why} onPress={() => record("refused", why.reason, typedOrNull(why.note))}>
          {laterWords().receive.refuse}{words.colon}{why.reason && words.refusalReasons[why.reason]}
        </SaveButton>
      ) : (
        <SaveButton key="receive" saving={saving} missing={missing} onPress={() => record("received", null, null)}>
          <Icon name="check" />{home ? laterWords().receive.receivedHome : number ? laterWords().receive.received(number) : laterWords().receive.receivedNoRoom}
        </SaveButton>
      )}
    </>
  );
}

interface Why { reason: ReceptionRefusal | null; note: string }

function Refusal({ reasons, why, change }: { reasons: readonly ReceptionRefusal[]; why: Why; change: (part: Partial<Why>) => void }) {
  return (
    <div class="checks">
      <Choice legend={laterWords().receive.why} columns options={reasons.map((code) => [code, words.refusalReasons[code]] as const)} chosen={why.reason} onChange={(reason) => change({ reason })} />
      <Text label={words.note} value={why.note} onChange={(note) => change({ note })} />
    </div>
  );
}

const AT_A_SITE: readonly ReceptionRefusal[] = ["no_room", "fever", "wrong_person", "not_on_list", "category", "younger_test", "other"];
const AT_HOME: readonly ReceptionRefusal[] = ["younger_test", "fever", "wrong_person", "not_on_list", "other"];

/** Rooms that are ready at this site. The system's own list opens: large, and it scrolls with a thumb. */
export function RoomChoice({ room, onRoom, label }: { room: RoomId | null; onRoom: (room: RoomId) => void; label?: string }) {
  const { view } = usePhone();
  const ready = view.rooms.filter((one) => one.state === "ready" || one.id === room);
  if (!ready.length) return <p class="quiet">{laterWords().receive.noRoom}</p>;
  return (
    <p class="field">
      <label>
        {label ?? laterWords().receive.chooseRoom}
        <select value={room ?? ""} onChange={(event) => event.currentTarget.value && onRoom(event.currentTarget.value as RoomId)}>
          <option value="">—</option>
          {ready.map((one) => <option key={one.id} value={one.id}>{one.building} {one.number}</option>)}
        </select>
      </label>
    </p>
  );
}

const useRoomNumber = (room: RoomId | null): string | undefined => usePhone().view.rooms.find(({ id }) => id === room)?.number;
