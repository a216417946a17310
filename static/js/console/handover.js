// Handing over to 120, 119 or 110: what was heard is ticked, the card is read out, the call and each chase written down.
import { useState } from 'preact/hooks'
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { addressOf, spotOf, wayIn } from './person.js'
import { outstanding } from './standing.js'
import { Send, sexWord, whatHappened, years } from './terms.js'
import { timeOfDay } from './time.js'
import { later, t, word } from './words.js'

// What is ticked asks for whom; the server holds the same table and decides.
const CRITERIA = {
  120: ['chest_pain', 'breathing', 'stroke', 'unconscious', 'bleeding', 'fall_head', 'fall_hip'],
  119: ['smoke', 'gas', 'trapped'],
  110: ['violence'],
}
const SERVICES = ['120', '119', '110']
const CREW = ['crew_rang', 'carer_there', 'family_there', 'service_confirms']
const WHO = { 120: later('ambulance'), 119: later('fire brigade'), 110: later('police') }

export function HandOver({ call }) {
  const seat = useSeat()
  const [form, fill] = useState({ criteria: (call.emergency.criteria || []).filter((code) => code !== 'silent'), spoke: Boolean(call.emergency.spoke), service: '', reference: '', reason: '' })
  const put = (values) => fill({ ...form, ...values })
  const asked = SERVICES.find((service) => CRITERIA[service].some((code) => form.criteria.includes(code)))
  const waited = outstanding(call)
  const free = SERVICES.filter((name) => !waited.some(([one]) => one === name))
  const service = form.service || (free.includes(asked) && asked) || free[0] || '120'
  const done = async (verb, body) => (await seat.command(verb, call, body)) && seat.set({ dialog: null })
  const tick = (code) => put({ criteria: form.criteria.includes(code) ? form.criteria.filter((one) => one !== code) : [...form.criteria, code] })
  return html`<${Dialog} title=${t('Hand over to 120, 119 or 110')} wide="widest">
    <div class="handing"><div>
      ${waited.map(([name, one], at) => html`<${Awaited} key=${name} call=${call} service=${name} one=${one} first=${at === 0} />`)}
      <details class="criteria" open=${!waited.length}><summary>${t('What do you hear? One is enough to call at once.')}</summary>
        ${SERVICES.map((name) => html`<div class="choices"><b class="number">${name}</b>${CRITERIA[name].map((code, at) => html`<label class="choice"><input type="checkbox" name=${code} data-first=${!waited.length && name === '120' && at === 0}
          checked=${form.criteria.includes(code)} onChange=${() => tick(code)} /> ${word('criteria', code)}</label>`)}</div>`)}
        <div class="choices"><label class="choice"><input type="checkbox" name="spoke" checked=${form.spoke} onChange=${() => put({ spoke: !form.spoke })} /> ${t('The person answers clearly')}</label></div>
      </details></div>
      <div class="read-aloud"><p><b>${t('Read this out')}</b> · <a href=${`/calls/${call.id}/handover`} target="_blank" rel="noopener">${t('Hand-over card, to print')}</a></p>
        <dl class="read-out">${spoken(call, seat.card).map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>`)}</dl></div>
    </div>
    <div class="choices">${SERVICES.map((name) => html`<label class="choice"><input type="radio" name="service" value=${name} checked=${service === name} onChange=${() => put({ service: name })} /> ${name} ${t(WHO[name])}</label>`)}
      <a class="button" href=${`tel:${service}`}>${t('Dial {service}', { service })}</a>
      <label class="beside">${t('Their reference')} <input maxlength="60" value=${form.reference} onInput=${(event) => put({ reference: event.target.value })} /></label></div>
    <p class="dialog-foot"><span class="muted small">${t('Our own carer is sent all the same. The call rings every few minutes until the crew has arrived.')}</span>
      <${Send} busy=${seat.isSending('emergency/assess', call)} onClick=${() => done('emergency/assess', { criteria: form.criteria, spoke: form.spoke })}>${t('Only record what was heard')}</${Send}>
      <${Send} class=${waited.length ? '' : 'primary'} busy=${seat.isSending('emergency', call)} onClick=${() => done('emergency', { service, criteria: form.criteria, reference: form.reference.trim() })}>${t('{service} has been called: record it', { service })}</${Send}>
    </p>
    ${form.criteria.length + (call.emergency.criteria || []).length > 0 && !waited.length && html`<p class="dialog-foot">
      <label class="beside">${t('Not called, because')} <input maxlength="200" value=${form.reason} onInput=${(event) => put({ reason: event.target.value })} /></label>
      <${Send} busy=${seat.isSending('emergency/refuse', call)} onClick=${() => form.reason.trim() && done('emergency/refuse', { reason: form.reason.trim() })}>${t('Record the refusal')}</${Send}></p>`}
  </${Dialog}>`
}

// A service that was called and has not come: ask again, or say how it ended.
function Awaited({ call, service, one, first }) {
  const seat = useSeat()
  const [said, say] = useState({ minutes: '', reason: '', evidence: CREW[0] })
  const put = (name) => (event) => say({ ...said, [name]: event.target.value })
  const minutes = Number.parseInt(said.minutes, 10)
  const told = (verb, body) => seat.command(`emergency/${verb}`, call, { service, ...body })
  return html`<section class=${`awaited ${call.late?.chase === undefined ? '' : 'alarm'}`} aria-label=${service}>
    <p><b>${t('{service} called at {time}, not there yet', { service, time: timeOfDay(Date.parse(one.called_at), seat.state.zone) })}</b>
      ${one.reference && html` · ${t('reference {number}', { number: one.reference })}`}${one.chases > 0 && html` · ${t('asked again ×{n}', { n: one.chases })}`}</p>
    <div class="choices">
      <label>${t('Minutes they say')} <input class="short" inputmode="numeric" data-first=${first} value=${said.minutes} onInput=${put('minutes')} /></label>
      <${Send} busy=${seat.isSending('emergency/chase', call)} onClick=${() => told('chase', minutes > 0 && minutes <= 600 ? { minutes } : {})}>${t('Asked again where they are')}</${Send}>
    </div>
    <div class="choices">
      <label>${t('Who says so')} <select value=${said.evidence} onChange=${put('evidence')}>${CREW.map((code) => html`<option value=${code}>${word('crew', code)}</option>`)}</select></label>
      <${Send} class="primary" busy=${seat.isSending('emergency/crew-arrived', call)} onClick=${() => told('crew-arrived', { evidence: said.evidence })}>${t('The crew has arrived')}</${Send}>
    </div>
    <div class="choices">
      <label>${t('Reason')} <input maxlength="200" value=${said.reason} onInput=${put('reason')} /></label>
      <${Send} busy=${seat.isSending('emergency/stand-down', call)} onClick=${() => said.reason.trim() && told('stand-down', { reason: said.reason.trim() })}>${t('Stand them down')}</${Send}>
    </div>
  </section>`
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
    [t('Case'), call.id],
  ]
}
