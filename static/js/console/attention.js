// What needs a person, and how soon: overdue steps, the order of the queue, and what should ring. Pure.

// step, the moment its clock starts, the moment that ends it
export const STEPS = [
  ['answer', 'opened_at', 'answered_at'],
  ['decide', 'opened_at', 'requested_at'],
  ['accept', 'requested_at', 'accepted_at'],
  ['depart', 'accepted_at', 'departed_at'],
  ['arrive', 'opened_at', 'arrived_at'],
]

// A deadline, moved by the pauses on its way: as callcenter/rules/pauses.py reckons it.
function moved(start, owed, step, row) {
  let due = start + owed
  if (row.priority === 1 || !['decide', 'arrive'].includes(step)) return due
  for (const pause of row.pauses || []) {
    const begins = Math.max(Date.parse(pause.from), start)
    const ends = Date.parse(pause.to || pause.until)
    if (begins < due && ends > begins) due += ends - begins
  }
  return due
}

// Each step that has a target: {step, target (s), from, done, due (ms), late}
export function stepsOf(row, targets) {
  const mine = row.owed || targets?.[row.priority] || {}
  return STEPS.filter(([step]) => mine[step]).map(([step, from, until]) => {
    const due = row[from] ? moved(Date.parse(row[from]), mine[step] * 1000, step, row) : null
    const missed = step in (row.late || {}) || step in (row.visit?.late || {})
    const late = missed || (row[until] !== null && due !== null && Date.parse(row[until]) > due)
    return { step, target: mine[step], from: row[from], done: row[until], due, late }
  })
}

// Deadlines that a person is being waited for; an offer or a retry is the dispatcher's own business.
const OURS = new Set(['answer', 'decide', 'conclude', 'accept', 'depart', 'arrive', 'finish', 'hold', 'chase', 'prompt'])

// What is next due of a call and of its visit, as [ms, step]. A row never changes, so it is read once.
const dues = new WeakMap()
function dueOf(row) {
  let found = dues.get(row)
  if (found) return found
  const parts = [row, row.visit].filter((part) => part?.next_due_at && OURS.has(part.next_step))
  found = parts.map((part) => [Date.parse(part.next_due_at), part.next_step])
  dues.set(row, found)
  return found
}

// The step that is late now and not yet done, or null.
export function overdue(row, now) {
  if (row.stage === 'closed') return null
  const outside = ['prompt', 'chase'].find((step) => row.late?.[step] !== undefined)
  if (outside) return outside
  const running = STEPS.find(([step, , until]) => !row[until] && (row.late?.[step] || row.visit?.late?.[step]))
  if (running) return running[0]
  if (row.requested_at && undecided(row)) return 'conclude'
  for (const [due, step] of dueOf(row)) if (due < now) return step
  return holdReturned(row, now) ? 'hold' : null
}

// Nobody goes and nobody has closed, although the time for that is over.
const undecided = (row) => {
  const going = row.visit && !['finished', 'cancelled', 'interrupted'].includes(row.visit.stage)
  return !going && (row.late?.conclude !== undefined || (row.late?.decide !== undefined && !row.requested_at))
}

export const holdReturned = (row, now) =>
  row.stage === 'on_hold' && (!row.held_until || Date.parse(row.held_until) <= now)

// 0 waiting (or without anybody to send), 1 overdue, 2 mine, 3 others'
export function groupOf(row, now, meId) {
  if (row.stage === 'waiting' || row.nobody_left) return 0
  if (overdue(row, now)) return 1
  return row.holder_id === meId ? 2 : 3
}

// Stamps and numbers are ASCII: compared by their codes, which costs a hundredth of a comparison by language.
const before = (a, b) => (a < b ? -1 : a > b ? 1 : 0)

export function queueOf(calls, now, meId) {
  const entries = [...calls.values()].map((row) => ({ id: row.id, group: groupOf(row, now, meId), row }))
  entries.sort(
    (a, b) => a.group - b.group || a.row.priority - b.row.priority || before(a.row.opened_at, b.row.opened_at) || before(a.id, b.id),
  )
  return entries.map(({ id, group }) => ({ id, group }))
}

// What to show while a pointer or the focus rests on the list: every shown row stays in its place, calls that ended
// leave a ghost, and new ones wait behind the button unless they belong at the very end. {entries, above}
export function settle(shown, wanted, frozen) {
  if (!frozen || !shown.length) return { entries: wanted, above: 0 }
  const here = new Set(shown.map((entry) => entry.id))
  const lastShown = wanted.findLastIndex((entry) => here.has(entry.id))
  const below = lastShown < 0 ? [] : wanted.slice(lastShown + 1)
  const above = wanted.filter((entry) => !here.has(entry.id)).length - below.length
  return { entries: [...shown, ...below], above }
}

export function waitingIn(calls) {
  let n = 0
  for (const row of calls.values()) n += row.stage === 'waiting'
  return n
}

export function counts(calls, now) {
  const waiting = waitingIn(calls)
  let late = 0
  for (const row of calls.values()) late += overdue(row, now) !== null
  return { waiting, handled: calls.size - waiting, late }
}

export function firstWaiting(calls, now, meId) {
  const waiting = new Map([...calls].filter(([, row]) => row.stage === 'waiting'))
  return queueOf(waiting, now, meId)[0]?.id
}

// The call that somebody else took from under this seat's hands, while that is news. Counted from when this seat learnt
// it, not from when it happened: news may be slow, and a call that has rung again was first answered long ago.
const NEWS_MS = 10_000
export const lostLately = ({ state, lostAt }, now) => (state.lost && now - lostAt < NEWS_MS ? state.lost : null)

// Why each ringing call rings: {id, pattern} with pattern 1, 2, 3 by urgency. Device items never ring.
export function ringing(calls, now, meId) {
  const found = []
  for (const row of calls.values()) {
    if (row.priority > 3) continue
    if (row.stage === 'waiting') found.push({ id: row.id, pattern: row.priority })
    else if (row.nobody_left) found.push({ id: row.id, pattern: 1 })
    else if (row.late?.prompt !== undefined) found.push({ id: row.id, pattern: 1 })
    else if (row.late?.chase !== undefined) found.push({ id: row.id, pattern: 2 }) // at every seat, until somebody asks
    else if (holdReturned(row, now)) found.push({ id: row.id, pattern: 2 }) // at every seat: the holder may have gone
    else if (row.priority === 1 && row.holder_id === meId && undecided(row)) found.push({ id: row.id, pattern: 2 })
  }
  return found
}
