// A new case by telephone, at the counter, from a grid worker or the web: a strip beside the queue, never over it.
import { useEffect, useRef, useState } from 'preact/hooks'
import { newKey } from './commands.js'
import { leaveNewCase } from './drafting.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { draftOf, keepDraft } from './note.js'
import { Search, lineOf } from './search.js'
import { Send } from './terms.js'
import { t, word } from './words.js'

const DRAFT = 'new-case'
const DOORS = ['phone', 'walk_in', 'grid', 'web']
const KINDS = ['sos', 'fall', 'wandering', 'smoke', 'gas', 'service', 'advice', 'complaint', 'fault']
const blank = () => ({ q: '', chosen: null, stranger: false, kind: '', source: 'phone', name: '', phone: '', place: '', words: '', key: newKey(), sent: '' })

function kept() {
  try {
    return { ...blank(), ...JSON.parse(draftOf(DRAFT) || '{}') }
  } catch {
    return blank()
  }
}

export function NewCase() {
  const seat = useSeat()
  const [form, fill] = useState(kept)
  const newest = useRef(form)
  // Kept at once, not when the screen is next drawn: the strip may be gone by then.
  const put = (values) => {
    newest.current = { ...newest.current, ...values }
    fill(newest.current)
    const { q, words, chosen, stranger } = newest.current
    keepDraft(DRAFT, q || words || chosen || stranger ? JSON.stringify(newest.current) : '')
  }
  useEffect(() => document.getElementById(form.chosen || form.stranger ? 'told' : 'who')?.focus(), [])
  const take = (one) => {
    const number = /^[+\d\s-]{7,}$/.test(form.q.trim()) ? form.q.trim() : ''
    const caller = one?.contact ? { name: one.contact.name, phone: one.contact.phone } : one ? {} : { phone: form.phone || number }
    put({ chosen: one, stranger: !one, ...caller })
    requestAnimationFrame(() => document.querySelector('.new-case input[name="new-kind"]')?.focus())
  }
  const open = openCaseOf(seat, form)
  const missing = lacking(form)
  const submit = async () => {
    if (missing.length) return seat.notice('info', t('Still missing: {what}', { what: missing.join('、') }))
    put({ sent: form.words })
    const answer = await seat.command('new', { id: 'new' }, reportOf(form), '/calls')
    if (!answer) return null
    if (answer.again && form.sent && form.sent !== form.words) keepDraft(answer.call.id, form.words.trim())
    keepDraft(DRAFT, '')
    seat.set({ drafting: false })
    seat.openRow(answer.call.id)
    const said = answer.again ? t('This was sent before: case {id}', { id: answer.call.id }) : answer.joined ? t('Joined the open case {id}', { id: answer.call.id }) : t('New case {id}', { id: answer.call.id })
    return seat.notice('info', said)
  }
  const onKeyDown = (event) => {
    if (event.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && event.ctrlKey) (event.preventDefault(), submit())
  }
  return html`<section class="pane card new-case" aria-labelledby="card-title" data-pane="2" onKeyDown=${onKeyDown}>
    <header class="pane-head"><h2 id="card-title" tabindex="-1">${t('New case')}</h2>
      <button type="button" class="mini push-right" onClick=${() => put(blank())}>${t('Empty the form')}</button>
      <button type="button" class="mini" onClick=${() => leaveNewCase(seat)}>${t('Back')} <kbd>Esc</kbd></button></header>
    <div class="pane-body card-body" tabindex="0" aria-labelledby="card-title">
      ${form.chosen || form.stranger ? html`<${Chosen} form=${form} put=${put} />` : html`<${Search} q=${form.q} type=${(q) => put({ q })} take=${take} />`}
      ${open && html`<p class="alarm" role="status"><b>${t('This home has an open case: {id}', { id: open.id })}</b> ${word('kinds', open.kind)} · ${open.holder_name || word('stages', open.stage)}. ${t('What you send joins it.')}</p>`}
      <${Radios} name="kind" title=${t('What is it?')} codes=${KINDS} list="told_kinds" value=${form.kind} put=${(kind) => put({ kind })} />
      <${Radios} name="source" title=${t('How was it told?')} codes=${DOORS} list="doors" value=${form.source} put=${(source) => put({ source })} />
      <div class="told-by">
        <${Field} id="caller-name" words=${t('Who calls')} longest="60" value=${form.name} put=${(name) => put({ name })} />
        <${Field} id="caller-phone" words=${t('Their number')} longest="30" value=${form.phone} put=${(phone) => put({ phone })} />
        ${form.stranger && html`<${Field} id="caller-place" words=${t('Where is the person?')} longest="200" value=${form.place} put=${(place) => put({ place })} />`}
      </div>
      <p class="field"><label for="told">${t('What was said')}</label>
        <textarea id="told" rows="3" maxlength="500" value=${form.words} onInput=${(event) => put({ words: event.target.value })}></textarea></p>
    </div>
    <footer class="card-foot new-case-foot"><span class="small muted">${t('What you typed is kept until it is sent.')}</span>
      <${Send} class="primary" busy=${seat.isSending('new', { id: 'new' })} onClick=${submit}>${open ? t('Join the open case') : t('Open the case')} <kbd>Ctrl+Enter</kbd></${Send}></footer>
  </section>`
}

const Field = ({ id, words, longest, value, put }) => html`<p class="field"><label for=${id}>${words}</label>
  <input id=${id} maxlength=${longest} autocomplete="off" value=${value} onInput=${(event) => put(event.target.value)} /></p>`

const Radios = ({ name, title, codes, list, value, put }) => html`<fieldset><legend>${title}</legend>
  <div class="choices">${codes.map((code) => html`<label class="choice"><input type="radio" name=${`new-${name}`} value=${code} checked=${value === code} onChange=${() => put(code)} /> ${word(list, code)}</label>`)}</div></fieldset>`

const lacking = (form) =>
  [!form.chosen && !form.stranger && t('who it is about'), !form.kind && t('what it is'), !form.words.trim() && t('what was said')].filter(Boolean)

function reportOf(form) {
  const caller = { name: form.name.trim(), phone: form.phone.trim(), place: form.stranger ? form.place.trim() : '' }
  const told = form.stranger || Object.values(caller).some(Boolean)
  return {
    key: form.key, source: form.source, kind: form.kind, text: form.words.trim(), take: true,
    ...(form.chosen && { home_id: form.chosen.home_id, resident_id: form.chosen.resident_id }), ...(told && { caller }),
  } // prettier-ignore
}

// The list of open cases is pushed to us: it knows of a press that came while this form was typed.
function openCaseOf(seat, form) {
  const rows = [...seat.state.calls.values()].filter((row) => row.stage !== 'closed' && row.priority < 4)
  if (form.chosen) return rows.find((row) => row.home_id === form.chosen.home_id)
  const digits = form.phone.replace(/[^\d]/g, '').replace(/^(00)?86(?=1\d{10}$)/, '')
  return form.stranger && digits && DOORS.indexOf(form.source) < 2 ? rows.find((row) => row.caller === `caller:${digits.slice(0, 25)}`) : undefined
}

function Chosen({ form, put }) {
  const one = form.chosen
  const again = () => {
    put({ chosen: null, stranger: false, key: newKey() })
    requestAnimationFrame(() => document.getElementById('who')?.focus())
  }
  return html`<p class="standing chosen"><b>${one ? one.name : t('No home on file')}</b> ${one ? lineOf(one) : t('A case is opened all the same.')}
    ${one && html` <span class="muted small">${[one.station, one.account || t('no device')].filter(Boolean).join(' · ')}</span>`}
    <button type="button" class="mini" onClick=${again}>${t('Choose again')}</button></p>`
}
