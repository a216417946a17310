// Keeps the empty page and its scripts on the phone, so that it opens without a network.
//
// VERSION and SHELL are put before this text by the server. Answers of the API are never stored here: what the phone
// knows of a person is in one place only (keep.js), where it is taken out when the job is over.
'use strict'

const PAGE = '/phone'
const NAME = 'anxin-phone-' + VERSION
const PATIENCE_MS = 4000

// A log-in page that came instead of the phone page must not be kept in its place.
const good = (response) => response.ok && !response.redirected && response.type === 'basic'

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(NAME).then((cache) => cache.addAll(SHELL)).then(() => keepPage(fetch(PAGE, { credentials: 'same-origin' }))).then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('anxin-phone-') && name !== NAME
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== location.origin) return
  if (event.request.mode === 'navigate' && url.pathname === PAGE) event.respondWith(page(event.request))
  else if (SHELL.includes(url.pathname + url.search)) event.respondWith(piece(event.request))
})

async function keepPage(asked) {
  const response = await asked
  if (good(response)) await (await caches.open(NAME)).put(PAGE, response.clone())
  return response
}

// The server's page while it answers in time, the kept one otherwise; a broken server counts as no server.
async function page(request) {
  const kept = await caches.match(PAGE)
  const asked = keepPage(fetch(request))
  if (!kept) return asked
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS))
  return Promise.race([asked.then((response) => (response.status >= 500 ? kept : response)).catch(() => kept), late])
}

async function piece(request) {
  return (await caches.match(request)) || fetch(request)
}

// A knock from the centre (push.js): it says nothing about anybody, the page does.
self.addEventListener('push', (event) => {
  let said = {}
  try {
    said = event.data ? event.data.json() : {}
  } catch (error) {} // whatever it is, somebody knocks
  const how = { body: said.body || '', tag: said.tag || 'anxin', renotify: true, requireInteraction: true, icon: '/static/icon.svg', vibrate: [500, 150, 500] }
  event.waitUntil(self.registration.showNotification(said.title || '安心', how))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const open = self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((pages) => {
    const mine = pages.find((page) => new URL(page.url).pathname === PAGE)
    return mine ? mine.focus() : self.clients.openWindow(PAGE)
  })
  event.waitUntil(open)
})
