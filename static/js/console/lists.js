// The lists that belong to no call: the keys, and the device items nobody has taken up.
import { useEffect, useState } from 'preact/hooks'
import { getJson } from './commands.js'
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Age, nameOf, whatHappened } from './terms.js'
import { later, t } from './words.js'

const KEYS = [
  ['F2', later('Take the call that has waited longest')],
  ['↑ ↓', later('Move in the queue')],
  ['Enter', later('Open the call')],
  ['F3', later('New case: telephone, counter, grid worker, web')],
  ['F4', later('Send a carer (Enter sends the first)')],
  ['F6', later('Ring-round: telephone the contacts (1–6 the result, 0 asks everybody)')],
  ['F7', later('Hold, or take up again')],
  ['F8', later('Hand over to 120, 119 or 110')],
  ['F9', later('Close the call')],
  ['F10', later('Hand the case over to a colleague')],
  ['F11', later('Take the call over, or transfer it')],
  ['F12', later('The next step of the script')],
  ['Alt+6', later('Answer the telephone that rings')],
  ['Alt+1 … 3', later('Queue, call, carers')],
  ['Alt+4', later('The district')],
  ['Alt+5', later('Warnings by area, roll call')],
  ['Alt+0', later('Am I live? Every part, and what to do')],
  ['Esc', later('Back')],
  ['F5', later('Fetch everything anew (the page stays, so does the sound)')],
  ['F1', later('This list')],
]

export const KeyList = () => html`<${Dialog} title=${t('Keys')}>
  <dl class="keys">${KEYS.map(([key, words]) => html`<dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd>`)}</dl>
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
