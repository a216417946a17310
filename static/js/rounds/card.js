// The card of one person of a round: what to ask, whom to ring, what came of it.
import { h } from 'preact'
import htm from 'htm'
import { t, word } from '../console/words.js'
import { clockface } from './list.js'

const html = htm.bind(h)
const TIMED = new Set(['later', 'away'])

export const results = (says, card) => says[card.step] || []

export function Card({ state, actions, says, zone }) {
  const { card } = state
  if (!card) return html`<section class="panel ring-card"><p class="muted">${t('F2 takes the next person. Nobody else is given them meanwhile.')}</p></section>`
  return html`<section class="panel ring-card" aria-labelledby="ring-name">
    <h2 id="ring-name">${card.name || '—'} <span class="muted">${card.age ? t('{n} years', { n: card.age }) : ''} · ${card.place}</span> <span class="tier tier-${card.tier}">${card.tier}</span></h2>
    <p>${card.round_name}${card.urgent && card.due_at ? html` <b class="late">${t('until {at}', { at: clockface(card.due_at, zone) })}</b>` : ''}
      ${card.lives_alone ? html` <span class="badge">${t('Lives alone')}</span>` : ''}
      ${card.language && card.language !== 'zh' ? html` <span class="badge">${t('Speaks {language}', { language: word('languages', card.language) })}</span>` : ''}</p>
    <p>${card.phones.map((one) => html`<a class="tel" href=${`tel:${one}`}>${one}</a> `)}${!card.phones.length && html`<span class="late">${t('No telephone on file')}</span>`}</p>
    ${card.script && html`<p class="script">${card.script}</p>`}
    <${Why} card=${card} zone=${zone} />
    ${card.notes && html`<p class="muted">${card.notes}</p>`}
    ${card.tries.map((one) => html`<p class="muted">${clockface(one.at, zone)} ${one.by}：${word('results', one.result)} ${one.words}</p>`)}
    ${card.step === 'contact' && html`<div><h3>${word('ring_steps', 'contact')}</h3><ul class="contacts">${card.contacts.map((one) => html`<li>${one.relation} <b>${one.name}</b>
      <a class="tel" href=${`tel:${one.phone}`}>${one.phone}</a> ${one.has_key ? html`<span class="badge">${t('has a key')}</span>` : ''} <span class="muted">${one.reachable}</span></li>`)}
      ${!card.contacts.length && html`<li class="muted">${t('Nobody to ring')}</li>`}</ul></div>`}
    <p class="field"><label for="ring-words">${t('What was said')}</label>
      <textarea id="ring-words" rows="2" maxlength="500" value=${state.words} onInput=${(event) => actions.write({ words: event.target.value })}></textarea></p>
    <p class="field"><label for="ring-at">${t('Ring again at, or away until')}</label>
      <input id="ring-at" type="datetime-local" value=${state.at} onInput=${(event) => actions.write({ at: event.target.value })} /></p>
    <div class="ring-results" role="group" aria-label=${t('What came of it')}>${results(says, card).map((result, at) => html`<button type="button" key=${result}
      class=${result === 'well' ? 'primary' : result === 'help' || result === 'contact_none' ? 'help' : ''} aria-disabled=${state.busy || (TIMED.has(result) && !state.at) ? 'true' : null}
      onClick=${() => actions.say(result)}><kbd>Alt+${at + 1}</kbd> ${word('results', result)}</button>`)}
      <button type="button" onClick=${actions.giveBack}><kbd>Esc</kbd> ${t('Give back')}</button></div>
  </section>`
}

// What else must be known: an absence that ends, a reminder nobody confirmed.
function Why({ card, zone }) {
  const { until, kind, words } = card.why
  if (card.kind === 'absence') return html`<p class="script">${word('away', kind)} · ${t('until {at}', { at: clockface(until, zone) })} · ${t('Are they back? If not, say until when.')}</p>`
  if (card.kind === 'reminder') return html`<p class="script">${word('reminders', kind)}：${words}</p>`
  if (card.kind === 'ok') return html`<p class="script">${t('No sign of life today. Ring now; if nobody answers, the contacts, then somebody goes.')}</p>`
  return null
}
