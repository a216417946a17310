// Commands by HTTP: one key per press of a button, so that a repeat over a bad line is done once.
import { t } from './words.js'

const PATIENCE_MS = 6000
export const csrf = document.querySelector('meta[name="csrf-token"]').content

// randomUUID exists only on https and localhost; a console on plain http in the office must work too.
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')

async function request(path, options, patience = PATIENCE_MS) {
  const response = await fetch(`/api/v1${path}`, { ...options, signal: AbortSignal.timeout(patience) })
  if (response.status < 500) for (const one of unanswered.values()) one.until ??= performance.now() + KEPT_MS
  // A good answer that broke off is none, and is asked for again.
  if (response.ok) return response.json()
  const data = await response.json().catch(() => ({}))
  const { status } = response
  const failure = new Error(data.message || t('The server answered with an error ({status}).', { status }))
  throw Object.assign(failure, { status, data, fix: data.fix || (status < 500 ? '' : goOn()) })
}

const goOn = () => t('Go on by telephone and press again in a moment.')
export const getJson = (path, patience) => request(path, { headers: { Accept: 'application/json' } }, patience)

const sending = (body) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
  body: JSON.stringify(body),
})

// Said once and no more: no command, and soon out of date.
export const tell = (path, body, more) => request(path, { ...sending(body), ...more })

// A command that was not answered may have been done: the same words to the same place keep their key, until the server
// has answered for two minutes, or something else was done to the same call, or what it did has been seen: `own` is then
// another (when the call's holder did the last thing), and whoever presses again means it; not in the dialog that is still
// open from the first time and says that nothing was sent.
const KEPT_MS = 120_000
const unanswered = new Map() // `path words` -> { key, place, own, dialog, until }

export async function post(path, { expected_version, ...body }, own, dialog) {
  const mark = `${path} ${JSON.stringify(body)}`
  const place = path.split('/').slice(0, 3).join('/') // the call
  const kept = unanswered.get(mark)
  const same = kept && !(kept.until < performance.now()) && (kept.own === own || (dialog && kept.dialog === dialog))
  const one = same ? kept : { key: newKey(), place, own, dialog }
  const options = sending({ key: one.key, expected_version, ...body })
  const began = performance.now()
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await request(path, options)
      for (const [other, { place: its }] of unanswered) if (its === place) unanswered.delete(other)
      return answer
    } catch (error) {
      if (error.status && error.status < 500) throw (unanswered.delete(mark), error)
      one.until = undefined
      unanswered.set(mark, one)
      if (attempt === 3 || performance.now() - began > PATIENCE_MS - 1000) throw error.status ? error : unsent()
      await new Promise((done) => setTimeout(done, 400 * attempt))
    }
  }
}

const unsent = () => Object.assign(new Error(t('Not sent: the server does not answer.')), { status: 0, data: {}, fix: goOn() })
