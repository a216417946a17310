// The telephone: who rings stands in a strip above the panes, never before them; one key takes it. Who they are is asked
// of the server, which looks at our rights first: the event itself carries only what a caller ID shows.
import { getJson, post } from './commands.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { nameOf } from './terms.js'
import { figures } from './time.js'
import { later, t, word } from './words.js'

const CLAIM_MS = 20_000
const AGAIN_MS = 2000
const MOST = 4 // rows in the strip: it must not push the panes away
const STRANGE = later('not in our register')

// Keeps `seat.phone` in step with the log: an event says that something changed, the rest is fetched.
export function telephone(seat) {
  let told = 0
  let fetchedAt = -AGAIN_MS
  let timer = null

  async function fetchTalks() {
    timer = null
    fetchedAt = performance.now()
    const before = seat.phone
    try {
      seat.set({ phone: await getJson('/talks') })
      opened(before)
    } catch {
      soon(AGAIN_MS)
    }
  }

  function soon(ms) {
    timer ??= setTimeout(fetchTalks, ms)
  }

  // What this seat has just taken, or lifted the handset for, is opened; what it lost is said.
  function opened(before) {
    const me = seat.state.me?.id
    for (const talk of seat.phone.talks) {
      const was = before.talks.find((one) => one.id === talk.id)
      const mine = talk.user_id === me || (talk.user_id == null && talk.claimed_id === me)
      if (talk.direction === 'in' && mine && talk.call_id && was && !(was.call_id && was.stage === talk.stage)) turnTo(seat, talk.call_id)
      if (was?.claimed_id === me && talk.claimed_id !== me) seat.notice('info', t('{name} takes this telephone call', { name: talk.claimed_name }))
    }
  }

  return {
    heard(event) {
      told = event.seq
      if (/^(Talk(?!Noted)|SeatTelephone)/.test(event.kind)) soon(50)
    },
    // A snapshot jumps over events: what they would have said is fetched, but a storm of device items asks for nothing more often.
    seen(state) {
      queueMicrotask(() => {
        const line = state.health?.exchange?.state
        const changed = line && line !== seat.phone.exchange.state
        if (!state.epoch || (state.seq === told && !changed)) return
        told = state.seq
        soon(Math.max(50, fetchedAt + AGAIN_MS - performance.now()))
      })
    },
  }
}

// The case of a telephone call opens by itself, but not under the hands of whoever is writing about another.
function turnTo(seat, id) {
  if (!seat.dialog && !seat.drafting) return seat.openRow(id)
  return seat.notice('info', t('You have a telephone call: its case can be opened in the strip at the top.'))
}

const claimedNow = (talk, now) => talk.claimed_id != null && now - Date.parse(talk.claimed_at) <= CLAIM_MS
const homesOf = (talk) => [...new Map(talk.who.filter((one) => one.home_id).map((one) => [one.home_id, one])).values()]
const rings = (talk) => talk.direction === 'in' && talk.stage === 'ringing'
export const callerWords = (one) => [one.relation, one.name].filter(Boolean).join(' ') + (one.kind === 'contact' ? `（${one.of}）` : '')

// Rings, or was lifted at this seat while nobody knows yet whose case it is.
const needsCase = (talk, me) => talk.direction === 'in' && !talk.call_id && talk.stage !== 'ringing' && talk.user_id === me
const isMine = (talk, me) => talk.stage !== 'ended' && (talk.user_id === me || (talk.user_id == null && talk.claimed_id === me))

export function Incoming() {
  const seat = useSeat()
  const now = useNow()
  const me = seat.state.me?.id
  const { talks } = seat.phone
  const ringing = talks.filter((talk) => rings(talk) || needsCase(talk, me))
  const elsewhere = talks.filter((talk) => isMine(talk, me) && !ringing.includes(talk) && talk.call_id !== seat.openId)
  if (!ringing.length && !elsewhere.length) return null
  return html`<section class="phone-strip" aria-label=${t('Telephone')}>
    ${ringing.slice(0, MOST).map((talk, at) => html`<${Caller} key=${talk.id} talk=${talk} now=${now} first=${at === 0} />`)}
    ${ringing.length > MOST && html`<p class="small">${t('{n} more are ringing', { n: ringing.length - MOST })}</p>`}
    ${elsewhere.map((talk) => html`<${Talk} key=${talk.id} talk=${talk} />`)}
  </section>`
}

// Pagers come before callers (Ningbo): whoever pressed the red key cannot ring again.
const pressed = (seat) => [...seat.state.calls.values()].find((row) => row.stage === 'waiting' && row.priority === 1 && row.source !== 'phone')

function Caller({ talk, now, first }) {
  const seat = useSeat()
  const me = seat.state.me?.id
  const taken = rings(talk) && claimedNow(talk, now)
  const homes = homesOf(talk)
  const before = first && !taken && pressed(seat)
  const claim = (home) => take(seat, talk, home)
  return html`<div class=${`caller ${taken ? 'caller-taken' : ''}`} role="status">
    <span class="caller-age number" aria-hidden="true">☎ ${figures(Math.max(0, now - Date.parse(talk.rang_at)))}</span>
    <b class="number">${talk.number || t('hidden number')}</b>
    <span class="caller-who">${talk.who.length ? talk.who.slice(0, 3).map((one) => html`<b>${callerWords(one)}</b> <span class="muted">${one.place}</span> `) : t(STRANGE)}
      ${talk.line && html`<span class="muted small">→ ${talk.line}</span>`}</span>
    ${before && html`<b class="late">${t('First {name}: red key, F2', { name: nameOf(before) })}</b>`}
    ${taken
      ? html`<b>${talk.claimed_id === me ? t('Yours: lift the handset') : t('{name} takes it', { name: talk.claimed_name })}</b>`
      : html`<span class="caller-choices">
          ${homes.length > 1 && html`<span>${t('Whose case?')}</span>`}
          ${homes.length > 1
            ? homes.map((one, at) => html`<button type="button" class=${at ? '' : 'primary'} data-answer=${first && !at} onClick=${() => claim(one.home_id)}>${one.of}</button>`)
            : html`<button type="button" class="primary" data-answer=${first} onClick=${() => claim()}>${t('Answer')} ${first && html`<kbd>Alt+6</kbd>`}</button>`}
          ${homes.length > 0 && html`<button type="button" onClick=${() => claim(0)}>${t('Somebody else')}</button>`}
        </span>`}
  </div>`
}

export async function tell(seat, path, body = {}) {
  try {
    const answer = await post(path, body)
    const talks = seat.phone.talks.filter((one) => one.id !== answer.talk?.id)
    seat.set({ phone: { ...seat.phone, talks: answer.talk ? [...talks, answer.talk] : talks } })
    return answer
  } catch (error) {
    seat.notice('error', error.message, error.fix)
    return null
  }
}

async function take(seat, talk, home) {
  const answer = await tell(seat, `/talks/${encodeURIComponent(talk.id)}/claim`, home === undefined ? {} : { home_id: home })
  if (answer?.talk.call_id) {
    seat.ask.resync()
    turnTo(seat, answer.talk.call_id)
  }
}

// Alt+6: the first who rings and whom nobody has taken; with several homes behind the number, the hands go to the choice.
export function answerPhone(seat) {
  const button = document.querySelector('.phone-strip [data-answer="true"]')
  if (!button) return seat.notice('info', t('The telephone does not ring.'))
  if (button.parentElement.querySelectorAll('.primary, button').length > 2) return button.focus()
  return button.click()
}

// --- one talk: its state, and what can be done with it -----------------------------------------------------------

const STATES = { ringing: later('rings'), talking: later('speaking'), held: later('on hold, hears music') }

export function Talks({ call }) {
  const seat = useSeat()
  const mine = seat.phone.talks.filter((talk) => talk.call_id === call.id && talk.stage !== 'ended' && !rings(talk))
  return mine.map((talk) => html`<${Talk} key=${talk.id} talk=${talk} />`)
}

function Talk({ talk }) {
  const seat = useSeat()
  const now = useNow()
  const order = (what, words, kind = '') =>
    html`<button type="button" class=${`mini ${kind}`} onClick=${() => tell(seat, `/talks/${encodeURIComponent(talk.id)}/${what}`)}>${words}</button>`
  const spoken = talk.answered_at && figures(Math.max(0, now - Date.parse(talk.answered_at)))
  return html`<div class=${`talk talk-${talk.stage}`} role="group" aria-label=${t('Telephone call')}>
    <span>☎ <b class="number">${talk.number || t('hidden number')}</b> ${t(STATES[talk.stage])} ${spoken || ''}
      ${talk.third && html` + <b class="number">${talk.third}</b>`} <span class="muted small">${talk.user_name} ${talk.extension}</span>
      ${talk.refused && html` <b class="late">${word('causes_of_talks', talk.refused)}</b>`}</span>
    ${isMine(talk, seat.state.me?.id) && html`<span class="talk-orders">
      ${talk.call_id && talk.call_id !== seat.openId && html`<button type="button" class="mini" onClick=${() => seat.openRow(talk.call_id)}>${t('Open its case')}</button>`}
      ${talk.stage === 'talking' && !talk.third && order('hold', t('Hold the line'))}
      ${talk.stage === 'held' && order('resume', t('Speak again'), 'primary')}
      ${talk.stage === 'talking' && !talk.third && html`<button type="button" class="mini" onClick=${() => seat.set({ dialog: { name: 'third', talk } })}>${t('Third party')}</button>`}
      ${order('hang_up', t('Hang up'))}</span>`}
  </div>`
}

// --- dialling ----------------------------------------------------------------------------------------------------

const canDial = (seat) => seat.phone?.exchange.state === 'up'

// A number rings from this seat's telephone where an exchange is connected; else it is the link it always was.
export function Phone({ number, unit = false }) {
  const seat = useSeat()
  const press = (event) => {
    if (!canDial(seat)) return
    event.preventDefault()
    if (!seat.phone.extension) seat.set({ dialog: { name: 'seatPhone', number, unit } })
    else ring(seat, number, unit)
  }
  return html`<a class="tel number" href=${`tel:${number}`} title=${canDial(seat) ? t('Ring from this seat') : null} onClick=${press}>${number}</a>`
}

export const ring = (seat, number, unit = false) => tell(seat, '/talks', { number, unit, call: seat.openCall()?.id || '' })

// --- the telephone of this seat ----------------------------------------------------------------------------------

export function SeatPhoneChip() {
  const seat = useSeat()
  const { exchange, extension } = seat.phone
  if (exchange.state === 'none') return null
  return html`<button type="button" class=${`sound-button ${extension ? '' : 'warn'}`} onClick=${() => seat.set({ dialog: { name: 'seatPhone' } })}>
    ☎ ${extension || t('which telephone?')}</button>`
}
