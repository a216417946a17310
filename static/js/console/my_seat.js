// My seat: on duty, on a break, off duty; what I speak.
import { useState } from 'preact/hooks'
import { Dialog } from './dialogs.js'
import { duty } from './duty.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { mySeat } from './presence.js'
import { Send, nameOf } from './terms.js'
import { lists, t, word } from './words.js'

const MINUTES = { meal: 30, rest: 15, toilet: 10, meeting: 60, other: 15 }

export function Duty() {
  const seat = useSeat()
  const [alone, warn] = useState('')
  const mine = mySeat(seat)
  const held = [...seat.state.calls.values()].filter((row) => row.holder_id === seat.state.me?.id && row.stage !== 'waiting')
  const close = (done) => done === true && seat.set({ dialog: null })
  const leave = async (why, anyway = false) => {
    const done = await duty(seat, 'break', { why, minutes: MINUTES[why], anyway })
    if (done === 'nobody_else') warn(why)
    close(done)
  }
  const toggle = (code) => {
    const known = mine?.languages || []
    const languages = known.includes(code) ? known.filter((one) => one !== code) : [...known, code]
    if (languages.length) duty(seat, 'languages', { languages })
  }
  return html`<${Dialog} title=${t('My seat')}>
    ${held.length > 0 && html`<p class="alarm"><b>${t('You have {n} calls in hand. They ring at every seat when you leave: transfer or close them first.', { n: held.length })}</b> ${held.map((row) => nameOf(row)).join('、')}</p>`}
    <p>${t('I speak')}</p>
    <div class="choices">${Object.entries(lists.speaks).map(([code, text]) => html`<button type="button" key=${code} aria-pressed=${mine?.languages.includes(code) || false} onClick=${() => toggle(code)}>${text}</button>`)}</div>
    <p>${t('Take a break')}</p>
    <div class="choices">${Object.keys(MINUTES).map((why, at) => html`<button type="button" key=${why} data-first=${at === 0} onClick=${() => leave(why)}>${word('leaving', why)} · ${t('{n} min', { n: MINUTES[why] })}</button>`)}</div>
    ${alone && html`<p class="alarm" role="alert"><b>${t('Nobody else would hear a call.')}</b> ${t('If you go, the supervisor is told at once.')} <${Send} onClick=${() => leave(alone, true)}>${t('Go all the same')}</${Send}></p>`}
    <p class="dialog-foot"><button type="button" onClick=${async () => close(await duty(seat, 'off', {}))}>${t('Sign off')}</button></p>
  </${Dialog}>`
}
