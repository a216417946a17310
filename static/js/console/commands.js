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
  const data = await response.json().catch(() => ({}))
  if (response.ok) return data
  const failure = new Error(data.message || t('The server answered with an error ({status}).', { status: response.status }))
  throw Object.assign(failure, { status: response.status, data, fix: data.fix || '' })
}

export const getJson = (path, patience = PATIENCE_MS) => request(path, { headers: { Accept: 'application/json' } }, patience)

const sending = (body) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
  body: JSON.stringify(body),
})

// Said once and no more: no command, and soon out of date.
export const tell = (path, body, more = {}) => request(path, { ...sending(body), ...more }, PATIENCE_MS)

export async function post(path, body) {
  const options = sending({ key: newKey(), ...body })
  for (let attempt = 1; ; attempt++) {
    try {
      return await request(path, options, PATIENCE_MS)
    } catch (error) {
      const answered = error.status && error.status < 500
      if (answered || attempt === TRIES) throw answered ? error : unsent(error)
      await new Promise((done) => setTimeout(done, 400 * attempt))
    }
  }
}

function unsent(error) {
  const failure = new Error(t('Not sent: the server does not answer.'))
  return Object.assign(failure, { status: error.status || 0, data: {}, fix: t('Go on by telephone and press again in a moment.') })
}
