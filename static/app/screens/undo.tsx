import { useEffect, useState } from "preact/hooks";
import type { LineId, OperationId } from "../records.ts";
import { words } from "../messages/words.ts";
import type { Act } from "../projection/acts.ts";
import type { ShownTransfer } from "../projection/view.ts";
import { actWords } from "./act-words.ts";
import { useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";

const UNDO_MS = 10_000;

/** The act that may still be undone by one tap: what was recorded last on this transfer, within ten seconds. */
export function useUndo(transfer: ShownTransfer): { act: Act | null; secondsLeft: number } {
  const { phone } = usePhone();
  const [now, setNow] = useState(phone.now());
  const act = transfer.acts.filter((one) => one.type !== "withdraw" && !one.withdrawn && one.mark !== "refused").at(-1) ?? null;
  const left = act ? UNDO_MS - (now - Date.parse(act.at)) : 0;
  useEffect(() => {
    setNow(phone.now());
    if (!act || phone.now() - Date.parse(act.at) >= UNDO_MS) return;
    const timer = setInterval(() => setNow(phone.now()), 1000);
    const end = setTimeout(() => clearInterval(timer), UNDO_MS + 1500);
    return () => { clearInterval(timer); clearTimeout(end); };
  }, [act?.id]);
  return left > 0 ? { act, secondsLeft: Math.min(Math.ceil(left / 1000), UNDO_MS / 1000) } : { act: null, secondsLeft: 0 };
}

/** A wrong tap is taken back by an operation of its own; later a correction does it. */
export function UndoButton({ operation, secondsLeft }: { operation: OperationId; secondsLeft: number }) {
  const { phone } = usePhone();
  const saving = useSaving();
  return <button type="button" class="button" disabled={saving.busy} onClick={() => saving.save(() => phone.undo(operation))}>{words.transfer.undo(secondsLeft)}</button>;
}

/** What was just recorded, whatever it was, and the tap that takes it back. */
export function UndoLine({ transfer }: { transfer: ShownTransfer }) {
  const { act, secondsLeft } = useUndo(transfer);
  return act && <p class="thumb-line" role="status"><span>{words.marks.saved}{words.colon}{actWords(act)}</span><UndoButton operation={act.id} secondsLeft={secondsLeft} /></p>;
}

/** For what no later record can correct, such as a moment that was not yet: taken back at any time, and the office sees both. */
export function TakeBack({ act }: { act: Act }) {
  const { phone } = usePhone();
  const saving = useSaving();
  return <button type="button" class="button" disabled={saving.busy} onClick={() => saving.save(() => phone.undo(act.id))}>{words.transfer.takeBack(actWords(act))}</button>;
}

export const isUndoable = (undo: ReturnType<typeof useUndo>, line: LineId): boolean => undo.act?.line === line;
