// The paper pack on the console: fetched anew where this desk keeps it; the way to it when the server is gone.
import { html } from './html.js'
import { t } from './words.js'

const LOOK_MS = 5 * 60_000
let keeps = false

async function look() {
  const { refresh } = await import('/static/js/pack/keep.js')
  keeps = Boolean(await refresh().catch(() => keeps))
}

export function tendPack() {
  const asked = () => void look().catch(() => null)
  asked()
  setInterval(asked, LOOK_MS)
}

// Beside the word that this may be out of date: what to go on with.
export const PackWay = () =>
  keeps ? html`<a class="button" href="/pack/desk" target="_blank" rel="noopener">${t('Open the paper pack kept on this desk')}</a>` : html`<span>${t('The printed paper pack has who, where and whom to ring.')}</span>`

// The hourly pack of the centre itself: only said when it is not as it should be.
export function PackFault({ health }) {
  const { state, age } = health?.pack || {}
  if (state !== 'failed' && state !== 'late') return null
  const old = t('The paper pack is {n} h old: tell the technician, print it by hand.', { n: Math.max(1, Math.round(age / 3600)) })
  const failed = t('The paper pack could not be written: tell the technician, print it by hand.')
  return html`<p class="banner banner-part" role="status"><b>${state === 'failed' ? failed : old}</b> <a href="/pack">${t('Paper pack')}</a></p>`
}
