// Who reported a case by another door than a pager, as the card shows them.
import { callerOf, callerPlace } from './callers.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Phone } from './telephone.js'
import { timeOfDay } from './time.js'
import { t, word } from './words.js'

// It may turn out later whose home it is, and that it was another one.
function Found({ call, words }) {
  const seat = useSeat()
  if (!call.caller || call.stage === 'closed') return null
  return html`<button type="button" class="mini" id="act-home" onClick=${() => seat.set({ dialog: { name: 'whoseHome' } })}>${words}</button>`
}

export function Callers({ call }) {
  const seat = useSeat()
  if (!call.callers?.length) return null
  return html`<dt>${t('Reported by')}</dt>
    <dd><ul class="callers">${call.callers.map((one) => html`<li key=${one.at}>
      <span class="muted">${word('doors', one.source)}</span> <b>${one.name}</b>
      ${one.phone && html` <${Phone} number=${one.phone} />`} ${one.place} ${one.words && html`「${one.words}」`}
      <span class="muted small">${timeOfDay(Date.parse(one.at), seat.state.zone)}</span></li>`)}</ul>
      ${call.home_id && html`<${Found} call=${call} words=${t('It is another home')} />`}</dd>`
}

export const StrangerCalls = ({ call }) => html`<div class="person">
  <p class="name">${callerOf(call)}</p>
  <p class="critical"><b>${t('No home on file.')}</b> ${callerPlace(call) || t('Ask where the person is, and write it down as a note.')}</p>
  <${Found} call=${call} words=${t('Find whose home it is')} />
</div>`
