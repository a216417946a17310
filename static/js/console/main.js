// The operators' console: puts the parts together and decides nothing.
import { render } from 'preact'
import { newlyWaiting } from './store.js'
import { ringing, waitingIn } from './attention.js'
import { announcer, hail } from './announce.js'
import { connection } from './connection.js'
import { Dialogs } from './dialogs.js'
import { Banners, Header } from './header.js'
import { Seat, onBeat } from './hooks.js'
import { html } from './html.js'
import { listen } from './keys.js'
import { coming, fetchAll, lazy } from './lazy.js'
import { speaks } from './presence.js'
import { Queue, takeFirst, walk } from './queue.js'
import { Right } from './right.js'
import { seat as newSeat } from './seat.js'
import { bell as newBell } from './sound.js'
import { tabLook } from './tab.js'
import { t } from './words.js'

const seat = newSeat()
let desk = null // all but the queue, once it is fetched
let early = null // what was asked of it last before that
const atDesk = (act) => (desk ? act(desk) : (early = act))
const announce = announcer(document.getElementById('say-now'), document.getElementById('say-soon'))
const owner = document.getElementById('app').dataset.user

const bell = newBell({
  owner,
  changed(sound) {
    document.documentElement.dataset.sound = sound.state
    document.documentElement.dataset.ringing = sound.ringing || ''
    seat.set({ sound })
  },
})
seat.bell = bell

let met = false // the socket stood at the last change: a beat in between asks it, too
const link = connection({
  changed(state) {
    const fresh = seat.state.epoch ? newlyWaiting(seat.state, state) : []
    seat.learn(state)
    seat.link = link.look()
    if (seat.link.connected && !met) desk?.refresh()
    met = seat.link.connected
    attend(fresh)
    desk?.learned(state)
    seat.tell()
  },
  heard: (message) => (seat.heard(message), desk?.heard(message)),
  pulse: () => desk?.beat(),
})
Object.assign(seat.ask, { put: link.put, resync: link.resync })

// Sound, title and announcements follow the store, not the drawing: a hidden tab is not drawn.
function attend(fresh = []) {
  const { calls, me } = seat.state
  bell.ring([...ringing(calls, seat.now(), me?.id, speaks(seat)), ...(desk?.rings() || [])])
  tabLook(waitingIn(calls), seat.link.age)
  announce(fresh)
  hail(fresh)
}

seat.startShift = async () => {
  await bell.test()
  atDesk((it) => it.startShift())
  if ('Notification' in window && Notification.permission === 'default') Notification.requestPermission()
}

// Opening puts the hands where the next step is: on the answer button, else at the head of the card.
seat.openRow = (id) => {
  seat.drafting = false
  seat.open(id)
  requestAnimationFrame(() => (document.getElementById('act-answer') || document.getElementById('card-title'))?.focus())
}

onBeat(() => {
  seat.link = link.look()
  seat.beat()
  desk?.beat()
  attend()
  seat.tell()
})

const focus = (id) => () => document.getElementById(id)?.focus()

const OF_THE_DESK = ['dispatch', 'family', 'newCase', 'hold', 'handOver', 'owner', 'passOn', 'close', 'script', 'phone', 'pane3', 'pane4', 'mass', 'live', 'help']

listen({
  ...Object.fromEntries(OF_THE_DESK.map((name) => [name, () => atDesk((it) => it.keys[name]())])),
  take: () => takeFirst(seat),
  up: () => walk(-1),
  down: () => walk(1),
  pane1: () => (document.querySelector('.queue .row[aria-current]') || document.querySelector('.queue .row'))?.focus(),
  pane2: focus('card-title'),
  back: () => (seat.drafting ? desk?.keys.leaveNewCase() : seat.notices.length ? seat.set({ notices: [] }) : focus('queue-title')()),
  refresh: () => (seat.refreshAll(), desk?.refresh(), seat.notice('info', t('Fetched anew. The page was not reloaded, so the sound stays on.'))),
})

// The queue is drawn first; what belongs to an open call follows at once, the dialogs after it.
const Card = lazy(() => import('./card.js'), 'Card', coming(2))
const StripToCome = () => html`<div class="strip" id="strip"></div>` // as high, so that nothing jumps
const Strip = lazy(() => import('./strip.js'), 'Strip', StripToCome)
const Incoming = lazy(() => import('./telephone.js'), 'Incoming')
const NewCase = lazy(() => import('./newcase.js'), 'NewCase', coming(2))

function App() {
  return html`<${Strip} /><${Banners} /><${Incoming} />
    <div class="panes"><${Queue} />${seat.drafting ? html`<${NewCase} />` : html`<${Card} />`}<${Right} /></div>
    <${Dialogs} />`
}

const draw = () => {
  render(html`<${Seat.Provider} value=${seat}><${Header} /></${Seat.Provider}>`, document.getElementById('header'))
  render(html`<${Seat.Provider} value=${seat}><${App} /></${Seat.Provider}>`, document.getElementById('app'))
}

let due = false
seat.subscribe(() => {
  if (due) return
  due = true
  requestAnimationFrame(() => {
    due = false
    draw()
  })
})
document.getElementById('app').replaceChildren()
draw()
requestIdleCallback(fetchAll, { timeout: 2000 })

const AGAIN_MS = 2000
const takeSeat = () =>
  import('./desk.js')
    .then(({ sit }) => (desk = sit(seat)))
    .then(() => (desk.learned(seat.state), desk.beat(), early?.(desk)))
    .catch((error) => (console.error(`desk: ${error.message}`), setTimeout(takeSeat, AGAIN_MS)))
takeSeat()
