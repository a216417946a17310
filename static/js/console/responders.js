// Neighbours, volunteers, key holders and family who were asked by a link: who goes, who is there, what they saw.
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Phone } from './telephone.js'
import { Send } from './terms.js'
import { timeOfDay } from './time.js'
import { t, word } from './words.js'

const ORDER = ['reported', 'there', 'going', 'asked', 'cannot']

export function Responders({ call }) {
  const seat = useSeat()
  const people = Object.values(call.responders || {}).sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
  if (call.priority > 2 && !people.length) return null
  const ask = (whom) => seat.command('help', call, { whom })
  return html`<dt>${t('Neighbourhood')}</dt>
    <dd>${people.length > 0 && html`<ul class="responders">${people.map((one) => html`<li key=${one.role + one.id} class=${`responder-${one.state}`}>
      ${word('responders', one.kind)} <b>${one.name}</b> <${Phone} number=${one.phone} />
      <span class="small"> <b>${word('responding', one.state)}</b> ${[one.seen && word('seen', one.seen), one.words].filter(Boolean).join(' · ')} ${one.at ? timeOfDay(Date.parse(one.at), seat.state.zone) : ''}</span></li>`)}</ul>`}
      ${call.stage !== 'closed' && call.home_id && html`<${Send} class="mini" busy=${seat.isSending('help', call)} onClick=${() => ask('responders')}>${t('Ask the neighbours')}</${Send}>
      ${' '}<${Send} class="mini" busy=${seat.isSending('help', call)} onClick=${() => ask('contacts')}>${t('Send the family a link')}</${Send}>`}
      ${people.some((one) => one.state === 'reported') && html`<p class="small muted">${t('What a neighbour saw is a note: the case ends with a carer or a crew.')}</p>`}</dd>`
}
