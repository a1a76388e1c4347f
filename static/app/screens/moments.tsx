import { Icon } from "../elements/icon.tsx";
import { MOMENTS, type Moment, type MomentTold, type StopId } from "../records.ts";
import { clock } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import type { OneTransfer } from "./of-transfer.tsx";
import { GoAnyway, stopping, useGates } from "./gates.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { placeToBoard, toldAt, type BoardingStop } from "./stops.ts";
import { TakeBack } from "./undo.tsx";
import { wayOf } from "./way-words.ts";

/** The next thing of step 5: a moment to record, or the roll call of the stop where people are still expected. */
export function MoveThumb({ transfer }: { transfer: OneTransfer }) {
  const place = placeToBoard(transfer);
  const moment = nextMoment(transfer, place);
  return (
    <>
      {place && moment !== "en_route" && <p class="thumb-line"><b>{place.name}</b><span>{words.transfer.left(place.expected)}</span></p>}
      {moment
        ? <MomentButton transfer={transfer} moment={moment} stop={moment === "at_pickup" ? (place?.stop ?? null) : null} main />
        : place && <a class="button main" href={`#/transfer/${transfer.id}/stop/${place.key}`}>{words.transfer.board}</a>}
    </>
  );
}

/** Null at a stop whose roll is to be called: people are called down and counted on the stop's own page. */
function nextMoment(transfer: OneTransfer, place: BoardingStop | undefined): Moment | null {
  const { moments } = transfer;
  if (moments.at_site) return null;
  if (!MOMENTS.some((moment) => moments[moment])) return "en_route";
  if (place) return toldAt(transfer, "at_pickup", place.stop) ? null : "at_pickup";
  return moments.left_pickup ? "at_site" : "left_pickup";
}

/** Record a moment, with the gates that stand before it and the way past them. */
export function MomentButton({ transfer, moment, stop, main, word = wayOf(transfer).doMoment[moment] }: {
  transfer: OneTransfer; moment: Moment; stop: StopId | null; main?: boolean; word?: string;
}) {
  const { phone } = usePhone();
  const saving = useSaving();
  const gates = stopping(useGates(moment, transfer, { stop: stop ?? undefined }));
  const record = (allowed_by: string | null) => saving.save(() => phone.act.recordMoment(transfer.id, { moment, stop, allowed_by }));
  return (
    <>
      {gates.length > 0 && <GoAnyway gates={gates} what={word} busy={saving.busy} onGo={record} />}
      {main
        ? <SaveButton saving={saving} missing={gates.length ? `${word}${words.colon}${words.transfer.missing(gates.length)}` : null} onPress={() => record(null)}>{word}</SaveButton>
        : gates.length === 0 && <button type="button" class="button" disabled={saving.busy} onClick={() => record(null)}>{word}</button>}
    </>
  );
}

interface Telling extends MomentTold { moment: Moment; stop: StopId | null; place: string }

/** The times of step 5 so far, stop by stop; the last one may be taken back when it was a wrong tap. */
export function MomentList({ transfer }: { transfer: OneTransfer }) {
  const { now } = usePhone();
  const told = tellings(transfer);
  const last = told.at(-1);
  const act = last && transfer.acts.filter((one) => one.type === "record_moment" && one.args.moment === last.moment && !one.withdrawn && one.mark !== "refused").at(-1);
  return (
    <>
      <ul class="gates">
        {told.map(({ moment, stop, place, at, allowed_by }) => (
          <li key={`${moment} ${stop}`} class="met">
            <Icon name="check" /><span>{wayOf(transfer).moments[moment]} <b>{clock(at, now)}</b> {place}{allowed_by && ` ${words.transfer.goWith(allowed_by)}`}</span>
          </li>
        ))}
      </ul>
      {act && <TakeBack act={act} />}
    </>
  );
}

function tellings({ moments, stops }: OneTransfer): Telling[] {
  const nameOf = (stop: string) => stops.find(({ id }) => id === stop)?.name ?? "";
  return MOMENTS.flatMap((moment): Telling[] => {
    const first = moments[moment];
    if (!first) return [];
    const at = stops.length > 1 ? Object.entries(first.stops ?? {}) as [StopId, MomentTold][] : [];
    return at.length ? at.map(([stop, told]) => ({ moment, stop, place: nameOf(stop), ...told })) : [{ moment, stop: null, place: "", ...first }];
  }).sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}
