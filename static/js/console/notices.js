// What a command came to: refused, taken by somebody else, not sent. Said at the foot of the screen until read.
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { t } from './words.js'

// Its button goes with it: in a question the hands are put on the answer, so that keys still reach it.
const next = (button) => button.closest('dialog')?.querySelector('.primary, [data-first="true"]')?.focus()

export function Notices() {
  const seat = useSeat()
  return html`<div class="notices" role="status">${seat.notices.map((one) => html`<p key=${one.id} class=${`notice notice-${one.tone}`}>
    <span><b>${one.message}</b> ${one.fix}</span>
    <button type="button" class="quiet" aria-label=${t('Dismiss')} onClick=${(event) => (next(event.target), seat.dismiss(one.id))}>×</button></p>`)}</div>`
}
