// The operators' console: puts the parts together and decides nothing.
import { render } from 'preact'
import { aimCarers, aimFamily, close, handOver, handOwner, hold, withCall } from './actions.js'
import { newlyWaiting } from './store.js'
import { ringing, waitingIn } from './attention.js'
import { announcer, hail } from './announce.js'
import { connection } from './connection.js'
import { Dialogs } from './dialogs.js'
import { Banners, Header } from './header.js'
import { nextStep } from './script.js'
import { taskRings } from './tasks.js'
import { Seat, onBeat } from './hooks.js'
import { html } from './html.js'
import { listen } from './keys.js'
import { coming, fetchAll, lazy } from './lazy.js'
import { massWatch } from './mass_state.js'
import { leaveNewCase, openNewCase } from './drafting.js'
import { changeLookInPlace } from './look.js'
import { dropOldDrafts } from './note.js'
import { Notices } from './notices.js'
import { tendPack } from './pack.js'
import { duty } from './duty.js'
import { passOn } from './hand.js'
import { presence, speaks } from './presence.js'
import { Queue, takeFirst, walk } from './queue.js'
import { Right, show } from './right.js'
import { seat as newSeat } from './seat.js'
import { bell as newBell } from './sound.js'
import { Strip } from './strip.js'
import { tabLook } from './tab.js'
import { Incoming, answerPhone, telephone } from './telephone.js'
import { t } from './words.js'

const seat = newSeat()
const phone = telephone(seat)
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
const mass = massWatch(seat)
const here = presence(seat)

const link = connection({
  changed(state) {
    if (link.connected() && !seat.link.connected) mass.refresh() // whatever happened while we did not hear it
    const fresh = seat.state.epoch ? newlyWaiting(seat.state, state) : []
    seat.learn(state)
    seat.link = link.look()
    attend(fresh)
    phone.seen(state)
    seat.tell()
  },
  heard: (message) => (seat.heard(message), mass.heard(message), phone.heard(message)),
  pulse: () => here.beat(),
})
Object.assign(seat.ask, { put: link.put, resync: link.resync })

// Sound, title and announcements follow the store, not the drawing: a hidden tab is not drawn.
function attend(fresh = []) {
  const { calls, me } = seat.state
  bell.ring([...ringing(calls, seat.now(), me?.id, speaks(seat)), ...taskRings(seat)])
  tabLook(waitingIn(calls), link.age())
  announce(fresh)
  hail(fresh)
}

seat.startShift = async () => {
  await bell.test()
  if (seat.state.me?.id) duty(seat, 'on')
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
  here.beat()
  attend()
  seat.tell()
})

const focus = (id) => () => document.getElementById(id)?.focus()

listen({
  take: () => takeFirst(seat),
  up: () => walk(-1),
  down: () => walk(1),
  dispatch: () => show(seat, 'carers', () => aimCarers(seat)),
  family: () => aimFamily(seat),
  newCase: () => openNewCase(seat),
  hold: () => hold(seat),
  handOver: () => handOver(seat),
  owner: () => handOwner(seat),
  passOn: () => withCall(passOn)(seat),
  close: () => close(seat),
  script: () => nextStep(seat),
  phone: () => answerPhone(seat),
  pane1: () => (document.querySelector('.queue .row[aria-current]') || document.querySelector('.queue .row'))?.focus(),
  pane2: focus('card-title'),
  pane3: () => show(seat, 'carers', () => aimCarers(seat)),
  pane4: () => show(seat, 'district'),
  mass: () => show(seat, seat.right === 'mass' ? 'carers' : 'mass'),
  back: () => (seat.drafting ? leaveNewCase(seat) : seat.notices.length ? seat.set({ notices: [] }) : focus('queue-title')()),
  refresh: () => (seat.refreshAll(), seat.notice('info', t('Fetched anew. The page was not reloaded, so the sound stays on.'))),
  live: () => seat.set({ dialog: { name: 'live' } }),
  help: () => seat.set({ dialog: { name: 'help' } }),
})

// The queue is drawn first; what belongs to an open call follows at once, the dialogs after it.
const Card = lazy(() => import('./card.js'), 'Card', coming(2))
const NewCase = lazy(() => import('./newcase.js'), 'NewCase', coming(2))

function App() {
  return html`<${Strip} /><${Banners} /><${Incoming} />
    <div class="panes"><${Queue} />${seat.drafting ? html`<${NewCase} />` : html`<${Card} />`}<${Right} /></div>
    <${Notices} />
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
dropOldDrafts()
tendPack()
changeLookInPlace()
document.getElementById('app').replaceChildren()
draw()
requestIdleCallback(fetchAll, { timeout: 2000 })
