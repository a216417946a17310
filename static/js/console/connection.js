// Keeps the store in step with the server: live messages, snapshots after a gap, and how old our knowledge is.
import { io } from 'socket.io-client'
import { clock } from './time.js'
import { empty, fromSnapshot, receive } from './store.js'
import { getJson } from './commands.js'

export const WARN_MS = 6000
export const STALE_MS = 8500 // looked at once a second: the banner is up within 10 s, whatever the moment
const POLL_MS = 4000
const RETRY_MS = 1500
const REFRESH_MS = 8000 // who is on duty, and whether every part of the house is up, come only with a snapshot
const WORRIED_MS = 5000
const DIAL_MS = 10_000
const AT_ONCE = /^(Line|Seat|Flood|NobodyListens|SomebodyListens)/ // for these at once: nobody may go on believing in a dead line, or in a seat that is empty

export function connection({ changed, heard, pulse }) {
  let state = empty()
  let heardAt = performance.now()
  let fetching = false
  let again = false
  let missed = []
  let polledAt = 0
  let dialledAt = 0
  let trouble = '' // what the last snapshot came to: '' or 'server' or 'database'

  const socket = io({
    transports: ['websocket'],
    reconnectionAttempts: Infinity,
    reconnectionDelay: 500,
    reconnectionDelayMax: 3000,
    randomizationFactor: 0.5,
  })
  for (const name of ['event', 'technical', 'tick']) socket.on(name, (message) => take(name, message))
  socket.on('looking', ({ looking }) => update({ ...state, seats: { ...state.seats, looking } }))
  socket.on('connect', resync)
  socket.on('disconnect', () => changed(state))
  setInterval(watch, 500)

  function take(name, message) {
    heardAt = performance.now()
    if (message.server_time) clock.hear(message.server_time)
    if (fetching) missed.push([name, message])
    const result = receive(state, name, message)
    update(result.state)
    if (name === 'event') heard(message)
    if (result.gap || AT_ONCE.test(message.kind)) resync()
    pulse()
  }

  function update(next) {
    if (next === state) return
    state = next
    changed(state)
  }

  // While the snapshot travels, live messages are shown and also kept, to be played again on top of it.
  async function resync() {
    if (fetching) return void (again = true)
    fetching = true
    missed = []
    polledAt = performance.now()
    let arrived = false
    try {
      const snapshot = await getJson('/snapshot', 5000)
      arrived = true
      trouble = ''
      clock.hear(snapshot.server_time)
      heardAt = performance.now()
      const replayed = missed.reduce((next, [name, message]) => {
        const result = receive(next, name, message)
        again ||= result.gap && name !== 'tick'
        return result.state
      }, fromSnapshot(snapshot, state))
      update(replayed)
    } catch (error) {
      trouble = error.status === 503 ? 'database' : 'server'
      if (arrived) console.error(error) // a fault of ours: whoever looks for it must find it
      if (error.status === 401) location.assign('/login?next=/console')
      again = true
      changed(state) // not only at the next beat
    }
    fetching = false
    if (again) setTimeout(resync, RETRY_MS)
    again = false
  }

  // A network that lets no websocket through still gets its calls, a few seconds later.
  function watch() {
    const healthy = state.health?.dispatcher?.state === 'up' && state.health.gateway?.state === 'up' && state.health.lines.every((line) => line.state === 'up')
    const doubtful = !socket.connected || performance.now() - heardAt > POLL_MS
    const patience = doubtful ? POLL_MS : healthy ? REFRESH_MS : WORRIED_MS
    if (performance.now() - polledAt > patience) resync()
    // A dial that nobody answers, not even with a refusal, is never given up by the library.
    if (socket.connected || performance.now() - dialledAt > DIAL_MS) {
      dialledAt = performance.now()
      if (!socket.connected) socket.disconnect().connect()
    }
  }

  return {
    resync,
    put: (change) => update(change(state)),
    age: () => performance.now() - heardAt,
    look: () => ({ connected: socket.connected, age: performance.now() - heardAt, trouble }),
  }
}
