import { useEffect, useState } from "preact/hooks";
import { watchForUpdate } from "../sync/update.ts";

let takeOver: (() => void) | null = null;
const listeners = new Set<() => void>();

/** Keep the shell on the phone, and hear of a new version. `html[data-sw=ready]`: a start without network works from now on. */
export async function keepShell(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await watchForUpdate((restart) => {
    takeOver = restart;
    for (const listener of listeners) listener();
  }).catch(() => undefined);
  await navigator.serviceWorker.ready;
  document.documentElement.dataset.sw = "ready";
  for (const listener of listeners) listener();
}

/** The function that restarts into the new version, while one waits. The page never changes under a hand. */
export function useUpdate(): (() => void) | null {
  const [, drawAgain] = useState(0);
  useEffect(() => {
    const listener = () => drawAgain((count) => count + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return takeOver;
}
