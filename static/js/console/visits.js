// The visits of the open call: who was asked, what they said, and whether help is truly on its way.
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { figures, timeOfDay } from './time.js'
import { ACTIVE, ASKING } from './standing.js'
import { minutes } from './terms.js'
import { later, t, word } from './words.js'

const SHAPES = { requested: '…', offered: '?', accepted: '✓', on_the_way: '▶', arrived: '⌂', finished: '✓✓', cancelled: '×', interrupted: '↷' }
const LADDER = {
  nearest: later('the nearest carer'), post_b: later('the B post of the station'), next: later('the next carers'), station: later('carers of the station'),
  neighbours: later('carers of the neighbouring stations'), everyone: later('everyone on duty'), stand_by: later('stand-by'), station_head: later('the head of the station'),
  neighbour_heads: later('heads of the neighbouring stations'), responders: later('neighbours and volunteers'), contacts: later('family and key holders'),
  supervisor: later('supervisor'), duty_manager: later('duty officer'),
}
const DOUBTS = {
  not_left: later('has not left yet'), overdue: later('should be there by now'), silent: later('the phone is not heard any more'),
  not_moving: later('is not moving'), slower: later('will be much later than said'),
}
const NAMED = 5 // of those who are asked at once
const UNDERWAY = new Set(['accepted', 'on_the_way'])

export function Visits({ visits }) {
  if (!visits?.length) return null
  return html`<section class="visits" aria-label=${t('Visits')}>${[...visits].reverse().map((visit) => html`<${Visit} key=${visit.id} visit=${visit} />`)}</section>`
}

function Visit({ visit }) {
  const seat = useSeat()
  const now = useNow()
  const offers = visit.stage === 'offered' ? visit.asked.filter((one) => one.result === 'offered') : []
  const refused = visit.asked.filter((one) => one.result === 'declined' || one.result === 'expired')
  return html`<article class=${`visit visit-${visit.stage}`}>
    <p><span class="visit-shape" aria-hidden="true">${SHAPES[visit.stage]}</span> <b>${standing(visit, now)}</b>
      <span class="muted small"> ${detail(visit, now, seat.state.zone)}</span></p>
    ${offers.length > 1 && html`<${Offers} offers=${offers} now=${now} />`}
    ${UNDERWAY.has(visit.stage) && Object.keys(visit.doubts || {}).map((doubt) => html`<p class="doubt" key=${doubt}>⚠ ${visit.carer_name} ${t(DOUBTS[doubt])}</p>`)}
    ${visit.backs_up && html`<p class="small muted">${t('Sent as well, because the first is in doubt')}</p>`}
    ${ASKING.has(visit.stage) && visit.gaps?.length > 0 && html`<p class="gaps small">⚠ ${t('Nobody is there for: {steps}', { steps: visit.gaps.map((step) => t(LADDER[step])).join('、') })}</p>`}
    ${refused.length > 0 && html`<p class="small muted">${t('Asked before')}：${counted(refused.map(refusal)).join('；')}</p>`}
    ${visit.report && html`<p class="visit-report">${reported(visit.report)}</p>`}
    ${ACTIVE.has(visit.stage) && html`<button type="button" class="mini" onClick=${() => seat.set({ dialog: { name: 'cancel', visit } })}>${t('Cancel the visit')}</button>`}
  </article>`
}

// The nearest are named, however many are asked: the rest of the card must stay in sight.
function Offers({ offers, now }) {
  const one = (offer) => html`<li key=${offer.carer_id}>${offer.name} ${offer.eta_seconds ? minutes(offer.eta_seconds) : ''} <span class="muted">${figures(Date.parse(offer.due_at) - now)}</span></li>`
  const [near, rest] = [offers.slice(0, NAMED), offers.slice(NAMED)]
  return html`<ul class="offers small">${near.map(one)}</ul>
    ${rest.length > 0 && html`<details class="small"><summary>${t('and {n} more are asked', { n: rest.length })}</summary><ul class="offers">${rest.map(one)}</ul></details>`}`
}

// How the person was found comes first: it is the evidence the call is closed with.
const reported = ({ condition, done, door_code: code, next, text }) =>
  [word('conditions', condition), (done || []).map((one) => word('done', one)).join('、'), code && word('door_codes', code), next && word('next_steps', next), text].filter(Boolean).join(' · ')

// Each once, with how often: who is asked again every minute for half an hour would else fill the card.
const counted = (all) => [...new Set(all)].map((one) => [one, all.filter((other) => other === one).length]).map(([one, n]) => (n > 1 ? `${one} ×${n}` : one))

const refusal = (one) => `${one.name} ${one.result === 'expired' ? t('no answer') : one.reason || t('declined')}`

function standing(visit, now) {
  const name = visit.carer_name || ''
  const left = visit.offer_due_at ? figures(Date.parse(visit.offer_due_at) - now) : ''
  return {
    requested: t('Looking for a carer'),
    offered: t('{name} asked, not accepted: next one in {time}', { name, time: left }),
    accepted: t('{name} accepted', { name }),
    on_the_way: t('{name} on the way', { name }),
    arrived: t('{name} has arrived', { name }),
    finished: t('{name} has finished', { name }),
    cancelled: t('Visit cancelled'),
    interrupted: t('{name} was called away to an emergency', { name }),
  }[visit.stage]
}

function detail(visit, now, zone) {
  if (visit.stage === 'requested' && visit.retry_at) return t('everyone is asked again in {time}', { time: figures(Date.parse(visit.retry_at) - now) })
  const eta = visit.accepted_at && visit.eta_seconds ? Date.parse(visit.accepted_at) + visit.eta_seconds * 1000 : null
  if (['accepted', 'on_the_way'].includes(visit.stage) && eta) return t('expected at {time}', { time: timeOfDay(eta, zone).slice(0, 5) })
  if (visit.stage === 'offered' && visit.eta_seconds) return minutes(visit.eta_seconds)
  return ''
}
