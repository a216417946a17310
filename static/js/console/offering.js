// Handing the case over to a colleague: to whom, and what they have to know.
import { useEffect, useState } from 'preact/hooks'
import { getJson } from './commands.js'
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { t } from './words.js'

export function OfferCase({ call }) {
  const seat = useSeat()
  const [people, know] = useState([])
  const [words, write] = useState('')
  useEffect(() => void getJson('/colleagues').then((found) => know(found.colleagues), (error) => seat.notice('error', error.message, error.fix)), [])
  const offer = async (one) => (await seat.command('owner/offer', call, { to: one.id, words: words.trim() })) && seat.set({ dialog: null })
  return html`<${Dialog} title=${t('Hand the case over: to whom?')}>
    <p>${t('It stays yours until your colleague has accepted it.')}</p>
    <p class="field"><label for="owner-words">${t('What they have to know')}</label><input id="owner-words" data-first="true" maxlength="200" value=${words} onInput=${(event) => write(event.target.value)} /></p>
    <div class="choices">${people.filter((one) => one.id !== call.owner_id).map((one) => html`<${Send} key=${one.id} busy=${seat.isSending('owner/offer', call)} onClick=${() => offer(one)}>${one.name}</${Send}>`)}</div>
  </${Dialog}>`
}
