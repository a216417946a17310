// Everything a desk does beyond looking at its queue: most keys, and what it keeps an eye on. Fetched once the queue stands.
import { aimCarers, aimFamily, close, handOver, handOwner, hold, withCall } from './actions.js'
import { beats } from './beats.js'
import { leaveNewCase, openNewCase } from './drafting.js'
import { duty } from './duty.js'
import { passOn } from './hand.js'
import { changeLookInPlace } from './look.js'
import { massWatch } from './mass_state.js'
import { dropOldDrafts } from './note.js'
import { tendPack } from './pack.js'
import { show } from './right.js'
import { nextStep } from './script.js'
import { fetchTasks, heardOfTask, taskRings } from './tasks.js'
import { answerPhone, telephone } from './telephone.js'

const EVERY_MS = 60_000 // a gap, or a network without websockets, may have swallowed what would have been heard

// Other pages point to a case by /console#20261122-0001.
function turnToAddress(seat) {
  if (/^#\d+-\d+$/.test(location.hash) && !seat.dialog) seat.openRow(location.hash.slice(1))
}

// What main.js asks of the desk from now on.
export function sit(seat) {
  const mass = massWatch(seat)
  const here = beats(seat)
  const phone = telephone(seat)
  let fetchedAt = 0
  // What comes beside the snapshot, whatever happened while we did not hear it.
  const refresh = () => {
    fetchedAt = performance.now()
    mass.refresh()
    fetchTasks(seat)
    seat.roundMoved?.()
  }
  const carers = () => show(seat, 'carers', () => aimCarers(seat))
  dropOldDrafts()
  tendPack()
  changeLookInPlace()
  refresh()
  turnToAddress(seat)
  addEventListener('hashchange', () => turnToAddress(seat))
  return {
    heard: (message) => (mass.heard(message), phone.heard(message), heardOfTask(seat, message)),
    learned: (state) => phone.seen(state),
    refresh,
    beat: () => {
      here.beat()
      if (performance.now() - fetchedAt > EVERY_MS) refresh()
    },
    rings: () => taskRings(seat),
    startShift: () => seat.state.me?.id && duty(seat, 'on'),
    keys: {
      dispatch: carers,
      pane3: carers,
      pane4: () => show(seat, 'district'),
      mass: () => show(seat, seat.right === 'mass' ? 'carers' : 'mass'),
      family: () => aimFamily(seat),
      newCase: () => openNewCase(seat),
      leaveNewCase: () => leaveNewCase(seat),
      hold: () => hold(seat),
      handOver: () => handOver(seat),
      owner: () => handOwner(seat),
      passOn: () => withCall(passOn)(seat),
      close: () => close(seat),
      script: () => nextStep(seat),
      phone: () => answerPhone(seat),
      live: () => seat.set({ dialog: { name: 'live' } }),
      help: () => seat.set({ dialog: { name: 'help' } }),
    },
  }
}
