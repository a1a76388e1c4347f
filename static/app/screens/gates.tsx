import { useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Text } from "../elements/fields.tsx";
import { GateLine } from "../elements/step.tsx";
import type { LineId, StopId } from "../records.ts";
import { gatesBefore, goesHome, type Button, type Gate, type GateCode } from "../rules/gates.ts";
import type { ShownTransfer } from "../projection/view.ts";
import { words } from "../messages/words.ts";
import { usePhone } from "./shown.tsx";

/** The gates before a button that are not met now. */
export function useGates(button: Button | null, transfer: ShownTransfer, about: { line?: LineId; stop?: StopId } = {}): Gate[] {
  const { now, view } = usePhone();
  return button ? gatesBefore(button, transfer, new Date(now).toISOString(), view.settings, about) : [];
}

export const stopping = (gates: Gate[]): Gate[] => gates.filter((gate) => gate.stops);

/** The gates that guard step 5, met ones ticked, each other with what is missing. */
export function MoveGates({ transfer }: { transfer: ShownTransfer }) {
  const unmet = [...useGates("en_route", transfer), ...useGates("people_called", transfer), ...useGates("left_pickup", transfer)];
  return (
    <ul class="gates">
      {(goesHome(transfer) ? GUARDING_WAY_HOME : GUARDING_MOVE).map((code) => {
        const gate = unmet.find((one) => one.gate === code);
        return <GateLine key={code} met={!gate}>{gate ? gateWords(gate) : words.gates[code].met}</GateLine>;
      })}
    </ul>
  );
}

const GUARDING_MOVE: GateCode[] = [
  "steps", "safe.readiness", "safe.driver_hours", "safe.night", "vehicle_waits", "room_waits.rooms", "room_waits.dock",
];
const GUARDING_WAY_HOME: GateCode[] = ["steps", "safe.readiness", "safe.driver_hours", "safe.night", "vehicle_waits", "accepted"];

function gateWords({ gate, missing }: Gate): string {
  const { waiting, names } = words.gates[gate];
  const which = missing.length ? names(missing.length) : "";
  return which ? `${waiting}${words.comma}${which}` : waiting;
}

/** The reasons before a button, and the way past them where a named person may open it. */
export function GoAnyway({ gates, what, busy, onGo }: { gates: Gate[]; what: string; busy: boolean; onGo: (allowedBy: string) => void }) {
  const [name, setName] = useState("");
  const [asked, setAsked] = useState(false);
  const closed = gates.some((gate) => gate.passed_by !== "named_person");
  return (
    <div class="go-anyway">
      <Banner look="watch">{gates.map((gate) => <p key={gate.gate}>{gateWords(gate)}</p>)}</Banner>
      {gates.some((gate) => gate.passed_by === "commander") && <p class="quiet">{words.transfer.commander}</p>}
      {!closed && !asked && <button type="button" class="button" onClick={() => setAsked(true)}>{words.transfer.goAnyway(what)}</button>}
      {!closed && asked && (
        <>
          <Text label={words.transfer.allowedBy} value={name} onChange={setName} hint={words.transfer.allowedHow} />
          {name.trim() && <button type="button" class="button" disabled={busy} onClick={() => onGo(name.trim())}>{words.transfer.goWith(name.trim())}</button>}
        </>
      )}
    </div>
  );
}
