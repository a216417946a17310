// Commands by HTTP: one key per press of a button, so that a repeat over a bad line is done once.
import { t } from './words.js'

const API = '/api/v1'
const TRIES = 3
const PATIENCE_MS = 6000
export const csrf = document.querySelector('meta[name="csrf-token"]').content

// randomUUID exists only on https and localhost; a console on plain http in the office must work too.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID()
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}

async function request(path, options, patience) {
  const response = await fetch(API + path, { ...options, signal: AbortSignal.timeout(patience) })
  if (response.status < 500) for (const one of unanswered.values()) one.until ??= performance.now() + KEPT_MS
  const data = await response.json().catch(() => ({}))
  if (response.ok) return data
  const failure = new Error(data.message || t('The server answered with an error ({status}).', { status: response.status }))
  throw Object.assign(failure, { status: response.status, data, fix: data.fix || (response.status < 500 ? '' : goOn()) })
}

const goOn = () => t('Go on by telephone and press again in a moment.')
export const getJson = (path, patience = PATIENCE_MS) => request(path, { headers: { Accept: 'application/json' } }, patience)

const sending = (body) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
  body: JSON.stringify(body),
})

// Said once and no more: no command, and soon out of date.
export const tell = (path, body, more = {}) => request(path, { ...sending(body), ...more }, PATIENCE_MS)

// A command that was not answered may have been done: the same words to the same place keep their key, until the server
// has answered for two minutes, or something else was done to the same call.
const KEPT_MS = 120_000
const unanswered = new Map() // `path words` -> { key, place, until }
const placeOf = (path) => path.split('/').slice(0, 3).join('/')

function keyOf(mark) {
  const { key, until } = unanswered.get(mark) || {}
  return key && !(until < performance.now()) ? key : newKey()
}

export async function post(path, { expected_version, ...body }) {
  const mark = `${path} ${JSON.stringify(body)}`
  const key = keyOf(mark)
  const options = sending({ key, expected_version, ...body })
  const place = placeOf(path)
  const began = performance.now()
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await request(path, options, PATIENCE_MS)
      for (const [one, { place: its }] of unanswered) if (its === place) unanswered.delete(one)
      return answer
    } catch (error) {
      if (error.status && error.status < 500) throw (unanswered.delete(mark), error)
      unanswered.set(mark, { key, place })
      if (attempt === TRIES || performance.now() - began > PATIENCE_MS - 1000) throw error.status ? error : unsent()
      await new Promise((done) => setTimeout(done, 400 * attempt))
    }
  }
}

function unsent() {
  const failure = new Error(t('Not sent: the server does not answer.'))
  return Object.assign(failure, { status: 0, data: {}, fix: goOn() })
}
