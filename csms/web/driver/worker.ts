/** The service worker: keeps the shell, so that the app opens without a network. What the API says is never kept here: the
 *  app itself keeps its last state and says how old it is, and a start or stop is only ever what the server answered. */
/// <reference lib="webworker" />

const worker = self as unknown as ServiceWorkerGlobalScope;
const FILES = '__SHELL__' as unknown as string[]; // both are put in by the build
const CACHE = 'shell-__VERSION__';

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  const old = caches.keys().then((names) =>
    Promise.all(names.filter((name) => name.startsWith('shell-') && name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const scope = new URL(worker.registration.scope);
  if (event.request.method !== 'GET' || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  event.respondWith(event.request.mode === 'navigate' ? opened(event.request, scope) : asset(event.request));
});

/** The page itself comes from the server while there is one, so that nobody is left with an old app. */
async function opened(request: Request, scope: URL): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(4_000) });
  } catch {
    return (await caches.match(scope.href)) ?? Response.error();
  }
}

/** Names of assets change with their content: a kept one is a good one. */
async function asset(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

interface Pushed {
  title?: string;
  text?: string;
  kind?: string;
  transaction_id?: number | null;
}

worker.addEventListener('push', (event) => {
  let said: Pushed = {};
  try {
    said = event.data?.json() as Pushed;
  } catch {
    // shown without words rather than not at all: a browser takes the right away from those who show nothing
  }
  const hash = said.transaction_id ? `#/charge/${said.transaction_id}` : '#/inbox';
  event.waitUntil(worker.registration.showNotification(said.title ?? 'Bollard', {
    body: said.text ?? '', icon: 'icon-192.png', badge: 'icon-192.png', tag: said.kind ?? 'bollard', data: hash,
  }));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const target = new URL(String(event.notification.data ?? ''), worker.registration.scope).href;
  event.waitUntil((async () => {
    const open = await worker.clients.matchAll({ type: 'window' });
    const page = open[0];
    if (!page) return void (await worker.clients.openWindow(target));
    await page.focus();
    await page.navigate(target);
  })());
});
