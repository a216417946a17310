// How a call, a visit and a step are put into words, the same in every pane.
import { callerOf } from './callers.js'
import { html } from './html.js'
import { useNow } from './hooks.js'
import { GOING } from './standing.js'
import { figures, since } from './time.js'
import { later, t, word } from './words.js'

export const PRIORITIES = { 1: later('Emergency'), 2: later('Urgent'), 3: later('Service'), 4: later('Device') }

export const Tag = ({ priority }) => html`<span class=${`tag tag-${priority}`}>${t(PRIORITIES[priority])}</span>`

export function Age({ from, until, late }) {
  const now = useNow()
  const ms = until ? Date.parse(until) - Date.parse(from) : since(from, now)
  return html`<span class=${late ? 'age late' : 'age'}>${figures(ms)}</span>`
}

// A case about our own plumbing has no steps of people: nobody is sent to it.
export const isOfPeople = (row) => !row.incident && row.kind !== 'drill_failed'

// An incident is named after its place; our own plumbing has no resident.
const placeOf = (incident) => [word('scopes', incident.scope), incident.place].filter(Boolean).join(' ')

export const nameOf = (row) =>
  row.incident ? placeOf(row.incident) : row.kind === 'drill_failed' ? row.reason : row.known === false ? callerOf(row) || t('Unregistered device') : row.name || t('Name not on file')

export const years = (age) => (age == null ? '' : t('{n} years', { n: age }))

export const sexWord = (sex) => ({ F: t('woman'), M: t('man') })[sex] || ''

export const leftOf = (incident) => t('{left} of {homes} homes not back', { left: incident.left, homes: incident.homes })

// "跌倒 · SOS": every kind heard in this call, the newest word last.
export const whatHappened = (row) => (row.kinds?.length ? row.kinds : [row.kind]).map((kind) => word('kinds', kind)).join(' · ')

export const minutes = (seconds) => t('about {n} min', { n: Math.max(1, Math.round(seconds / 60)) })

// Where the visit that tells most stands; sent-but-not-accepted must never look like help on its way.
export const onTheWay = (row) => GOING.has(row.visit?.stage)

export function visitWords(row) {
  const visit = row.visit
  if (row.nobody_left && !onTheWay(row)) return t('Nobody to send')
  if (!visit || visit.stage === 'cancelled') return ''
  const name = visit.carer_name || ''
  return {
    requested: t('Looking for a carer'),
    offered: t('{name} asked, not accepted', { name }),
    accepted: t('{name} accepted', { name }),
    on_the_way: t('{name} on the way', { name }),
    arrived: t('{name} has arrived', { name }),
    finished: t('{name} has finished', { name }),
    interrupted: t('{name} was called away to an emergency', { name }),
  }[visit.stage]
}

// A button whose command is on its way shows "…" and takes no second press.
export function Send({ busy, onClick, children, class: className = '', ...rest }) {
  return html`<button type="button" class=${className} aria-disabled=${busy ? 'true' : null} onClick=${busy ? null : onClick} ...${rest}>
    ${busy ? html`<span aria-label=${t('Sending')}>…</span>` : children}
  </button>`
}
