// Who answers for the case (首问责任制): it stays with the first until a colleague has accepted it.
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { t } from './words.js'

export function Owner({ call }) {
  const seat = useSeat()
  const me = seat.state.me?.id
  const offer = call.owner_offer
  if (call.stage === 'closed' || (!call.owner_name && !offer)) return null
  const say = (verb) => seat.command(`owner/${verb}`, call)
  if (offer && offer.to_id === me) {
    return html`<div class="alarm" role="alert"><b>${t('{name} offers you this case', { name: offer.by })}</b> ${offer.words}
      <span class="choices"><${Send} class="primary" busy=${seat.isSending('owner/accept', call)} onClick=${() => say('accept')}>${t('I take it')}</${Send}>
        <${Send} busy=${seat.isSending('owner/keep', call)} onClick=${() => say('keep')}>${t('I cannot take it')}</${Send}></span></div>`
  }
  return html`<p class="owner small"><span class="muted">${t('Answers for it')}</span> <b>${call.owner_id === me ? t('me') : call.owner_name}</b>
    ${offer && html` · ${t('offered to {name}', { name: offer.to_name })} <${Send} class="mini" busy=${seat.isSending('owner/keep', call)} onClick=${() => say('keep')}>${t('Take back')}</${Send}>`}
    ${!offer && html` <button type="button" class="mini" onClick=${() => seat.set({ dialog: { name: 'owner' } })}>${t('Hand the case over')} <kbd>F10</kbd></button>`}</p>`
}
