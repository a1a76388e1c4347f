import { useRef, useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Text } from "../elements/fields.tsx";
import { Signature } from "../elements/signature.tsx";
import { Icon, type IconName } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import type { LineId, Reception, TransferId } from "../records.ts";
import { clock } from "../messages/times.ts";
import { laterWords } from "../messages/later.ts";
import { words } from "../messages/words.ts";
import type { ShownLine } from "../projection/view.ts";
import type { Phone } from "../sync/phone.ts";
import { OfTransfer, type OneTransfer } from "./of-transfer.tsx";
import { EmergencyCorner, Page } from "./page.tsx";
import { AskedReception } from "./reception-sheet.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { blobOf } from "./scaled-photo.ts";
import { usePhone } from "./shown.tsx";
import { personFacts, stillAboard } from "./transfer-words.ts";
import { wayOf } from "./way-words.ts";

/** Form F6 for the crew: four sums, what differs first, each person with room and both sides' marks, then the signature. */
export const HandoverScreen = ({ transfer }: { transfer: TransferId }) => (
  <OfTransfer transfer={transfer}>{(shown) => <Handover transfer={shown} />}</OfTransfer>
);

function Handover({ transfer }: { transfer: OneTransfer }) {
  const { now } = usePhone();
  const [picked, pick] = useState<LineId | null>(null);
  const carried = transfer.lines.filter(wasAboard).sort((one, other) => Number(differs(other)) - Number(differs(one)));
  const left = transfer.lines.filter((line) => !wasAboard(line));
  const asked = carried.find(({ id }) => id === picked);
  const arrived = transfer.moments.at_site ? words.arrivals.arrivedAt(clock(transfer.moments.at_site.at, now)) : "";
  return (
    <Page title={wayOf(transfer).steps.handover} under={arrived || transfer.destination.name} back={`#/transfer/${transfer.id}`} flush sheet
      corner={<EmergencyCorner transfer={transfer.id} />} head={<Sums transfer={transfer} />}
      thumb={asked ? <AskedReception key={asked.id} transfer={transfer} line={asked} onDone={() => pick(null)} /> : <Sign transfer={transfer} side="crew" />}>
      {transfer.handover.crew && transfer.handover.site && sidesDiffer(transfer) && <Banner look="watch">{words.handover.differs}</Banner>}
      <section class="household handed">
        <h2 class="person-head"><span>{words.handover.name}</span><span>{words.handover.room}</span><span>{words.handover.ours}</span><span>{words.handover.theirs}</span></h2>
        {carried.map((line) => <HandedPerson key={line.id} line={line} asked={line === asked} onPick={() => pick(line.id)} />)}
      </section>
      {left.length > 0 && <p class="row"><span class="row-text">{words.handover.notAboard(words.and(left.map((line) => `${line.name} ${line.outcome ? words.outcomes[line.outcome] : words.lineStates[line.state]}`)))}</span></p>}
    </Page>
  );
}

/** Listed, aboard, arrived, received: the sum that differs from the one before is amber. */
export function Sums({ transfer }: { transfer: OneTransfer }) {
  const aboard = transfer.lines.filter(wasAboard);
  const arrived = aboard.filter((line) => line.state !== "elsewhere" && line.state !== "ended" || line.received);
  const received = transfer.lines.filter((line) => line.received?.outcome === "received");
  const sums = [[words.handover.planned, transfer.lines], [words.handover.boarded, aboard], [words.handover.arrived, arrived], [words.handover.accepted, received]] as const;
  return (
    <dl class="sums">
      {sums.map(([label, lines], place) => (
        <div key={label} class={place > 1 && lines.length !== sums[place - 1]![1].length ? "differs" : undefined}><dt>{label}</dt><dd>{lines.length}</dd></div>
      ))}
    </dl>
  );
}

function HandedPerson({ line, asked, onPick }: { line: ShownLine; asked: boolean; onPick: () => void }) {
  const theirs = RECEPTIONS[line.received?.outcome ?? "open"];
  return (
    <>
      <button type="button" class={`person${asked ? " asked" : ""}${differs(line) || line.mark ? " noted" : ""}`} onClick={onPick}>
        <span><span class="name">{line.name}</span><small>{personFacts(line)}</small></span>
        <b class="room">{line.room?.number ?? "—"}</b>
        <span class="icon-cell is-fine"><Icon name="fine" /></span>
        <span class={`icon-cell ${theirs.ink}`}><Icon name={theirs.icon} /><span class="unseen">{line.received ? words.receptions[line.received.outcome] : words.lineStates.aboard}</span></span>
      </button>
      {(differs(line) || line.mark) && (
        <p class="person-note">
          {differs(line) && <span class="is-stop">{words.receptions[line.received!.outcome]}{line.note && `${words.colon}${line.note}`} </span>}
          {line.mark && <Marks mark={line.mark} />}
        </p>
      )}
    </>
  );
}

const RECEPTIONS: Record<Reception | "open", { icon: IconName; ink: string }> = {
  received: { icon: "fine", ink: "is-fine" }, refused: { icon: "stop", ink: "is-stop" }, absent: { icon: "watch", ink: "is-watch" },
  open: { icon: "open", ink: "is-now" },
};

/** Signing says what happened to each one; who has no outcome yet counts as handed over. */
export function Sign({ transfer, side }: { transfer: OneTransfer; side: "crew" | "site" }) {
  const { phone, now } = usePhone();
  const saving = useSaving();
  const signed = transfer.handover[side];
  const other = transfer.handover[side === "crew" ? "site" : "crew"];
  const [counterpart, setCounterpart] = useState(other?.by ?? (side === "crew" ? transfer.dock.answered_by : transfer.crew[0]?.name) ?? "");
  const lines = transfer.lines.filter((line) => wasAboard(line) || line.received).map((line) => ({ line: line.id, outcome: line.received?.outcome ?? "received" as const }));
  const count = (outcome: Reception) => lines.filter((line) => line.outcome === outcome).length;
  const told = (outcome: Reception) => transfer.lines.filter(({ received }) => received?.outcome === outcome).length;
  const drawn = useRef<HTMLCanvasElement | null>(null);
  const [correcting, correct] = useState(false);
  const sign = () => saving.save(async () => {
    const pictures = await keptSignature(phone, drawn.current);
    await phone.act.signHandover(transfer.id, { side, lines, counterpart: counterpart.trim(), note: null }, pictures);
    drawn.current = null;
    correct(false);
  });
  const unanswered = transfer.lines.filter((line) => wasAboard(line) && !line.received).length;
  return (
    <>
      {signed && <p class="thumb-line"><span>{words.handover.signed(clock(signed.at, now), signed.counterpart)}</span>{!other && <span>{words.handover.waitsFor}</span>}</p>}
      <p class="thumb-line"><b>{words.handover.summary(told("received"), told("refused"), told("absent"))}</b>{unanswered > 0 && <span>{words.handover.unanswered(unanswered)}</span>}</p>
      {signed && !correcting ? (
        <>
          <button type="button" class="button" onClick={() => correct(true)}>{words.handover.again}</button>
          <AfterSigning transfer={transfer} side={side} />
        </>
      ) : (
        <>
          <Text label={words.handover.counterpart} value={counterpart} onChange={setCounterpart} />
          {phone.pictures.possible && (
            <details class="by-hand">
              <summary>{words.handover.byHand}</summary>
              <Signature label={words.handover.signHere} wipe={words.handover.wipe} onDrawn={(canvas) => { drawn.current = canvas; }} />
            </details>
          )}
          <SaveButton saving={saving} missing={counterpart.trim() ? null : words.handover.counterpartFirst} onPress={sign}>{side === "crew" ? words.handover.sign(count("received")) : laterWords().receive.sign(count("received"))}</SaveButton>
        </>
      )}
    </>
  );
}

/** What comes next: for a crew first whoever was turned away and is in the coach again, then the coach itself. */
function AfterSigning({ transfer, side }: { transfer: OneTransfer; side: "crew" | "site" }) {
  const path = `#/transfer/${transfer.id}`;
  if (side === "site") return <a class="button main" href="#/">{words.back}</a>;
  if (transfer.lines.some((line) => line.state === "aboard" && line.received)) return <a class="button main" href={path}>{stillAboard(transfer)}</a>;
  return transfer.disinfection ? <a class="button main" href={path}>{words.back}</a> : <a class="button main" href={`${path}/disinfection`}>{words.transfer.disinfect}</a>;
}

/** What was drawn, kept on this phone; a signature that cannot be kept holds up nobody. */
async function keptSignature(phone: Phone, canvas: HTMLCanvasElement | null): Promise<string[]> {
  try {
    return canvas ? [await phone.pictures.keep(await (await blobOf(canvas, "image/png")).arrayBuffer())] : [];
  } catch {
    return [];
  }
}

const wasAboard = (line: ShownLine): boolean => line.boarded_at !== null || line.state === "aboard" || line.state === "received";

const differs = (line: ShownLine): boolean => line.received !== null && line.received.outcome !== "received";

function sidesDiffer({ handover: { crew, site } }: OneTransfer): boolean {
  const said = (lines: { line: LineId; outcome: Reception }[]) => lines.map(({ line, outcome }) => `${line} ${outcome}`).sort().join();
  return crew !== null && site !== null && said(crew.lines) !== said(site.lines);
}
