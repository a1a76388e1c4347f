/**
 * Start the worker, and call `ask` when a new version is ready. It is given the function that restarts into the new one,
 * which the screen calls when the person agrees. Looks for a version at each return to the foreground and hourly.
 */
export async function watchForUpdate(ask: (takeOver: () => void) => void): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/app/worker.js", { scope: "/app/" });
  const offer = () => {
    if (registration.waiting && navigator.serviceWorker.controller) ask(() => restartIntoNew(registration));
  };
  offer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  const look = () => void registration.update().catch(() => undefined);
  setInterval(look, 3600_000);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
}

/** Where nothing waits any more, another window has agreed before: the new version serves already. */
function restartIntoNew({ waiting }: ServiceWorkerRegistration): void {
  if (!waiting) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("take over");
}
