// Asking the device of a call: where it is, to ring a number, to make itself heard; and where it was last.
import { useEffect, useState } from 'preact/hooks'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { monthDay, timeOfDay } from './time.js'
import { t } from './words.js'

const BUTTONS = { locate: () => t('Locate'), call: () => t('Ring back'), find: () => t('Let it ring') }
const ASKED = { ...BUTTONS, tell: () => t('Message') }
const STATES = {
  asked: () => t('being sent'),
  told: () => t('sent, no answer yet'),
  obeyed: () => t('the device has answered'),
  refused: () => t('the device refused'),
  cannot: () => t('this device cannot do that'),
  not_connected: () => t('not sent: it is not connected'),
  no_answer: () => t('sent, but it did not answer'),
  too_late: () => t('not sent: the gateway was away'),
}
const FAILED = ['refused', 'cannot', 'not_connected', 'no_answer', 'too_late']
const WATCHED_MS = 3 * 60_000 // a position may come so long after it was asked for, and is no event of its own
const LOOK_MS = 5000

const moment = (stamp, zone) => `${monthDay(Date.parse(stamp), zone)} ${timeOfDay(Date.parse(stamp), zone)}`

export function Orders({ call, card }) {
  const { orders, where } = card
  if (!where && !orders?.can.length && !orders?.recent.length) return null
  return html`<dt>${t('Whereabouts')}</dt>
    <dd class="whereabouts">
      ${where && html`<${Where} where=${where} />`}
      ${orders.can.length > 0 && html`<${Ask} key=${call.id} call=${call} account=${call.account || card.device?.account} orders=${orders} />`}
      ${orders.recent.length > 0 && html`<${Told} recent=${orders.recent} />`}
    </dd>`
}

function Where({ where }) {
  const seat = useSeat()
  const away = where.metres == null ? '' : where.metres < 1000 ? t('{n} m from home', { n: where.metres }) : t('{n} km from home', { n: (where.metres / 1000).toFixed(1) })
  return html`<p><span class="number">${where.latitude.toFixed(5)}, ${where.longitude.toFixed(5)}</span>
    ${away && html` · <b>${away}</b>`} <span class="muted small">· ${moment(where.at, seat.state.zone)}</span></p>`
}

function Ask({ call, account, orders }) {
  const seat = useSeat()
  const [number, write] = useState(null) // null: the field is not open
  const path = `/devices/${encodeURIComponent(account)}/orders`
  const ask = (what, more = {}) =>
    seat.command(`order-${what}`, call, { expected_version: undefined, what, call: call.id, ...more }, path)
  const ring = async () => {
    if (await ask('call', { number: number.replace(/[\s-]/g, '') })) write(null)
  }
  const press = (what) => (what === 'call' ? write(number === null ? orders.number : null) : ask(what))
  return html`<div class="orders">
    ${orders.can.map((what) => html`<${Send} class="mini" busy=${seat.isSending(`order-${what}`, call)} onClick=${() => press(what)}>${BUTTONS[what]()}</${Send}>`)}
    ${number !== null && html`<span class="order-number">
      <label class="hidden-words" for="order-number">${t('The number the device is to ring')}</label>
      <input id="order-number" type="tel" maxlength="20" value=${number} placeholder=${t('The number the device is to ring')} onInput=${(event) => write(event.target.value)} />
      <button type="button" class="mini" disabled=${!/\d{3}/.test(number)} onClick=${ring}>${t('Send')}</button>
    </span>`}
  </div>`
}

// What came of the newest orders. While an answer may still come the card is fetched again and again.
function Told({ recent }) {
  const seat = useSeat()
  const now = useNow()
  const newest = recent[recent.length - 1]
  const waiting = now - Date.parse(newest.at) < WATCHED_MS
  useEffect(() => {
    if (!waiting) return undefined
    const timer = setInterval(seat.refreshCard, LOOK_MS)
    return () => clearInterval(timer)
  }, [waiting, newest.seq])
  return html`<ul class="orders-told small" aria-live="polite">${[...recent].reverse().map((one) => html`<li key=${one.seq}>
    <time>${timeOfDay(Date.parse(one.at), seat.state.zone)}</time> ${ASKED[one.what]()} ${one.number}
    ${' '}<span class=${FAILED.includes(one.state) ? 'late' : ''}>${STATES[one.state]?.() ?? one.state}</span></li>`)}</ul>`
}
