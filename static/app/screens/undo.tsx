import { useEffect, useState } from "preact/hooks";
import type { LineId, OperationId } from "../records.ts";
import { words } from "../messages/words.ts";
import type { Act } from "../projection/acts.ts";
import type { ShownTransfer } from "../projection/view.ts";
import { usePhone } from "./shown.tsx";

const UNDO_MS = 10_000;

/** The act about a person that may still be undone by one tap: what was recorded last, within ten seconds. */
export function useUndo(transfer: ShownTransfer): { act: Act | null; secondsLeft: number } {
  const { phone } = usePhone();
  const [now, setNow] = useState(phone.now());
  const act = transfer.acts.filter((one) => one.line !== null && !one.withdrawn && one.mark !== "refused").at(-1) ?? null;
  const left = act ? UNDO_MS - (now - Date.parse(act.at)) : 0;
  useEffect(() => {
    setNow(phone.now());
    if (!act || phone.now() - Date.parse(act.at) >= UNDO_MS) return;
    const timer = setInterval(() => setNow(phone.now()), 1000);
    const end = setTimeout(() => clearInterval(timer), UNDO_MS + 1500);
    return () => { clearInterval(timer); clearTimeout(end); };
  }, [act?.id]);
  return left > 0 ? { act, secondsLeft: Math.ceil(left / 1000) } : { act: null, secondsLeft: 0 };
}

/** A wrong tap is taken back by an operation of its own; later a correction does it. */
export function UndoButton({ operation, secondsLeft }: { operation: OperationId; secondsLeft: number }) {
  const { phone } = usePhone();
  return <button type="button" class="button" onClick={() => void phone.undo(operation)}>{words.transfer.undo(secondsLeft)}</button>;
}

export const isUndoable = (undo: ReturnType<typeof useUndo>, line: LineId): boolean => undo.act?.line === line;
