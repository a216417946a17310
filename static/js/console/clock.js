// The clock that stands still: why, until when, and how it runs again. Only where waiting can hurt nobody.
import { Dialog } from './dialogs.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { timeOfDay } from './time.js'
import { t, word } from './words.js'

const REASONS = ['resident_asked', 'waiting_for_family', 'waiting_for_key', 'waiting_for_part', 'weather']
const MINUTES = [10, 30, 60, 240, 1440]
const MOST_MINUTES = { 1: 60, 2: 30, 3: 1440, 4: 10080 }

// The pause that holds now, or undefined.
export const standing = (call, now) =>
  (call.pauses || []).find((one) => !one.to && Date.parse(one.from) <= now && now < Date.parse(one.until))

// An emergency's clock never stands still before somebody is there.
const mayPause = (call) => call.stage === 'answered' && (call.priority > 1 || call.arrived_at)

const spoken = (n) => (n < 60 ? t('{n} minutes', { n }) : t('{n} hours', { n: n / 60 }))

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

export function Pause({ call }) {
  const seat = useSeat()
  const { reason } = seat.dialog
  const choose = (one) => seat.set({ dialog: { ...seat.dialog, reason: one } })
  const pause = async (minutes) => (await seat.command('pause', call, { reason, minutes })) && seat.set({ dialog: null })
  return html`<${Dialog} title=${t('Let the clock stand still: why, and for how long?')}>
    <p>${t('Asking carers goes on. A new press, sending somebody and closing end the pause. It is counted apart.')}</p>
    <div class="choices" role="group" aria-label=${t('Reason')}>${REASONS.map((one, at) => html`<button type="button" data-first=${at === 0} aria-pressed=${reason === one} onClick=${() => choose(one)}>${word('pauses', one)}</button>`)}</div>
    ${reason && html`<div class="choices" role="group" aria-label=${t('For how long')}>${MINUTES.filter((n) => n <= MOST_MINUTES[call.priority]).map((n) => html`<${Send} busy=${seat.isSending('pause', call)} onClick=${() => pause(n)}>${spoken(n)}</${Send}>`)}</div>`}
  </${Dialog}>`
}
