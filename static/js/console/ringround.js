// The ring-round: whom to telephone next, what each try has brought, who comes and when; and everybody asked at once.
import { useState } from 'preact/hooks'
import { focusNext } from './drafting.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { Phone } from './telephone.js'
import { Send } from './terms.js'
import { figures, timeOfDay } from './time.js'
import { t, word } from './words.js'

const RESULTS = ['spoke', 'no_answer', 'busy', 'wrong_number', 'comes', 'cannot']
const EVERYBODY = '0'

const clockOf = (at, seat) => timeOfDay(Date.parse(at), seat.state.zone).slice(0, 5)

export function RingRound({ call, round }) {
  const seat = useSeat()
  const [coming, ask] = useState('')
  const people = round?.people || []
  const urgent = call.priority <= 2
  if (!people.length && !urgent) return null
  const open = call.stage !== 'closed'
  const tried = async (one, result, more = {}) => {
    ask('')
    const done = await seat.command('contacts/tried', call, { contact: one.id, role: one.role, result, ...more })
    if (done) seat.afterCard = focusNext
  }
  const press = (one, result) => (result === 'comes' ? ask(one.role + one.id) : tried(one, result))
  // Digits belong to the list alone, and only while no field of it is typed in.
  const onKeyDown = (event) => {
    if (event.isComposing || event.keyCode === 229 || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.target.matches('input')) return
    if (event.key === EVERYBODY && urgent && open) return event.preventDefault(), everybody(seat, call)
    const result = RESULTS[Number(event.key) - 1]
    const mine = event.target.closest('[data-contact]')?.dataset.contact
    const one = people.find((other) => other.role + other.id === mine)
    if (!result || !one || !open) return undefined
    event.preventDefault()
    return press(one, result)
  }
  return html`<dt>${t('Contacts')}</dt>
    <dd class="ring-round" onKeyDown=${onKeyDown}>
      ${urgent && html`<${Everybody} call=${call} />`}
      ${people.length > 0 && html`<p class="small muted">${roundWords(round.round)}</p>`}
      ${!people.length && html`<p class="muted">${t('No contact is on file for this home.')}</p>`}
      <ol class="contacts" id="contacts">${people.map((one) => html`<li key=${one.role + one.id} data-contact=${one.role + one.id}
        class=${[one.next && 'contact-next', one.why && `contact-${one.why}`].filter(Boolean).join(' ')} aria-current=${one.next ? 'step' : null}>
        <span class="contact-who">${one.relation || word('responders', one.kind)} <b>${one.name}</b></span>
        <${Phone} number=${one.phone} />
        <span class="contact-note">${notes(one).join(' · ')}</span>
        <${Try} one=${one} />
        ${open && html`<span class="contact-results">
          ${one.why === 'coming' && html`<${Send} class="mini" busy=${seat.isSending('contacts/there', call)} onClick=${() => seat.command('contacts/there', call, { contact: one.id, role: one.role })}>${t('is there')}</${Send}>`}
          ${RESULTS.map((result, at) => html`<${Send} class="mini" busy=${seat.isSending('contacts/tried', call)} onClick=${() => press(one, result)}>${word('rung', result)} <kbd aria-hidden="true">${at + 1}</kbd></${Send}>`)}</span>`}
        ${coming === one.role + one.id && html`<${Comes} one=${one} done=${(more) => tried(one, 'comes', more)} />`}
      </li>`)}</ol>
      ${people.length > 0 && html`<p class="small muted">${t('That a contact was spoken to is no proof that the person is well.')}</p>`}
    </dd>`
}

const roundWords = (round) => (round > 2 ? t('Nobody is left to ring.') : t('Round {n} of 2', { n: round }))

const notes = (one) =>
  [
    one.why && one.why !== 'tried' && word('ring_order', one.why),
    one.doubt && word('number_doubts', one.doubt),
    !one.reachable_now && t('only {hours}', { hours: one.reachable }),
    one.minutes_away != null && t('{n} min away', { n: one.minutes_away }),
    one.has_key && t('has a key'),
    one.wants_notices && t('wants to hear'),
    !one.tries && !one.confirmed_at && t('never rung before'),
  ].filter(Boolean)

function Try({ one }) {
  const seat = useSeat()
  const last = one.try
  if (!last) return null
  return html`<span class="contact-try"><b>${word('rung', last.result)}</b>${last.count > 1 && ` ×${last.count}`}
    <span class="muted"> ${[clockOf(last.at, seat), last.by, last.words].filter(Boolean).join(' · ')}</span></span>`
}

// "I come": in how many minutes, and anything they said; Enter is enough, what is on file is filled in.
function Comes({ one, done }) {
  const [minutes, count] = useState(String(one.minutes_away ?? ''))
  const [words, write] = useState('')
  const submit = (event) => {
    event.preventDefault()
    const n = Number.parseInt(minutes, 10)
    done({ ...(n >= 1 && n <= 600 && { minutes: n }), ...(words.trim() && { words: words.trim() }) })
  }
  return html`<form class="contact-comes" onSubmit=${submit}>
    <label>${t('in how many minutes')} <input class="short" inputmode="numeric" ref=${(field) => field && !field.dataset.seen && ((field.dataset.seen = '1'), field.focus(), field.select())} value=${minutes} onInput=${(event) => count(event.target.value)} /></label>
    <label>${t('words')} <input maxlength="200" value=${words} onInput=${(event) => write(event.target.value)} /></label>
    <button class="mini primary">${word('rung', 'comes')}</button></form>`
}

export const everybody = (seat, call) => seat.command('help', call, { whom: 'everybody' })

function Everybody({ call }) {
  const seat = useSeat()
  const groups = Object.entries(call.help || {})
  const open = call.stage !== 'closed'
  return html`<div class="everybody">
    ${open && html`<${Send} class="danger" busy=${seat.isSending('help', call)} onClick=${() => everybody(seat, call)}>${t('Ask everybody at once')} <kbd aria-hidden="true">0</kbd></${Send}>
      <span class="small muted">${t('family, station, committee, neighbours; nobody twice within ten minutes')}</span>`}
    ${groups.length > 0 && html`<ul class="small">${groups.map(([group, one]) => html`<li key=${group}>✓ <b>${word('help_groups', group)}</b>: ${one.to.map((person) => person.name).join('、')} <span class="muted">${clockOf(one.at, seat)} ${one.by || t('the ladder')}</span></li>`)}</ul>`}
  </div>`
}

// Whoever said that they come and is not there: said loudly, with whom to ring again.
export function LateContact({ call }) {
  const now = useNow()
  const late = Object.values(call.responders || {}).filter((one) => one.late && one.state === 'going')
  if (!late.length || call.stage === 'closed') return null
  return html`<p class="alarm" role="alert"><b>${t('Said that they come and are not there: ring again')}</b> F6 ·
    ${' '}${late.map((one) => `${one.name} ${t('{time} late', { time: figures(now - Date.parse(one.expected_at)) })}`).join('、')}</p>`
}
