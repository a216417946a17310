// One form for a warning and for a roll call: which areas, why, and in a drill whose phones ring. Then one of the buttons;
// with the tick of a drill there is none that declares a true warning.
import { useState } from 'preact/hooks'
import { html } from './html.js'
import { Send } from './terms.js'
import { t, word } from './words.js'

const SCOPES = ['district', 'station', 'street', 'community', 'building', 'line']
const MINUTES = [60, 240, 720]
const MOST_AREAS = 20
const FIRST = { scope: 'district', place: '', cause: 'power', minutes: 240, words: '', drill: false, each: '' }

export function Begin({ choices, busy, say }) {
  const [form, fill] = useState(FIRST)
  const [added, add] = useState([]) // areas besides the one that stands in the form
  const [chosen, choose] = useState([]) // carers of a drill, by id
  const put = (name, read = (target) => target.value) => (event) => fill({ ...form, [name]: read(event.target), ...(name === 'scope' && { place: Object.keys(choices.areas[event.target.value] || {})[0] || '' }) })
  const areas = form.scope === 'district' ? [['district', '']] : [...added, [form.scope, form.place]].filter(isFirst)
  const where = { areas, cause: form.cause, words: form.words.trim() }
  const each = Number(form.each)
  const drill = form.drill ? { carers: chosen, ...(each > 0 && { each: Math.min(900, Math.round(each)) }) } : {}
  const start = async () => {
    if (await say('/rollcalls', { ...where, drill: form.drill, ...drill })) (fill(FIRST), add([]), choose([]))
  }
  return html`<section class="mass-box"><h3>${t('Declare or ask after')}</h3>
    <${Areas} choices=${choices} form=${form} put=${put} added=${added} add=${add} />
    <p class="field"><label for="mass-cause">${t('Cause')}</label>
      <select id="mass-cause" value=${form.cause} onChange=${put('cause')}>${choices.causes.map((one) => html`<option value=${one}>${word('mass_causes', one)}</option>`)}</select></p>
    <p class="field"><label for="mass-words">${t('Words')}</label><input id="mass-words" maxlength="200" value=${form.words} onInput=${put('words')} /></p>
    ${!form.drill && html`<p class="field"><label for="mass-until">${t('For how long')}</label>
      <select id="mass-until" value=${form.minutes} onChange=${put('minutes', (target) => Number(target.value))}>${MINUTES.map((n) => html`<option value=${n}>${t('{n} hours', { n: n / 60 })}</option>`)}</select></p>
    <p class="choices">${['watch', 'warning'].map((level) => html`<${Send} busy=${busy} onClick=${() => say('/mass', { ...where, level, minutes: form.minutes })}>${t('Declare {level}', { level: word('mass_levels', level) })}</${Send}>`)}</p>`}
    <p><label class="choice"><input type="checkbox" id="mass-drill" checked=${form.drill} onChange=${put('drill', (target) => target.checked)} /> ${t('As a drill: nobody is sent')}</label></p>
    ${form.drill && html`<${Takers} carers=${choices.carers} chosen=${chosen} choose=${choose} each=${form.each} put=${put} />`}
    <p class="choices"><${Send} class="primary" id="roll-start" busy=${busy} onClick=${start}>${form.drill ? t('Start the drill') : t('Start the roll call')}</${Send}></p>
  </section>`
}

const isFirst = ([scope, place], at, all) => all.findIndex((one) => one[0] === scope && one[1] === place) === at

function Areas({ choices, form, put, added, add }) {
  const nameOf = (scope, place) => (scope === 'station' ? choices.stations[place] || place : place || t('Everybody'))
  const one = [form.scope, form.place]
  const held = added.filter(isFirst)
  const whole = form.scope === 'district'
  return html`<p class="field"><label for="mass-scope">${t('Area')}</label>
      <select id="mass-scope" value=${form.scope} onChange=${put('scope')}>${SCOPES.filter((scope) => choices.areas[scope]).map((scope) => html`<option value=${scope}>${word('mass_scopes', scope)}</option>`)}</select></p>
    ${!whole && html`<p class="field"><label for="mass-place">${t('Which one')}</label>
      <select id="mass-place" value=${form.place} onChange=${put('place')}>${Object.entries(choices.areas[form.scope]).map(([place, n]) => html`<option value=${place}>${nameOf(form.scope, place)} (${n})</option>`)}</select></p>
    <p class="choices mass-areas"><button type="button" class="mini" id="mass-more" disabled=${held.length >= MOST_AREAS - 1} onClick=${() => add([...held, one].filter(isFirst))}>${t('And another area')}</button>
      ${held.map(([scope, place]) => html`<button type="button" class="mini" key=${`${scope}:${place}`} aria-label=${t('Not {area}', { area: nameOf(scope, place) })} onClick=${() => add(held.filter((other) => other[0] !== scope || other[1] !== place))}>${nameOf(scope, place)} ×</button>`)}</p>`}`
}

// Nobody's phone rings in a drill unless it was ticked here: a drill by night may stay at the operators' desk.
function Takers({ carers, chosen, choose, each, put }) {
  const all = carers.map((one) => one.id)
  const tick = (id) => choose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  return html`<fieldset class="mass-takers" id="mass-takers"><legend>${t('Whose phones ring: {n} of {all} on duty', { n: chosen.length, all: all.length })}</legend>
    <p class="small">${chosen.length ? t('Each gets homes of their own station. What is left stays with the operators.') : t('Nobody is ticked: the drill stays with the operators.')}</p>
    <p class="choices"><button type="button" class="mini" onClick=${() => choose(all)}>${t('All on duty')}</button><button type="button" class="mini" onClick=${() => choose([])}>${t('Nobody')}</button></p>
    <div class="mass-carers">${carers.map((one) => html`<label key=${one.id}><input type="checkbox" data-carer=${one.id} checked=${chosen.includes(one.id)} onChange=${() => tick(one.id)} /> <b>${one.name}</b> <span>${one.station || t('No station')}</span></label>`)}</div>
    <p class="field"><label for="mass-each">${t('Homes for each, at most')}</label><input id="mass-each" type="number" min="1" max="900" placeholder="40" value=${each} onInput=${put('each')} /></p>
  </fieldset>`
}
