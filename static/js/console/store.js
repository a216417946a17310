// The console's picture of the centre, and how each message changes it. Pure: no DOM, no network, no clock.
//
// Every message carries `seq` (its place) and `after` (the place of the one before it). `after` beyond our own place
// means something was missed: the row is still taken, because somebody may be waiting, but the caller must fetch a
// snapshot. Rows are taken by id and version, so a message that comes twice, or late, changes nothing.

const ENDED_KEPT = 500

export const empty = () => ({
  epoch: null,
  seq: 0,
  calls: new Map(),
  ended: new Map(), // id -> version of calls that left the list, so that a late message cannot bring them back
  technical: { count: 0, kinds: {}, oldest_at: null, mass: [] },
  carers: [],
  targets: {},
  health: null,
  seats: { rows: [], looking: {}, listening: true }, // the desk: who is there, who looks where, whether anybody listens
  me: null,
  zone: 'Asia/Shanghai',
  behind: 0, // ticks in a row that were ahead of us
  lost: null, // the row, as it is now, of the call that last stopped waiting without our having taken it
})

// A device item that nobody has taken up belongs in the folded row, not in the list.
const listed = (row) => row.stage !== 'closed' && (row.priority < 4 || row.holder_id != null || row.visit != null)

export function fromSnapshot(snapshot, before = empty()) {
  const calls = new Map(snapshot.calls.filter(listed).map((row) => [row.id, row]))
  const ended = snapshot.epoch === before.epoch ? before.ended : new Map()
  const { epoch, seq, technical, carers, targets, health, me, zone, seats } = snapshot
  const parts = { epoch, seq, technical: technical || empty().technical, carers, targets, health, me, zone, seats: seats || empty().seats }
  const lost = snapshot.epoch === before.epoch ? missing(before, calls, me) : null
  return { ...before, ...parts, calls, ended, behind: 0, lost }
}

// A snapshot holds open calls only: what waited here and is not in it has been taken and closed, and by whom it does not say.
function missing(before, calls, me) {
  const closed = (row) => ({ ...row, stage: 'closed' })
  const now = (was) => calls.get(was.id) || (was.stage === 'closed' ? was : closed(was))
  const kept = before.lost && lostAfter(before.lost, before.lost, now(before.lost), me)
  const cases = [...before.calls.values()].filter((row) => row.priority < 4) // a device item may only have been folded
  return cases.reduce((lost, was) => lostAfter(lost, was, now(was), me), kept)
}

// Whoever presses F2 a moment too late must hear who was quicker, whichever message brought the news.
function lostAfter(lost, was, row, me) {
  const theirs = row.stage !== 'waiting' && (row.holder_id == null || row.holder_id !== me?.id)
  if (lost?.id === row.id) return theirs ? row : null
  return theirs && was?.stage === 'waiting' ? row : lost
}

export function putCall(state, row) {
  const known = state.calls.get(row.id)?.version ?? state.ended.get(row.id) ?? 0
  if (row.version <= known) return state
  const lost = lostAfter(state.lost, state.calls.get(row.id), row, state.me)
  const calls = new Map(state.calls)
  if (listed(row)) return { ...state, lost, calls: calls.set(row.id, row) }
  calls.delete(row.id)
  const ended = new Map(state.ended)
  ended.delete(row.id)
  ended.set(row.id, row.version)
  if (ended.size > ENDED_KEPT) ended.delete(ended.keys().next().value)
  return { ...state, lost, calls, ended }
}

// What a message does: the new state, and whether a snapshot is needed.
export function receive(state, name, message) {
  if (state.epoch === null) return { state, gap: true }
  if (message.epoch !== state.epoch) return { state: message.call ? putCall(state, message.call) : state, gap: true }
  if (name === 'tick') return tick(state, message)
  const gap = message.after > state.seq
  let next = state
  if (name === 'event' && message.call) next = putCall(next, message.call)
  if (name === 'technical' && message.seq > state.seq) {
    const { count, kinds, oldest_at, mass = [] } = message
    next = { ...next, technical: { count, kinds, oldest_at, mass } }
  }
  if (!gap && message.seq > state.seq) next = { ...next, seq: message.seq, behind: 0 }
  return { state: next, gap }
}

// One tick ahead of us may have overtaken its event on the way; two in a row have not. It says how the house is.
function tick(state, message) {
  const behind = message.seq > state.seq ? state.behind + 1 : 0
  const { health = state.health } = message
  return { state: behind === state.behind && health === state.health ? state : { ...state, behind, health }, gap: behind > 1 }
}

// Calls that wait for an answer now and did not before: new ones, and those that a further press has made to ring again.
export function newlyWaiting(before, after) {
  if (before.calls === after.calls) return []
  return [...after.calls.values()].filter((row) => row.stage === 'waiting' && before.calls.get(row.id)?.stage !== 'waiting')
}
