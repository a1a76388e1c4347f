import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Banner } from "../elements/banner.tsx";
import { words } from "../messages/words.ts";

/** Saving an act: the button answers at once, and goes on only when the act is on disk. */
export interface Saving { busy: boolean; fault: string | null; save: (act: () => Promise<unknown>, then?: () => void) => void }

/**
 * One act at a time, and none by a tap made within a moment of a sheet's coming or of a save: the second half of a double tap must not
 * answer for the next person, nor say that the vehicle has arrived. What counts is when the finger came down, not when a slow phone
 * gets round to it.
 */
export function useSaving(): Saving {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const atIt = useRef(false);
  const shownAt = useRef(Infinity);
  useEffect(() => { if (!busy) shownAt.current = performance.now(); }, [busy]);
  const save = async (act: () => Promise<unknown>, then?: () => void) => {
    if (atIt.current || tappedAt() < shownAt.current + DOUBLE_TAP_MS) return;
    atIt.current = true;
    setBusy(true);
    setFault(null);
    try {
      await act();
      then?.();
    } catch (error) {
      setFault(faultWords(error));
    } finally {
      atIt.current = false;
      setBusy(false);
    }
  };
  return { busy, fault, save };
}

const DOUBLE_TAP_MS = 250;

const tappedAt = (): number => (window.event instanceof UIEvent ? window.event.timeStamp : performance.now());

const faultWords = (error: unknown): string => {
  const code = (error as { code?: string }).code;
  return code === "too_large" ? words.faults.tooLarge : code === "storage_full" ? words.faults.storageFull : words.saveFailed;
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
