// Refresh without jumping: the same page is asked for again, and only parts that changed are exchanged where they stand.
// A part in which somebody types or has the focus on a control waits for the next time.

const EVERY_MS = 15_000;
let asking = false;

function keepFresh(): void {
  if (parts(document).length === 0) return;
  setInterval(() => void refresh(), EVERY_MS);
  document.addEventListener("visibilitychange", () => void refresh());
}

async function refresh(): Promise<void> {
  if (document.hidden || asking) return;
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
    if (answer.ok) exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    document.documentElement.dataset.stale = ""; // shown by the styles: the figures are no longer fresh
    return;
  } finally {
    asking = false;
  }
  delete document.documentElement.dataset.stale;
}

function exchange(fresh: Document): void {
  for (const part of parts(document)) {
    const next = fresh.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML || isTyping(part)) continue;
    const focused = part.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    const scrolled = { left: part.scrollLeft, top: part.scrollTop };
    const address = focused?.getAttribute("href");
    part.replaceChildren(...next.childNodes);
    part.scrollTo(scrolled);
    if (address) part.querySelector<HTMLElement>(`a[href="${CSS.escape(address)}"]`)?.focus({ preventScroll: true });
  }
}

function isTyping(part: Element): boolean {
  const active = document.activeElement;
  return part.contains(active) && active instanceof HTMLElement && active.matches("input, select, textarea");
}

function parts(page: Document): HTMLElement[] {
  return [...page.querySelectorAll<HTMLElement>("[data-live][id]")];
}

keepFresh();

export {}; // a module, so that its names are its own
