// The questions of the telephone: whom to call into a talk, which telephone stands at this seat.
import { useState } from 'preact/hooks'
import { post } from './commands.js'
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { ring, tell } from './telephone.js'
import { t } from './words.js'

export function Third({ dialog }) {
  const seat = useSeat()
  const [number, write] = useState('')
  const contacts = (seat.card?.residents || []).flatMap((one) => one.contacts)
  const call = async (whom) => (await tell(seat, `/talks/${encodeURIComponent(dialog.talk.id)}/third`, { number: whom })) && seat.set({ dialog: null })
  const submit = (event) => (event.preventDefault(), number.trim() && call(number.trim()))
  return html`<${Dialog} title=${t('Call a third party into this talk')}>
    <p>${t('You two go on talking while it rings there.')}</p>
    <div class="choices">${contacts.map((one) => html`<button type="button" onClick=${() => call(one.phone)}>${one.relation} ${one.name} ${one.phone}</button>`)}</div>
    <form onSubmit=${submit}><p class="field"><label for="third-number">${t('Number')}</label>
      <input id="third-number" data-first="true" type="tel" maxlength="30" value=${number} onInput=${(event) => write(event.target.value)} /></p>
      <p class="dialog-foot"><button class="primary">${t('Call')}</button></p></form>
  </${Dialog}>`
}

export function SeatPhone({ dialog }) {
  const seat = useSeat()
  const [extension, write] = useState(seat.phone.extension)
  const submit = async (event) => {
    event.preventDefault()
    try {
      const answer = await post('/seat/telephone', { extension: extension.trim() })
      seat.set({ dialog: null, phone: { ...seat.phone, extension: answer.extension } })
      if (answer.before.length) seat.notice('info', t('This telephone was that of {name} until now.', { name: answer.before.join('、') }))
      if (dialog.number && answer.extension) ring(seat, dialog.number, dialog.unit)
    } catch (error) {
      seat.notice('error', error.message, error.fix)
    }
  }
  return html`<${Dialog} title=${t('Which telephone stands at your seat?')}>
    <p>${t('Its extension, such as 801. Numbers are dialled from it, and who lifts it has the case.')}</p>
    <form onSubmit=${submit}><p class="field"><label for="extension">${t('Extension')}</label>
      <input id="extension" data-first="true" inputmode="numeric" pattern="[0-9]{2,8}|" maxlength="8" value=${extension} onInput=${(event) => write(event.target.value)} /></p>
      <p class="dialog-foot"><button class="primary">${t('This is my telephone')}</button></p></form>
  </${Dialog}>`
}
