// The question before a clock stands still: why, and for how long.
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { t, word } from './words.js'

const REASONS = ['resident_asked', 'waiting_for_family', 'waiting_for_key', 'waiting_for_part', 'weather']
const MINUTES = [10, 30, 60, 240, 1440]
const MOST_MINUTES = { 1: 60, 2: 30, 3: 1440, 4: 10080 }

const spoken = (n) => (n < 60 ? t('{n} minutes', { n }) : t('{n} hours', { n: n / 60 }))

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
