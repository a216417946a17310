// The tab itself: how many wait is in its title and its icon, for an operator who is looking at something else.
import { STALE_MS } from './connection.js'
import { t } from './words.js'

const icon = document.querySelector('link[rel="icon"]')
const quiet = icon.getAttribute('href')
let shown = ''
let said = ''
let saidAt = -Infinity
const REST_MS = 500 // a title costs a browser more than drawing a row, and nobody reads two in a second

const dot = (colour) =>
  'data:image/svg+xml,' +
  encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1A1F24"/><circle cx="16" cy="16" r="10" fill="${colour}"/></svg>`,
  )

export function tabLook(waiting, age) {
  const stale = age > STALE_MS
  const title = `${stale ? '⚠ ' : ''}${waiting ? `(${waiting}) ${t('Waiting')}` : t('Console')} — ${t('Anxin')}`
  if (title === said || performance.now() - saidAt < REST_MS) return // the next beat says it
  document.title = said = title
  saidAt = performance.now()
  const look = stale ? dot('#FFD54A') : waiting ? dot('#E5493E') : quiet
  if (look !== shown) icon.setAttribute('href', look)
  shown = look
}
