// The small questions: how long to hold, why this carer, why cancel, why reopen; and the lists: keys, device items.
import { useEffect, useRef, useState } from 'preact/hooks'
import { getJson } from './commands.js'
import { Pause } from './clock.js'
import { CloseDialog } from './close.js'
import { HandOver } from './handover.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { KEYS } from './keys.js'
import { OfferCase } from './owner.js'
import { SeatPhone, Third } from './telephone.js'
import { Age, Send, nameOf, whatHappened } from './terms.js'
import { t } from './words.js'

// A modal that is really modal: focus stays inside, Esc leaves, and the focus returns to where it came from.
export function Dialog({ title, wide, children }) {
  const seat = useSeat()
  const box = useRef(null)
  const own = useRef(null)
  // Another question may have been asked by the time this one's farewell arrives.
  const left = () => seat.dialog === own.current && seat.set({ dialog: null })
  useEffect(() => {
    const before = document.activeElement
    return () => before?.isConnected && before.focus()
  }, [])
  // Asked again before the last one was gone from the page, it is drawn into the same box: the box must open again.
  useEffect(() => {
    own.current = seat.dialog
    if (box.current.open) return
    box.current.showModal()
    box.current.querySelector('[data-first="true"]')?.focus()
  }, [seat.dialog])
  return html`<dialog ref=${box} class=${wide === true ? 'wide' : wide || ''} aria-labelledby="dialog-title" onClose=${left}>
    <header class="dialog-head"><h2 id="dialog-title">${title}</h2>
      <button type="button" class="quiet" aria-label=${t('Back')} onClick=${() => box.current.close()}>Esc</button></header>
    ${children}
  </dialog>`
}

export function Dialogs() {
  const seat = useSeat()
  const { dialog } = seat
  const call = seat.openCall()
  if (!dialog) return null
  if (dialog.name === 'help') return html`<${KeyList} />`
  if (dialog.name === 'devices') return html`<${Devices} />`
  if (dialog.name === 'seatPhone') return html`<${SeatPhone} dialog=${dialog} />`
  if (dialog.name === 'third') return html`<${Third} dialog=${dialog} />`
  if (!call) return null
  const Shown = { close: CloseDialog, handOver: HandOver, hold: Hold, override: Override, cancel: Cancel, reopen: Reopen, pause: Pause, owner: OfferCase }[dialog.name]
  return html`<${Shown} call=${call} dialog=${dialog} />`
}

const HOLD_SECONDS = [60, 120]

function Hold({ call }) {
  const seat = useSeat()
  const hold = async (seconds) => (await seat.command('hold', call, { seconds })) && seat.set({ dialog: null })
  return html`<${Dialog} title=${t('Hold: when shall it come back?')}>
    <p>${t('It rings again at every seat when the time is over.')}</p>
    <div class="choices">${HOLD_SECONDS.map((n, at) => html`<${Send} data-first=${at === 0} busy=${seat.isSending('hold', call)} onClick=${() => hold(n)}>${t('{n} seconds', { n })}</${Send}>`)}</div>
  </${Dialog}>`
}

// One question with ready answers; any other words are as good.
function Why({ title, children, answers, first = '', busy, done, words }) {
  const [reason, write] = useState(first)
  const submit = (event) => {
    event.preventDefault()
    if (reason.trim()) done(reason.trim())
  }
  return html`<${Dialog} title=${title}>${children}
    <form onSubmit=${submit}>
      <div class="choices">${answers.map((one, at) => html`<button type="button" data-first=${!first && at === 0} aria-pressed=${reason === one} onClick=${() => write(one)}>${one}</button>`)}</div>
      <p class="field"><label for="why">${t('Reason')}</label>
        <input id="why" maxlength="200" required value=${reason} onInput=${(event) => write(event.target.value)} /></p>
      <p class="dialog-foot"><button class="primary" data-first=${Boolean(first)} aria-disabled=${busy || !reason.trim() ? 'true' : null}>${busy ? '…' : words}</button></p>
    </form>
  </${Dialog}>`
}

function Override({ call, dialog }) {
  const seat = useSeat()
  const { carer, again } = dialog
  const second = t('A second carer is needed')
  const answers = [t('The resident asks for this carer'), t('Speaks the language'), t('Really closer just now'), second]
  const title = again ? t('Send {name} too: why?', { name: carer.name }) : t('Send {name}: why not the first?', { name: carer.name })
  const done = async (reason) =>
    (await seat.command('dispatch', call, { carer_id: carer.carer_id, override_reason: reason })) && seat.set({ dialog: null })
  return html`<${Why} title=${title} first=${again ? second : ''} answers=${answers} done=${done}
    busy=${seat.isSending('dispatch', call)} words=${t('Dispatch {name}', { name: carer.name })}>
    ${!carer.suitable && html`<p class="alarm">${carer.reasons.join(' · ')}</p>`}</${Why}>`
}

function Cancel({ call, dialog }) {
  const seat = useSeat()
  const { visit } = dialog
  const answers = [t('No longer needed'), t('Another carer goes'), t('Handed over to 120')]
  const done = async (reason) =>
    (await seat.command('cancel', call, { reason, ...(visit.carer_id && { carer_id: visit.carer_id }) }, `/visits/${encodeURIComponent(visit.id)}/cancel`)) && seat.set({ dialog: null })
  return html`<${Why} title=${t('Cancel the visit of {name}', { name: visit.carer_name || '—' })} answers=${answers} done=${done}
    busy=${seat.isSending('cancel', call)} words=${t('Cancel the visit')} />`
}

function Reopen({ call }) {
  const seat = useSeat()
  const answers = [t('Called again'), t('Closed by mistake'), t('Not yet settled')]
  const done = async (reason) => (await seat.command('reopen', call, { reason })) && seat.set({ dialog: null })
  return html`<${Why} title=${t('Reopen the call')} answers=${answers} done=${done} busy=${seat.isSending('reopen', call)} words=${t('Reopen')} />`
}

const KeyList = () => html`<${Dialog} title=${t('Keys')}>
  <dl class="keys">${KEYS.map(([key, , words]) => html`<dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd>`)}</dl>
</${Dialog}>`

function Devices() {
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
