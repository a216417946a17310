// "It is 王秀兰 of 3号楼": whose home the case of an unknown caller is, or that it is another one than was thought.
import { useEffect, useState } from 'preact/hooks'
import { callerPlace } from './callers.js'
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Search, lineOf } from './search.js'
import { Send } from './terms.js'
import { t } from './words.js'

export function WhoseHome({ call }) {
  const seat = useSeat()
  const [q, type] = useState(callerPlace(call).slice(0, 60)) // what they said of the place may find it
  const [chosen, choose] = useState(undefined) // null: nobody of them
  const [reason, write] = useState('')
  const again = call.home_id !== null
  const ready = chosen !== undefined && (chosen || again) && (!again || reason.trim())
  const whose = chosen ? { home_id: chosen.home_id, resident_id: chosen.resident_id } : {}
  useEffect(() => document.getElementById(again ? 'home-why' : 'who')?.focus(), [])
  const take = (one) => {
    choose(one)
    requestAnimationFrame(() => document.getElementById(again && !reason.trim() ? 'home-why' : 'home-send')?.focus())
  }
  const send = async () => ready && (await seat.command('home', call, { ...whose, reason: reason.trim() })) && seat.set({ dialog: null })
  return html`<${Dialog} title=${t('Whose home is it?')} wide>
    ${again && html`<p class="field"><label for="home-why">${t('Why it is not the home it was taken for')}</label>
      <input id="home-why" maxlength="200" value=${reason} onInput=${(event) => write(event.target.value)} /></p>`}
    <${Search} q=${q} type=${type} take=${take} />
    ${chosen !== undefined && html`<p class="standing chosen" role="status"><b>${chosen ? chosen.name : t('No home on file')}</b> ${chosen && lineOf(chosen)}</p>`}
    <p class="dialog-foot"><${Send} id="home-send" class="primary" busy=${seat.isSending('home', call)} onClick=${send}>${chosen === null ? t('It is none of these') : t('It is this home')}</${Send}></p>
  </${Dialog}>`
}
