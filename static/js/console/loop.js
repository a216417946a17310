// How far a case has come in the four-order loop, what it was rated, and the way to book a service for this home.
import { html } from './html.js'
import { isOfPeople } from './terms.js'
import { t, word } from './words.js'

const ORDERS = ['placed', 'sent', 'taken', 'rated']

export function Loop({ call }) {
  if (!isOfPeople(call) || !call.order_state) return null
  const now = ORDERS.indexOf(call.order_state)
  return html`<div class="loop">
    <ol aria-label=${t('How far the order has come')}>${ORDERS.map((code, at) => html`<li class=${at <= now ? 'done' : ''} aria-current=${at === now ? 'step' : null}>${word('orders', code)}</li>`)}</ol>
    ${call.rated && html`<span class="small">${call.rating ? `${'★'.repeat(call.rating)}${'☆'.repeat(5 - call.rating)}` : word('rated', call.rated)}</span>`}
    ${call.service && html`<a class="small" href=${`/bookings/${call.service.booking}`} target="_blank" rel="noopener">${call.service.name} ${call.service.booking}</a>`}
    ${call.home_id && html`<a class="mini button" id="act-book" href=${`/bookings/new?call=${call.id}`} target="_blank" rel="noopener">${t('Book a service')}</a>`}
  </div>`
}

export const Complaint = ({ call }) => call.complaint && html`<p class="alarm" role="alert"><b>${t('Complaint.')}</b> ${t('The resident was not content: ring, mend it, and write down what was agreed.')}</p>`
