// The left pane: every open call, the one that needs somebody first on top, and no row that moves under the pointer.
import { useRef, useState } from 'preact/hooks'
import { useAnchor } from './anchor.js'
import { callerPlace, isOfCaller } from './callers.js'
import { firstWaiting, lostLately, overdue, queueOf, settle } from './attention.js'
import { useBelow } from './below.js'
import { rowMarks } from './presence.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { lazy } from './lazy.js'
import { openNewCase } from './drafting.js'
import { outstanding } from './standing.js'
import { Age, Tag, leftOf, nameOf, onTheWay, visitWords, whatHappened, years } from './terms.js'
import { figures } from './time.js'
import { later, t, word } from './words.js'

const FOCUS_REST_MS = 15_000
const POINTER_REST_MS = 5000 // a pointer that lies still for longer aims at nothing, and may hide nobody
const GROUPS = [later('Waiting'), later('Overdue'), later('Mine'), later('Other seats')]

const FoldedByWarning = lazy(() => import('./mass_state.js'), 'FoldedByWarning')

export function Queue() {
  const seat = useSeat()
  const now = useNow()
  const rest = useRest()
  const shown = useRef([])
  const lines = useRef(new Map())
  const wanted = queueOf(seat.state.calls, now, seat.state.me?.id, warned(seat))
  const { entries, above } = settle(shown.current, wanted, rest.resting())
  shown.current = entries
  const { box, bar } = useBelow(entries.filter((entry) => entry.group === 0).map((entry) => entry.id))
  const hold = useAnchor(box, rest.resting)
  const urgent = above > 0 && hiddenUrgent(seat, entries, wanted)
  return html`<section class="pane queue" aria-labelledby="queue-title" data-pane="1">
    <header class="pane-head">
      <h2 id="queue-title" tabindex="-1">${t('Calls')}</h2>
      <button type="button" class="mini" onClick=${() => openNewCase(seat)}>${t('New case')} <kbd>F3</kbd></button>
      ${above > 0 &&
      html`<button type="button" class=${urgent ? 'above danger' : 'above primary'} onClick=${rest.release}>
        ↑ ${t('{n} new calls', { n: above })}
      </button>`}
    </header>
    <div class="pane-body" ref=${box} ...${rest.listeners} onPointerOver=${hold}>
      <ol class="rows">${groups(entries, seat, now, lines.current)}</ol>
      ${!entries.length && html`<p class="nothing">${seat.state.epoch ? t('No open calls. All quiet.') : t('Fetching the calls…')}</p>`}
    </div>
    ${bar}<${FoldedByWarning} /><${Folded} />
  </section>`
}

// A line that would look the same is handed over as it was, and costs nothing: 300 of them, one of them new.
function unchanged(lines, row, open, late, mine, struck, marks, onOpen) {
  const was = lines.get(row.id)
  if (was && was.row === row && was.open === open && was.late === late && was.mine === mine && was.struck === struck && was.marks === marks) return was.line
  const line = html`<${Row} key=${row.id} row=${row} open=${open} late=${late} mine=${mine} struck=${struck} marks=${marks} onOpen=${onOpen} />`
  lines.set(row.id, { row, open, late, mine, struck, marks, line })
  return line
}

function groups(entries, seat, now, lines) {
  let group = null
  for (const id of lines.keys()) if (!seat.state.calls.has(id)) lines.delete(id)
  return entries.flatMap((entry) => {
    const row = seat.state.calls.get(entry.id)
    const head = entry.group !== group && html`<li class="group" key=${`g${entry.group}${entry.id}`}>${groupWords(entry.group, seat)}</li>`
    group = entry.group
    const line = row
      ? unchanged(lines, row, seat.openId === entry.id, overdue(row, now), row.holder_id === seat.state.me?.id, seat.struck.has(row.home_id), rowMarks(seat, row), seat.openRow)
      : html`<li class="row-gone" key=${entry.id}>${t('Closed')} · ${entry.id}</li>`
    return head ? [head, line] : [line]
  })
}

const warned = (seat) => Boolean(seat.mass?.events.length)

const groupWords = (group, seat) => {
  const alone = group === 0 && [...seat.state.calls.values()].some((row) => row.nobody_left)
  return alone ? `${t(GROUPS[0])} · ${t('Nobody to send')}` : t(GROUPS[group])
}

function Row({ row, open, late, mine, struck, marks, onOpen }) {
  const place = row.incident ? word('causes', row.incident.cause) : row.place || callerPlace(row) || (row.known === false && row.kind !== 'drill_failed' && !isOfCaller(row) ? t('Account {account}', { account: row.account }) : '')
  const crews = outstanding(row).map(([service]) => t('{service} called', { service }))
  const owner = row.owner_id !== null && row.holder_id !== null && row.owner_id !== row.holder_id ? t('answered for by {name}', { name: row.owner_name }) : ''
  const offered = row.owner_offer ? t('offered to {name}', { name: row.owner_offer.to_name }) : ''
  const status = [struck && row.priority < 4 ? t('in a struck area, risk {tier}', { tier: row.tier || '—' }) : '', row.incident && leftOf(row.incident), row.nobody_left || late ? lateWords(row, late) : '', row.nobody_left && !onTheWay(row) ? '' : visitWords(row), row.stage === 'on_hold' && html`<${Back} row=${row} />`, marks, ...crews, owner, offered].filter(Boolean)
  return html`<li class=${`row-item ${row.stage} ${row.nobody_left ? 'alone' : ''} ${row.stage === 'on_hold' && row.priority < 3 ? 'held-life' : ''}`}>
    <button type="button" class="row" data-call=${row.id} aria-current=${open ? 'true' : null} onClick=${() => onOpen(row.id)}>
      <${Tag} priority=${row.priority} />
      <span class="row-who"><b>${nameOf(row)}</b> ${years(row.age)}
        ${row.presses > 1 && html` <span class="presses">${t('pressed ×{n}', { n: row.presses })}</span>`}</span>
      <${Age} from=${row.opened_at} late=${Boolean(late) || row.nobody_left} />
      <span class="row-what">${whatHappened(row)}${place && ` · ${place}`}</span>
      <span class="row-holder">${holder(row, mine)}</span>
      ${status.length > 0 && html`<span class=${late || row.nobody_left ? 'row-status late' : 'row-status'}>${status.map((part, at) => html`${at > 0 && ' · '}${part}`)}</span>`}
    </button>
  </li>`
}

const lateWords = (row, late) =>
  row.nobody_left ? (onTheWay(row) ? t('Nobody else to send') : t('Nobody to send')) : late === 'hold' ? t('Hold is over') : t('Overdue: {step}', { step: word('steps', late) })

// How long somebody has been waiting on the line, and when they are taken up again.
function Back({ row }) {
  const now = useNow()
  const left = row.held_until ? Date.parse(row.held_until) - now : 0
  const since = row.held_since ? t('on hold for {time}', { time: figures(now - Date.parse(row.held_since)) }) : ''
  return [since, left > 0 && t('On hold, back in {time}', { time: figures(left) })].filter(Boolean).join(' · ')
}

function holder(row, mine) {
  if (row.stage === 'waiting') return t('Waiting')
  return mine ? t('Mine') : row.holder_name || ''
}

// Device items that nobody has taken up: one row, however many there are.
function Folded() {
  const seat = useSeat()
  const { count, kinds, oldest_at: oldest } = seat.state.technical
  if (!count) return null
  const parts = Object.entries(kinds).sort((a, b) => b[1] - a[1]).slice(0, 3)
  return html`<button type="button" class="folded" onClick=${() => seat.set({ dialog: { name: 'devices' } })}>
    <${Tag} priority=${4} />
    <b>${t('{n} items', { n: count })}</b>
    <span class="folded-kinds">${parts.map(([kind, n]) => `${word('kinds', kind)} ${n}`).join(' · ')}</span>
    ${oldest && html`<${Age} from=${oldest} />`}
  </button>`
}

const hiddenUrgent = (seat, entries, wanted) => {
  const here = new Set(entries.map((entry) => entry.id))
  return wanted.some((entry) => !here.has(entry.id) && seat.state.calls.get(entry.id)?.priority === 1)
}

// Whether a pointer moves on the list, or the keyboard was used in it a moment ago.
function useRest() {
  const marks = useRef({ pointerAt: 0, keyAt: 0 })
  const [, look] = useState(0)
  const mark = (values) => () => (Object.assign(marks.current, values()), look((n) => n + 1))
  const listeners = {
    onPointerMove: () => { marks.current.pointerAt = Date.now() },
    onPointerLeave: mark(() => ({ pointerAt: 0 })),
    onFocusCapture: mark(() => ({ keyAt: Date.now() })),
    onFocusOut: mark(() => ({ keyAt: 0 })),
  }
  const resting = () => {
    const { pointerAt, keyAt } = marks.current
    return Date.now() - pointerAt < POINTER_REST_MS || Date.now() - keyAt < FOCUS_REST_MS
  }
  return { listeners, resting, release: mark(() => ({ pointerAt: 0, keyAt: 0 })) }
}

// ↑ and ↓ walk the shown rows; the focus goes with them.
export function walk(step) {
  const rows = [...document.querySelectorAll('.queue .row, .queue .folded')]
  if (!rows.length) return
  const at = rows.indexOf(document.activeElement)
  const open = rows.findIndex((row) => row.getAttribute('aria-current'))
  const next = at >= 0 ? at + step : open >= 0 ? open + step : 0
  rows[Math.max(0, Math.min(rows.length - 1, next))].focus()
}

export async function takeFirst(seat) {
  const id = firstWaiting(seat.state.calls, seat.now(), seat.state.me?.id, warned(seat))
  if (!id) return seat.notice('info', t('Nobody is waiting.'), justTaken(seat))
  const row = seat.state.calls.get(id)
  seat.drafting = false
  seat.open(id)
  document.activeElement?.blur() // the hands go to the card, and press nothing of what was before it
  await seat.command('answer', row)
}

// Whoever pressed a moment too late wants to know who has it.
function justTaken(seat) {
  const row = lostLately(seat, performance.now())
  if (!row) return ''
  const closed = [t('Closed'), row.holder_name].filter(Boolean).join(' · ')
  return `${nameOf(row)}：${row.stage === 'closed' ? closed : t('{name} has this call', { name: row.holder_name || '—' })}`
}
