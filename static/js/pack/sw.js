// Keeps the empty page /pack/desk and its scripts, so that it opens without a server. SHELL is put before this text.
// No sheet passes through here: what is kept of people is in one place only (keep.js), encrypted.
'use strict'

const CACHE = 'anxin-pack'
const PAGE = '/pack/desk'
const PATIENCE_MS = 3000
const good = (response) => response.ok && !response.redirected && response.type === 'basic'

self.addEventListener('install', (event) => {
  const page = async (cache) => {
    const response = await fetch(PAGE, { credentials: 'same-origin' })
    if (!good(response)) throw new Error('no desk page')
    await cache.put(PAGE, response)
  }
  event.waitUntil(caches.open(CACHE).then((cache) => Promise.all([cache.addAll(SHELL), page(cache)])).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url)
  if (event.request.method !== 'GET' || origin !== location.origin) return
  if (pathname === PAGE || SHELL.includes(pathname)) event.respondWith(newest(event.request, pathname))
})

// The server's own while it answers in time; a server that is dead, frozen or broken counts as none.
async function newest(request, pathname) {
  const cache = await caches.open(CACHE)
  const old = await cache.match(pathname)
  if (!old) return fetch(request)
  const late = new Promise((resolve) => setTimeout(() => resolve(old), PATIENCE_MS))
  const asked = fetch(request).then(async (response) => {
    if (!good(response)) return old
    await cache.put(pathname, response.clone())
    return response
  })
  return Promise.race([asked.catch(() => old), late])
}
