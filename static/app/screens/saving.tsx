import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Banner } from "../elements/banner.tsx";
import { words } from "../messages/words.ts";

/** Saving an act: the screen goes on only when the act is on disk. `busy` is true once that takes long enough to be told. */
export interface Saving { busy: boolean; fault: string | null; save: (act: () => Promise<unknown>, then?: () => void) => void }

/**
 * One act at a time, and none by a tap made within a moment of a sheet's coming or of a save: the second half of a double tap must not
 * answer for the next person, nor say that the vehicle has arrived. What counts is when the finger came down, not when a slow phone
 * gets round to it. `about` is whom the sheet is about, where one sheet serves one person after another.
 */
export function useSaving(about = ""): Saving {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ about: string; words: string } | null>(null);
  const [attempts, setAttempts] = useState(0);
  const atIt = useRef(false);
  const shownAt = useRef(Infinity);
  useEffect(() => { shownAt.current = performance.now(); }, [about, attempts]);
  const save = async (act: () => Promise<unknown>, then?: () => void) => {
    if (atIt.current || tappedAt() < shownAt.current + DOUBLE_TAP_MS) return;
    atIt.current = true;
    const telling = setTimeout(() => setBusy(true), TOLD_AFTER_MS);
    try {
      await act();
      setFault(null);
      then?.();
    } catch (error) {
      setFault({ about, words: faultWords(error) });
    } finally {
      clearTimeout(telling);
      atIt.current = false;
      shownAt.current = Infinity;
      setBusy(false);
      setAttempts((count) => count + 1);
    }
  };
  return { busy, fault: fault?.about === about ? fault.words : null, save };
}

const DOUBLE_TAP_MS = 250;
/** Sooner than that "saved" itself comes, and a word before it would only hold it up. The pressed button has answered already. */
const TOLD_AFTER_MS = 150;

/** When the finger came down that makes the click to come; null when a key or a screen reader makes it. */
let fingerDownAt: number | null = null;

/** Note each finger before anything on the page hears of it, and forget it when it has pressed something or has scrolled. */
export function watchFingers(): void {
  addEventListener("pointerdown", (event) => { fingerDownAt = event.timeStamp; }, { capture: true, passive: true });
  for (const end of ["click", "pointercancel"]) addEventListener(end, () => { fingerDownAt = null; });
}

function tappedAt(): number {
  const { event } = window;
  if (!(event instanceof UIEvent)) return performance.now();
  return event.detail > 0 && fingerDownAt !== null ? fingerDownAt : event.timeStamp;
}

/** What happened to what should have been kept, and what to do next. */
export const faultWords = (error: unknown): string => {
  const { faults, saveFailed } = words;
  const said: Partial<Record<string, string>> = {
    too_large: faults.tooLarge, storage_full: faults.storageFull, storage_blocked: faults.storageBlocked, storage_newer: faults.storageNewer,
  };
  return said[(error as { code?: string }).code ?? ""] ?? saveFailed;
};

/** The main button of a form. `missing` says what is still to be answered and stands on the button instead of its word. */
export function SaveButton({ saving, missing, onPress, children }: {
  saving: Saving; missing?: string | null | undefined; onPress: () => void; children: ComponentChildren;
}) {
  return (
    <>
      {saving.fault && <Banner look="stop">{saving.fault}</Banner>}
      <button type="button" class={missing ? "button main not-yet" : "button main"} aria-disabled={Boolean(missing) || saving.busy}
        onClick={() => !saving.busy && !missing && onPress()}>
        {missing ?? (saving.busy ? words.saving : children)}
      </button>
    </>
  );
}
