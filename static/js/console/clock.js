// The clock that stands still: why, until when, and how it runs again. Only where waiting can hurt nobody.
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { timeOfDay } from './time.js'
import { t, word } from './words.js'

// The pause that holds now, or undefined.
export const standing = (call, now) =>
  (call.pauses || []).find((one) => !one.to && Date.parse(one.from) <= now && now < Date.parse(one.until))

// An emergency's clock never stands still before somebody is there.
const mayPause = (call) => call.stage === 'answered' && (call.priority > 1 || call.arrived_at)

export function Clock({ call }) {
  const seat = useSeat()
  const now = useNow()
  const pause = standing(call, now)
  if (pause) {
    return html`<p class="standing clock-stands">${t('The clock stands still until {time}', { time: timeOfDay(Date.parse(pause.until), seat.state.zone).slice(0, 5) })}：${word('pauses', pause.reason)}
      <${Send} busy=${seat.isSending('resume-clock', call)} onClick=${() => seat.command('resume-clock', call)}>${t('Let it run')}</${Send}></p>`
  }
  if (!mayPause(call)) return null
  return html`<p class="clock-runs"><button type="button" class="quiet" onClick=${() => seat.set({ dialog: { name: 'pause' } })}>${t('The resident’s side asks to wait…')}</button></p>`
}
