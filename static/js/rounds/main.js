// The operators' list of whom to ring: the next person by one key, their card, what came of it. Shared between seats.
import { h, render } from 'preact'
import htm from 'htm'
import { io } from 'socket.io-client'
import { getJson, post } from '../console/commands.js'
import { t } from '../console/words.js'
import { Card, results } from './card.js'
import { List } from './list.js'

const html = htm.bind(h)
const boot = JSON.parse(document.getElementById('boot').textContent)
const HOLD_AGAIN_MS = 60_000 // an open card says that it is being worked on; a lost seat gives its person back
const SOON_MS = 300
const POLL_MS = 5_000
const state = { ready: [], later: [], counts: {}, resting: false, card: null, error: null, busy: false, connected: false, words: '', at: '' }
let soon = null

const draw = () => render(html`<${App} />`, document.getElementById('rounds'))
const set = (values) => (Object.assign(state, values), draw())
const say = (text) => (document.getElementById('say-soon').textContent = text)

async function load() {
  try {
    const found = await getJson('/rounds/calls')
    set({ ready: found.ready, later: found.later, counts: found.counts, resting: found.resting })
  } catch (error) {
    if (error.status === 401) return location.assign('/login?next=/rounds')
    set({ error: { message: error.message, fix: error.fix } })
  }
}

// One command at a time; who lost is told who won, and the list is fetched anew.
async function send(path, body = {}) {
  if (state.busy) return null
  set({ busy: true, error: null })
  try {
    return await post(path, body)
  } catch (error) {
    set({ error: { message: error.message, fix: error.fix } })
    return null
  } finally {
    set({ busy: false })
    load()
  }
}

function open(entry) {
  set({ card: entry, words: '', at: '' })
  say(t('Now: {name}', { name: entry.name }))
  requestAnimationFrame(() => document.getElementById('ring-words')?.focus())
}

const actions = {
  async next() {
    if (state.card) return document.getElementById('ring-words')?.focus()
    const answer = await send('/rounds/next')
    if (answer) open(answer.entry)
  },
  async take(id) {
    if (state.card) await actions.giveBack()
    const answer = await send(`/rounds/calls/${encodeURIComponent(id)}/take`)
    if (answer) open(answer.entry)
  },
  async giveBack() {
    const { card } = state
    if (card && (await send(`/rounds/calls/${encodeURIComponent(card.id)}/give_back`))) set({ card: null })
  },
  async say(result) {
    const { card, words, at } = state
    if (!card) return
    const body = { result, words, ...(at && { at: new Date(at).toISOString() }) }
    const answer = await send(`/rounds/calls/${encodeURIComponent(card.id)}/say`, body)
    if (!answer) return
    say(t('Kept. F2: the next one'))
    set({ card: null })
    document.getElementById('ring-next')?.focus()
  },
  write: (values) => set(values),
}

const App = () => html`<div class="ring-head">
    <button type="button" id="ring-next" class="primary" disabled=${!boot.may} onClick=${actions.next}><kbd>F2</kbd> ${t('Next person')}</button>
    <span>${t('To be rung')} <b>${state.counts.ready ?? '…'}</b></span>
    ${state.counts.urgent > 0 && html`<span class="late">${t('Urgent')} <b>${state.counts.urgent}</b></span>`}
    <span class="muted">${t('Later')} <b>${state.counts.later ?? '…'}</b></span>
    <span class="muted" role="status">${state.connected ? t('Connected') : t('Reconnecting')}</span>
  </div>
  ${state.error && html`<p class="flash flash-error" role="alert">${state.error.message} ${state.error.fix}</p>`}
  ${state.resting && html`<p class="flash">${t('Elders are not rung at this hour. Only what cannot wait is listed.')}</p>`}
  <div class="ring-panes"><${List} state=${state} actions=${actions} me=${boot.me} zone=${boot.zone} />
    <${Card} state=${state} actions=${actions} says=${boot.says} zone=${boot.zone} /></div>`

addEventListener('keydown', (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.shiftKey) return
  const digit = event.altKey && /^Digit([1-9])$/.exec(event.code)
  if (event.key === 'F2' && !event.altKey) {
    event.preventDefault()
    if (!event.repeat && boot.may) actions.next()
  } else if (digit && state.card) {
    event.preventDefault()
    const result = results(boot.says, state.card)[Number(digit[1]) - 1]
    if (result && !event.repeat) actions.say(result)
  } else if (event.key === 'Escape' && state.card) actions.giveBack()
})

const later = () => {
  clearTimeout(soon)
  soon = setTimeout(load, SOON_MS)
}
const socket = io({ transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 3000 })
socket.on('connect', () => (set({ connected: true }), load()))
socket.on('disconnect', () => set({ connected: false }))
socket.on('event', (event) => /^(round|away|call):/.test(event.stream) && later())
socket.on('technical', later)
setInterval(() => !socket.connected && load(), POLL_MS)
setInterval(holdAgain, HOLD_AGAIN_MS)

// A hold that ran out is not taken anew by a page nobody sits at.
async function holdAgain() {
  const { card } = state
  if (!card) return
  const { entry } = await post(`/rounds/calls/${encodeURIComponent(card.id)}/take`, {}).catch((error) => (lost(error), {}))
  if (entry && entry.held_since !== card.held_since && state.card === card) actions.giveBack()
}

// Somebody else has this person now, or has done the call: say so, and let go.
function lost(error) {
  if (error.status === 409) set({ card: null, error: { message: error.message, fix: error.fix } })
}

document.getElementById('rounds').replaceChildren()
draw()
load()
