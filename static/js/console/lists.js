// The lists that belong to no call: the keys, and the device items nobody has taken up.
import { useEffect, useState } from 'preact/hooks'
import { getJson } from './commands.js'
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { KEYS } from './keys.js'
import { Age, nameOf, whatHappened } from './terms.js'
import { t } from './words.js'

export const KeyList = () => html`<${Dialog} title=${t('Keys')}>
  <dl class="keys">${KEYS.map(([key, , words]) => html`<dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd>`)}</dl>
</${Dialog}>`

export function Devices() {
  const seat = useSeat()
  const [page, turn] = useState({ calls: [], next: '' })
  const more = async () => {
    try {
      const after = page.next ? `&after=${encodeURIComponent(page.next)}` : ''
      const found = await getJson(`/calls?priority=4&stage=open&limit=50${after}`)
      turn({ calls: [...page.calls, ...found.calls], next: found.next })
    } catch (error) {
      seat.notice('error', error.message, error.fix)
    }
  }
  useEffect(() => void more(), [])
  const open = (id) => seat.set({ dialog: null }) || seat.open(id)
  return html`<${Dialog} title=${t('Device items: {n}', { n: seat.state.technical.count })} wide>
    <ul class="device-list">${page.calls.map((row) => html`<li key=${row.id}>
      <button type="button" class="row" onClick=${() => open(row.id)}>
        <b>${whatHappened(row)}</b><span>${nameOf(row)} · ${row.place || row.account}</span><${Age} from=${row.opened_at} /></button></li>`)}</ul>
    ${page.next && html`<p class="dialog-foot"><button type="button" onClick=${more}>${t('More')}</button></p>`}
  </${Dialog}>`
}
