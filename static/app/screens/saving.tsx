import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Banner } from "../elements/banner.tsx";
import { words } from "../messages/words.ts";

/** Saving an act: the button answers at once, and goes on only when the act is on disk. */
export interface Saving { busy: boolean; settled: boolean; fault: string | null; save: (act: () => Promise<unknown>, then?: () => void) => void }

/**
 * One act at a time, and none for a moment after a sheet has come or an act was saved: the second half of a double tap must not answer
 * for the next person, nor say that the vehicle has arrived.
 */
export function useSaving(): Saving {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [settled, settle] = useState(false);
  const atIt = useRef(false);
  useEffect(() => {
    if (settled) return;
    const timer = setTimeout(() => settle(true), DOUBLE_TAP_MS);
    return () => clearTimeout(timer);
  }, [settled]);
  const save = async (act: () => Promise<unknown>, then?: () => void) => {
    if (atIt.current || !settled) return;
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
      settle(false);
      setBusy(false);
    }
  };
  return { busy, settled, fault, save };
}

const DOUBLE_TAP_MS = 250;

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
      <button type="button" class={missing ? "button main not-yet" : "button main"} aria-disabled={Boolean(missing) || saving.busy || !saving.settled}
        onClick={() => !saving.busy && !missing && onPress()}>
        {missing ?? (saving.busy ? words.saving : children)}
      </button>
    </>
  );
}
