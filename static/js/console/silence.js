// A press without a voice: nobody is heard, and the second time somebody is sent.
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { t } from './words.js'

export function Silence({ call }) {
  const seat = useSeat()
  if (call.stage !== 'answered') return null
  const send = (verb, words) =>
    html`<${Send} class="mini" busy=${seat.isSending(verb, call)} onClick=${() => seat.command(verb, call)}>${words}</${Send}>`
  if (!call.unheard) return html`<p class="silence">${send('unheard', t('Nobody is heard'))}</p>`
  const words = call.unheard > 1 ? t('Nobody was heard, twice: somebody is sent to look') : t('Nobody was heard: ring back once more')
  return html`<p class="standing silence">${words} ${call.unheard < 2 && send('unheard', t('Nobody is heard again'))} ${send('heard', t('Heard now'))}</p>`
}
