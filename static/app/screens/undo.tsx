import { useEffect, useState } from "preact/hooks";
import type { LineId } from "../records.ts";
import { words } from "../messages/words.ts";
import type { Act } from "../projection/acts.ts";
import { actWords } from "./act-words.ts";
import { useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";

const UNDO_MS = 10_000;

/** The act that may still be undone by one tap: what was recorded last on this transfer or floor, within ten seconds. */
export function useUndo(of: { acts: Act[] }): Act | null {
  const { phone } = usePhone();
  const [, drawAgain] = useState(0);
  const act = of.acts.filter((one) => one.type !== "withdraw" && !one.withdrawn && one.mark !== "refused").at(-1) ?? null;
  const left = act ? timeLeft(act, phone.now()) : 0;
  useEffect(() => {
    if (left <= 0) return;
    const end = setTimeout(() => drawAgain((count) => count + 1), left + 50);
    return () => clearTimeout(end);
  }, [act?.id]);
  return left > 0 ? act : null;
}

const timeLeft = (act: Act, now: number): number => UNDO_MS - (now - Date.parse(act.at));

/** A wrong tap is taken back by an operation of its own; later a correction does it. The seconds run down on the button alone. */
export function UndoButton({ act }: { act: Act }) {
  const { phone } = usePhone();
  const saving = useSaving();
  const [, drawAgain] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => drawAgain((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const secondsLeft = Math.min(Math.max(Math.ceil(timeLeft(act, phone.now()) / 1000), 1), UNDO_MS / 1000);
  return <button type="button" class="button" disabled={saving.busy} onClick={() => saving.save(() => phone.undo(act.id))}>{words.transfer.undo(secondsLeft)}</button>;
}

/** What was just recorded, whatever it was, and the tap that takes it back. */
export function UndoLine({ of, here = false }: { of: { acts: Act[] }; here?: boolean }) {
  const act = useUndo(of);
  return act && <p class="thumb-line" role="status"><span>{words.marks.saved}{words.colon}{actWords(act, here)}</span><UndoButton key={act.id} act={act} /></p>;
}

/** For what no later record can correct, such as a moment that was not yet: taken back at any time, and the office sees both. */
export function TakeBack({ act }: { act: Act }) {
  const { phone } = usePhone();
  const saving = useSaving();
  return <button type="button" class="button" disabled={saving.busy} onClick={() => saving.save(() => phone.undo(act.id))}>{words.transfer.takeBack(actWords(act, true))}</button>;
}

export const isUndoable = (undo: Act | null, line: LineId): undo is Act => undo?.line === line;
