// Handing over to 120: everything the ambulance will ask for, in the order it asks, to be read out aloud.
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { addressOf, spotOf, wayIn } from './person.js'
import { Send, sexWord, whatHappened, years } from './terms.js'
import { t } from './words.js'

export function HandOver({ call }) {
  const seat = useSeat()
  const said = spoken(call, seat.card)
  const record = async (text) => (await seat.command('note', call, { text })) && seat.set({ dialog: null })
  return html`<${Dialog} title=${t('Hand over to 120: read this out')} wide>
    <dl class="read-out">${said.map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>`)}</dl>
    <p class="muted">${t('Ask 120 for the expected time and tell the family. The call stays open until the crew has arrived.')}</p>
    <p class="dialog-foot">
      <a class="button" data-first="true" href="tel:120">${t('Dial 120')}</a>
      <${Send} class="primary" busy=${seat.isSending('note', call)} onClick=${() => record(t('120 has been called'))}>${t('120 has been called: write it down')}</${Send}>
    </p>
  </${Dialog}>`
}

function spoken(call, card) {
  const home = card?.home
  const residents = card?.residents || []
  const spot = home ? spotOf(home) : []
  const ways = home ? wayIn(home).map(([words, value]) => `${words} ${value}`) : []
  const contact = residents.flatMap((one) => one.contacts).find((one) => one.reachable_now)
  return [
    [t('Where'), home ? [addressOf(home), ...spot].join(' ') : t('Address not on file: ask the caller')],
    [t('How to get in'), ways.join('；') || t('nothing on file')],
    [t('Who'), residents.map((one) => `${one.name} ${sexWord(one.sex)} ${years(one.age)}`).join('；') || t('Not known')],
    [t('What happened'), whatHappened(call)],
    [t('Illnesses and risks'), residents.flatMap((one) => one.health.map((note) => note.text)).join('；') || t('nothing on file')],
    [t('Family'), contact ? `${contact.relation} ${contact.name} ${contact.phone}` : t('Nobody reachable now')],
  ]
}
