/**
 * The phone's shell, so that it starts with no network. It answers pages under /app/ and the files that the build lists,
 * and nothing else: never /api/. A new version waits until the page asks for it, since a page must not change under a hand.
 */
export {};
declare const self: ServiceWorkerGlobalScope;
/** From build.mjs: all that a start needs, and a version that changes with any of it. */
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
    if (pathname.startsWith("/app/")) event.respondWith(fromShell("/app/", event.request));
  } else if (pathname.startsWith("/static/")) event.respondWith(fromShell(pathname, event.request));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(current);
  await cache.addAll(PRECACHE.urls.map((url) => new Request(url, { cache: "reload" })));
}

/** A rejection here would be a dead app on an iPhone, so the network's failure is an answer too. */
async function fromShell(path: string, request: Request): Promise<Response> {
  const kept = (await (await caches.open(current)).match(path)) ?? (await caches.match(path));
  return kept ?? fetch(request).catch(() => new Response("No network, and this is not kept here. Open the app once with network.", {
    status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" },
  }));
}

/** The generation before stays: pages of it may still be open and ask for their parts. */
async function forgetOldShells(): Promise<void> {
  const generations = (await caches.keys()).filter((name) => name.startsWith(shell));
  const before = generations.filter((name) => name !== current).at(-1);
  await Promise.all(generations.filter((name) => name !== current && name !== before).map((name) => caches.delete(name)));
}
