import { Icon } from "../elements/icon.tsx";
import { MOMENTS, type Moment, type StopId } from "../records.ts";
import { clock } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import type { OneTransfer } from "./of-transfer.tsx";
import { GoAnyway, stopping, useGates } from "./gates.tsx";
import { SaveButton, useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { boardingStops } from "./stops.ts";

/** The next thing of step 5: a moment to record, or the roll call of the stop where people are still expected. */
export function MoveThumb({ transfer }: { transfer: OneTransfer }) {
  const moment = nextMoment(transfer);
  const place = boardingStops(transfer).find(({ expected }) => expected > 0);
  if (moment === "left_pickup" && place) {
    return (
      <>
        <p class="thumb-line"><span>{place.name}</span><b>{words.transfer.left(place.expected)}</b></p>
        <a class="button main" href={`#/transfer/${transfer.id}/stop/${place.key}`}>{words.transfer.board}</a>
      </>
    );
  }
  return moment && <MomentButton transfer={transfer} moment={moment} stop={moment === "at_pickup" ? (place?.stop ?? null) : null} main />;
}

/** People are called from the stop's own page, so that is no moment of its own here. */
const nextMoment = ({ moments }: OneTransfer): Moment | undefined => {
  const last = Math.max(-1, ...MOMENTS.map((moment, place) => (moments[moment] ? place : -1)));
  return MOMENTS.slice(last + 1).find((moment) => moment !== "people_called");
};

/** Record a moment, with the gates that stand before it and the way past them. */
export function MomentButton({ transfer, moment, stop, main, word = words.doMoment[moment] }: {
  transfer: OneTransfer; moment: Moment; stop: StopId | null; main?: boolean; word?: string;
}) {
  const { phone } = usePhone();
  const saving = useSaving();
  const gates = stopping(useGates(moment, transfer));
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

/** The times of step 5 so far. */
export function MomentList({ transfer }: { transfer: OneTransfer }) {
  const { now } = usePhone();
  const known = MOMENTS.flatMap((moment) => (transfer.moments[moment] ? [{ moment, ...transfer.moments[moment] }] : []));
  return (
    <ul class="gates">
      {known.map(({ moment, at, allowed_by }) => (
        <li key={moment} class="met">
          <Icon name="check" /><span>{words.moments[moment]} <b>{clock(at, now)}</b>{allowed_by && ` ${words.transfer.goWith(allowed_by)}`}</span>
        </li>
      ))}
    </ul>
  );
}
