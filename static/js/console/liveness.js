// Am I live? Every part that a press passes through on its way to this seat, and how it is now. Pure.
import { STALE_MS, WARN_MS } from './connection.js'
import { later } from './words.js'

export const WELL = 'well'
export const DOUBT = 'doubt'
export const DOWN = 'down'

// What each part is called.
export const PARTS = {
  connection: later('Connection'),
  data: later('Data'),
  sound: later('Sound'),
  database: later('Database'),
  gateway: later('Gateway'),
  lines: later('Lines'),
  dispatcher: later('Dispatcher'),
  exchange: later('Exchange'),
}

// The database cannot be read (the last snapshot said so) or cannot be written.
export const nothingKept = (link, health) => link.trouble === 'database' || health?.database === 'down'

const server = (one) => (one?.state === 'up' ? WELL : one?.state === 'late' ? DOUBT : DOWN)
const SOUND = { on: WELL, elsewhere: WELL, silenced: DOUBT, blocked: DOWN }

// [{name, state, detail, unknown}] in the order of PARTS. What the server says is worth nothing once its news is old.
export function liveness({ link, sound, state }) {
  const { health } = state
  const old = link.age > STALE_MS
  const away = nothingKept(link, health) // whoever lives can no longer write that it lives
  const said = (one) => (old || away || !health ? DOUBT : one())
  const silent = (health?.lines || []).filter((line) => line.state !== 'up')
  const found = {
    connection: link.connected ? WELL : DOWN,
    data: link.age > STALE_MS ? DOWN : link.age > WARN_MS ? DOUBT : WELL,
    sound: SOUND[sound.state],
    database: away ? DOWN : said(() => WELL),
    gateway: said(() => server(health.gateway)),
    lines: said(() => (silent.length ? DOWN : WELL)),
    dispatcher: said(() => server(health.dispatcher)),
    ...(health?.exchange && health.exchange.state !== 'none' && { exchange: said(() => server(health.exchange)) }),
  }
  const details = { lines: silent.map((line) => [line.name, line.detail].filter(Boolean).join(': ')).join('、') }
  const ours = new Set(['connection', 'data', 'sound'])
  return Object.entries(found).map(([name, how]) => ({ name, state: how, detail: details[name] || '', unknown: how === DOUBT && (old || away) && !ours.has(name) }))
}
