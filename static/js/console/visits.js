// The visits of the open call: who was asked, what they said, and whether help is truly on its way.
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { figures, timeOfDay } from './time.js'
import { minutes } from './terms.js'
import { t, word } from './words.js'

const SHAPES = { requested: '…', offered: '?', accepted: '✓', on_the_way: '▶', arrived: '⌂', finished: '✓✓', cancelled: '×' }
export const ASKED = new Set(['offered', 'accepted', 'on_the_way', 'arrived'])
export const ACTIVE = new Set(['requested', 'offered', 'accepted', 'on_the_way', 'arrived'])

export function Visits({ visits }) {
  if (!visits?.length) return null
  return html`<section class="visits" aria-label=${t('Visits')}>${[...visits].reverse().map((visit) => html`<${Visit} key=${visit.id} visit=${visit} />`)}</section>`
}

function Visit({ visit }) {
  const seat = useSeat()
  const now = useNow()
  const refused = visit.asked.filter((one) => one.result === 'declined' || one.result === 'expired')
  return html`<article class=${`visit visit-${visit.stage}`}>
    <p><span class="visit-shape" aria-hidden="true">${SHAPES[visit.stage]}</span> <b>${standing(visit, now)}</b>
      <span class="muted small"> ${detail(visit, now, seat.state.zone)}</span></p>
    ${refused.length > 0 && html`<p class="small muted">${t('Asked before')}：${refused.map(refusal).join('；')}</p>`}
    ${visit.report && html`<p class="visit-report">${reported(visit.report)}</p>`}
    ${ACTIVE.has(visit.stage) && html`<button type="button" class="mini" onClick=${() => seat.set({ dialog: { name: 'cancel', visit } })}>${t('Cancel the visit')}</button>`}
  </article>`
}

// How the person was found comes first: it is the evidence the call is closed with.
const reported = ({ condition, done, door_code: code, next, text }) =>
  [word('conditions', condition), (done || []).map((one) => word('done', one)).join('、'), code && word('door_codes', code), next && word('next_steps', next), text].filter(Boolean).join(' · ')

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
  }[visit.stage]
}

function detail(visit, now, zone) {
  if (visit.stage === 'requested' && visit.retry_at) return t('everyone is asked again in {time}', { time: figures(Date.parse(visit.retry_at) - now) })
  const eta = visit.accepted_at && visit.eta_seconds ? Date.parse(visit.accepted_at) + visit.eta_seconds * 1000 : null
  if (['accepted', 'on_the_way'].includes(visit.stage) && eta) return t('expected at {time}', { time: timeOfDay(eta, zone).slice(0, 5) })
  if (visit.stage === 'offered' && visit.eta_seconds) return minutes(visit.eta_seconds)
  return ''
}
