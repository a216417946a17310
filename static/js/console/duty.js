// Whether I am on duty, in the top line, and the commands of my seat.
import { post } from './commands.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { mySeat } from './presence.js'
import { t } from './words.js'

// One command of the seat; what changed comes back with the answer. Returns whether it was done.
export async function duty(seat, name, body = {}) {
  try {
    const { seats } = await post(`/seat/${name}`, body)
    seat.ask.put((state) => ({ ...state, seats }))
    return true
  } catch (error) {
    seat.notice('error', error.message, error.fix)
    return error.data?.error === 'nobody_else' ? 'nobody_else' : false
  }
}

export function DutyState() {
  const seat = useSeat()
  if (!seat.state.me?.id) return null
  const mine = mySeat(seat)
  if (!mine || mine.stage === 'off') return html`<button type="button" class="sound-button warn" id="duty" onClick=${() => duty(seat, 'on')}>${t('Sign on')}</button>`
  if (mine.stage === 'break') return html`<button type="button" class="sound-button warn" id="duty" onClick=${() => duty(seat, 'on')}>${t('On a break: back')}</button>`
  const lost = mine.stage === 'lost'
  return html`<button type="button" class=${lost ? 'sound-button warn' : 'sound-button'} id="duty" onClick=${() => (lost ? duty(seat, 'on') : seat.set({ dialog: { name: 'duty' } }))}>${lost ? t('Seat lost: sign on') : t('I am on duty')}</button>`
}
