import { useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Icon, type IconName } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import type { LineId, Reception, TransferId } from "../records.ts";
import { clock } from "../messages/times.ts";
import { laterWords } from "../messages/later.ts";
import { words } from "../messages/words.ts";
import type { Act } from "../projection/acts.ts";
import type { ShownLine } from "../projection/view.ts";
import { stageOf, toReceive } from "./arrival-words.ts";
import { Sign, Sums } from "./handover.tsx";
import { OfTransfer, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { AskedReception } from "./reception-sheet.tsx";
import { usePhone } from "./shown.tsx";
import { personFacts } from "./transfer-words.ts";
import { UndoButton, isUndoable, useUndo } from "./undo.tsx";

/** The receiver's side of a handover: person by person with room and outcome, then the signature. */
export const ReceiveScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <Receive transfer={shown} />}</OfTransfer>
);

function Receive({ transfer }: { transfer: OneTransfer }) {
  const { now } = usePhone();
  const [picked, pick] = useState<LineId | null>(null);
  const undo = useUndo(transfer);
  const coming = transfer.lines.filter((line) => toReceive(line) || line.received || line.state === "aboard");
  const open = coming.filter((line) => !line.received);
  const asked = coming.find(({ id }) => id === picked) ?? open[0] ?? null;
  const arrived = transfer.moments.at_site && words.arrivals.arrivedAt(clock(transfer.moments.at_site.at, now));
  return (
    <Page title={laterWords().receive.title} under={[transfer.vehicle?.plate, arrived].filter(Boolean).join("　")} back="#/" flush sheet
      corner={<EmergencyCorner transfer={transfer.id} />} head={<Sums transfer={transfer} />}
      thumb={asked ? <AskedReception key={asked.id} transfer={transfer} line={asked} onDone={() => pick(null)} /> : <Sign transfer={transfer} side="site" />}>
      {stageOf(transfer) !== "at_site" && <Banner look="plain">{laterWords().receive.notArrived}</Banner>}
      <section class="household">
        {coming.map((line) => <Person key={line.id} line={line} asked={line === asked} undo={undo} onPick={() => pick(line.id)} />)}
      </section>
    </Page>
  );
}

function Person({ line, asked, undo, onPick }: { line: ShownLine; asked: boolean; undo: Act | null; onPick: () => void }) {
  const { now } = usePhone();
  const { icon, ink } = LOOKS[line.received?.outcome ?? "open"];
  return (
    <div class={asked ? "person with-room asked" : "person with-room"}>
      <button type="button" class="person-name" aria-pressed={asked} onClick={onPick}>
        <span class="name">{line.name}</span><small>{personFacts(line)}</small>
      </button>
      <b class="room">{line.room?.number}</b>
      <span class={`outcome ${ink}`}>
        <Icon name={icon} />{line.received ? `${words.receptions[line.received.outcome]} ${clock(line.received.at, now)}` : words.lineStates[line.state]}
        {isUndoable(undo, line.id) ? <UndoButton act={undo} /> : line.mark && <Marks mark={line.mark} stacked />}
      </span>
    </div>
  );
}

const LOOKS: Record<Reception | "open", { icon: IconName; ink: string }> = {
  received: { icon: "fine", ink: "is-fine" }, refused: { icon: "stop", ink: "is-stop" }, absent: { icon: "watch", ink: "is-watch" },
  open: { icon: "open", ink: "is-now" },
};
