/**
 * The phone's shell, so that it starts with no network. It answers pages under /app/ and the files that the build lists,
 * and nothing else: never /api/. A new version waits until the page asks for it, since a page must not change under a hand.
 */
export {};
declare const self: ServiceWorkerGlobalScope;
/**
 * From build.mjs: all that a start needs, and a version that changes with any of it, but not with the headers that `server/app.py` gives
 * the page. Kept with it, they are those under which these very scripts were given; others come with the next change of the shell.
 */
declare const PRECACHE: { version: string; urls: string[] };

const shell = "bihuan-shell-";
const current = shell + PRECACHE.version;

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOldShells()));
self.addEventListener("message", (event) => { if (event.data === "take over") void self.skipWaiting(); });
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== self.location.origin || event.request.method !== "GET") return;
  if (event.request.mode === "navigate") {
    if (!pathname.startsWith("/app/")) return;
    event.respondWith(fromShell("/app/", event.request));
    event.waitUntil(forgetOldShells());
  } else if (pathname.startsWith("/static/")) event.respondWith(fromShell(pathname, event.request));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(current);
  await cache.addAll(PRECACHE.urls.map((url) => new Request(url, { cache: "reload" })));
}

/** A rejection here would be a dead app on an iPhone: broken caches are left for the network, and its failure is an answer too. */
async function fromShell(path: string, request: Request): Promise<Response> {
  const kept = await fromCaches(path).catch(() => undefined);
  return kept ?? fetch(request).catch(() => new Response("No network, and this is not kept here. Open the app once with network.", {
    status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" },
  }));
}

async function fromCaches(path: string): Promise<Response | undefined> {
  return (await (await caches.open(current)).match(path)) ?? caches.match(path);
}

/**
 * Of the generations before this one any may be an open window's, which asks for its late parts: they go when no window is open, when
 * this one takes over or the app is started. One made after this one waits to take over.
 */
async function forgetOldShells(): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.some(({ url }) => new URL(url).pathname.startsWith("/app/"))) return;
  const generations = (await caches.keys()).filter((name) => name.startsWith(shell));
  const before = generations.slice(0, Math.max(0, generations.indexOf(current)));
  await Promise.all(before.map((name) => caches.delete(name)));
}
