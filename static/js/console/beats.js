// The beats of this console: what it says of itself every few seconds, so that a seat that is gone is noticed.
import { ringing } from './attention.js'
import { newKey, tell } from './commands.js'
import { speaks } from './presence.js'

const EVERY_MS = 5000

// The beats of this tab. They go out with the ticks of the socket, which a hidden tab still hears; a timer it hardly has.
export function beats(seat) {
  const tab = newKey()
  let said = ''
  let saidAt = -Infinity
  let busy = false

  // A silence covers only what rang when it was asked for: a seat is deaf while something waits that it does not sound.
  const sound = () => {
    const { state, ringing: sounding } = seat.sound
    if (state !== 'silenced') return state
    return !sounding && ringing(seat.state.calls, seat.now(), seat.state.me?.id, speaks(seat)).length ? 'silenced' : 'on'
  }

  async function beat() {
    const looking = (document.visibilityState === 'visible' && seat.openId) || ''
    const words = JSON.stringify([sound(), looking])
    if (busy || !seat.state.me?.id || (words === said && performance.now() - saidAt < EVERY_MS)) return
    busy = true
    try {
      await tell('/seat/beat', { tab, sound: sound(), looking })
      said = words
    } catch {
      said = '' // said again with the next tick; a seat that cannot say so is lost after 30 s, and that is meant
    }
    saidAt = performance.now()
    busy = false
  }

  addEventListener('pagehide', () => tell('/seat/leave', { tab }, { keepalive: true }).catch(() => {}))
  addEventListener('pageshow', () => (said = ''))
  document.addEventListener('visibilitychange', beat)
  return { beat }
}
