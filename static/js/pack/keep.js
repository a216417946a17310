// The paper pack as this desk keeps it: encrypted under a word that only its operator knows, fetched anew without it.
//
// A pair of keys is made when somebody opts in. The public one lies open, so that the pack can be fetched every hour
// without asking for the word; the private one lies wrapped under the word (PBKDF2, AES-GCM), so that the disk of a
// stolen machine gives nobody's address away. No server is needed to open it.

const NAME = 'anxin-pack'
const TABLE = 'kept'
const ROUNDS = 600_000
const RSA = { name: 'RSA-OAEP', modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
const FRESH_MS = 55 * 60_000
export const LEAST = 8

export const able = () => Boolean(window.isSecureContext && crypto.subtle && 'serviceWorker' in navigator && window.indexedDB)

// As it is said to whoever sits there: the district's time, whatever this machine believes.
export const keptSince = (words, found) =>
  `${words.kept} ${new Date(found.at).toLocaleString('zh-CN', { timeZone: words.zone, hourCycle: 'h23' })}`

function table(mode, ask) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open(NAME, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE)
    opening.onerror = () => failed(opening.error)
    opening.onsuccess = () => {
      const db = opening.result
      const asked = ask(db.transaction(TABLE, mode).objectStore(TABLE))
      asked.transaction.oncomplete = () => (db.close(), done(asked.result))
      asked.transaction.onerror = asked.transaction.onabort = () => (db.close(), failed(asked.transaction.error))
    }
  })
}

const get = (key) => table('readonly', (rows) => rows.get(key))
const put = (key, value) => table('readwrite', (rows) => rows.put(value, key))
const random = (n) => crypto.getRandomValues(new Uint8Array(n))

async function underWord(word, salt) {
  const raw = await crypto.subtle.importKey('raw', new TextEncoder().encode(word.normalize('NFKC')), 'PBKDF2', false, ['deriveKey'])
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }, raw, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

// When it was fetched, since when it is kept; null when nothing is.
export async function kept() {
  if (!able()) return null
  const [keys, pack] = [await get('keys'), await get('pack')]
  return keys && pack ? { since: keys.since, at: pack.at } : null
}

export async function keep(word) {
  if (word.length < LEAST) throw new Error('short')
  const pair = await crypto.subtle.generateKey(RSA, true, ['encrypt', 'decrypt'])
  const [salt, iv] = [random(16), random(12)]
  const secret = await crypto.subtle.exportKey('pkcs8', pair.privateKey)
  const wrapped = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await underWord(word, salt), secret)
  await put('keys', { open: await crypto.subtle.exportKey('spki', pair.publicKey), wrapped, salt, iv, since: Date.now() })
  await navigator.serviceWorker.register('/pack/sw.js', { scope: '/pack/' })
  await fetchAnew()
}

async function fetchAnew() {
  const answer = await fetch('/pack/sheet/all?desk=1', { headers: { Accept: 'text/html' } })
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status))
  const text = await answer.text()
  const { open } = await get('keys')
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt'])
  const iv = random(12)
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(text))
  const publicKey = await crypto.subtle.importKey('spki', open, { name: RSA.name, hash: RSA.hash }, false, ['encrypt'])
  const sealed = await crypto.subtle.encrypt({ name: RSA.name }, publicKey, await crypto.subtle.exportKey('raw', key))
  await put('pack', { at: Date.now(), iv, data, sealed })
}

// Called by the console now and then; does nothing on a desk that has not asked for it.
export async function refresh() {
  const found = await kept()
  if (found && Date.now() - found.at > FRESH_MS) await fetchAnew()
  return kept()
}

// The pack as HTML. Throws when the word is wrong.
export async function unlock(word) {
  const [keys, pack] = [await get('keys'), await get('pack')]
  const secret = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: keys.iv }, await underWord(word, keys.salt), keys.wrapped)
  const privateKey = await crypto.subtle.importKey('pkcs8', secret, { name: RSA.name, hash: RSA.hash }, false, ['decrypt'])
  const raw = await crypto.subtle.decrypt({ name: RSA.name }, privateKey, pack.sealed)
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt'])
  return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: pack.iv }, key, pack.data))
}

export async function erase() {
  if (!('indexedDB' in window)) return
  await new Promise((done) => Object.assign(indexedDB.deleteDatabase(NAME), { onsuccess: done, onerror: done, onblocked: done }))
  for (const one of (await navigator.serviceWorker?.getRegistrations?.()) || []) if (one.scope.endsWith('/pack/')) await one.unregister()
  if (window.caches) await caches.delete(NAME)
}
