// The strip above the report: what is happening in the centre now, fetched every 5 s from the snapshot.

import { deskLines, deskOf } from './desk.js'

const EVERY = 5000
const OLD = 10000 // the strip says so when it has not heard for this long

const wall = document.getElementById('wall')
let heard = 0 // when the last snapshot came, by performance.now()
let offset = 0 // server clock minus this computer's clock
let oldestAt = null
let desk = null

function put(name, figure, small = '', bad = false) {
  const place = wall.querySelector(`[data-wall="${name}"]`)
  place.querySelector('dd').replaceChildren(String(figure), ...(small ? [' ', note(small)] : []))
  place.classList.toggle('wall-bad', bad)
}

function note(words) {
  const small = document.createElement('small')
  small.textContent = words
  return small
}

const filled = (words, n) => words.replace('{n}', n)

function clockface(ms) {
  const whole = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (n) => String(n).padStart(2, '0')
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

const STEPS = [
  ['answer', 'answered_at'],
  ['decide', 'requested_at'],
  ['accept', 'accepted_at'],
  ['depart', 'departed_at'],
  ['arrive', 'arrived_at'],
  ['finish', 'finished_at'],
]
const ASKING = new Set(['offer', 'retry']) // the dispatcher's own deadlines: nobody is late yet

// Late now: a step has missed its target and is still not done. The console counts the same way.
function isLate(call, now) {
  const parts = [call, call.visit].filter(Boolean)
  const missed = STEPS.some(([step, until]) => !call[until] && parts.some((part) => part.late?.[step]))
  return missed || parts.some((part) => part.next_due_at && part.next_due_at < now && !ASKING.has(part.next_step))
}

export function counted(snapshot) {
  const waiting = snapshot.calls.filter((call) => call.stage === 'waiting')
  const late = snapshot.calls.filter((call) => isLate(call, snapshot.server_time))
  const onShift = snapshot.carers.filter((carer) => carer.on_shift)
  const lines = snapshot.health.lines
  return {
    waiting: waiting.length,
    oldestAt: waiting.map((call) => call.opened_at).sort()[0] || null,
    open: snapshot.calls.length,
    technical: snapshot.technical.count,
    late: late.length,
    carers: onShift.length,
    busy: onShift.filter((carer) => carer.visit_id).length,
    lines: lines.length,
    down: lines.filter((line) => line.state !== 'up').map((line) => line.name),
    nobody: snapshot.calls.filter((call) => call.nobody_left).map((call) => call.name || call.id),
  }
}

function show(figures) {
  oldestAt = figures.oldestAt
  put('waiting', figures.waiting, '', figures.waiting > 0)
  put('open', figures.open, figures.technical ? filled(wall.dataset.device, figures.technical) : '')
  put('late', figures.late, '', figures.late > 0)
  put('carers', figures.carers, figures.busy ? filled(wall.dataset.busy, figures.busy) : '', figures.carers === 0)
  const up = figures.lines - figures.down.length
  alarm(figures.nobody)
  put('lines', `${up}/${figures.lines}`, figures.down.join(' ') || wall.dataset.linesUp, figures.down.length > 0)
}

// Nobody is left to send: the one thing a supervisor must not read past.
function alarm(calls) {
  const place = wall.querySelector('.wall-alarm')
  place.hidden = !calls.length
  const words = filled(wall.dataset.nobody, calls.join('、'))
  if (calls.length && place.textContent !== words) place.textContent = words
}

async function ask() {
  try {
    const answer = await fetch(wall.dataset.snapshot, { headers: { Accept: 'application/json' }, cache: 'no-store' })
    if (!answer.ok) return
    const snapshot = await answer.json()
    offset = Date.parse(snapshot.server_time) - Date.now()
    heard = performance.now()
    document.dispatchEvent(new CustomEvent('heard', { detail: snapshot.seq })) // renew.js renews what stands below
    show(counted(snapshot))
    desk = deskOf(snapshot)
    put('seats', `${desk.hearing}/${desk.on}`, desk.break ? filled(wall.dataset.break, desk.break) : '', desk.deaf || desk.lost.length > 0)
    sayDesk()
  } catch {
    // The age below the strip says that nothing came; the next round asks again.
  }
}

// One line for each thing at the desk, with the time it has lasted running; said anew only when the words change.
function sayDesk() {
  const box = wall.querySelector('.wall-desk')
  const place = box.firstElementChild
  const lines = deskLines(desk, wall.dataset)
  const now = Date.now() + offset
  box.hidden = !lines.length
  const shown = lines.map(([words, since]) => {
    const line = document.createElement('li')
    const time = document.createElement('span')
    time.className = 'figure'
    time.textContent = since ? ` ${clockface(now - since)}` : ''
    line.append(words, time)
    return line
  })
  const same = [...place.children].map((line) => line.firstChild.data).join() === lines.map(([words]) => words).join()
  if (!same) return place.replaceChildren(...shown)
  shown.forEach((line, at) => (place.children[at].lastChild.textContent = line.lastChild.textContent))
}

function tick() {
  if (desk) sayDesk()
  put('oldest', oldestAt ? clockface(Date.now() + offset - Date.parse(oldestAt)) : '–')
  const age = performance.now() - heard
  const old = age > OLD
  wall.classList.toggle('wall-old', old)
  const words = old ? (heard ? filled(wall.dataset.old, Math.round(age / 5000) * 5) : wall.dataset.never) : ''
  const place = wall.querySelector('.wall-age')
  if (place.textContent !== words) place.textContent = words
}

async function follow() {
  await ask()
  setTimeout(follow, EVERY)
}

if (wall) {
  follow()
  setInterval(tick, 1000)
}
