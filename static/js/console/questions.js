// The small questions about a call: how long to hold, why this carer, why cancel, why reopen.
import { useState } from 'preact/hooks'
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { t } from './words.js'

const HOLD_SECONDS = [60, 120]

export function Hold({ call }) {
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

export function Override({ call, dialog }) {
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

export function Cancel({ call, dialog }) {
  const seat = useSeat()
  const { visit } = dialog
  const answers = [t('No longer needed'), t('Another carer goes'), t('Handed over to 120')]
  const done = async (reason) =>
    (await seat.command('cancel', call, { reason, ...(visit.carer_id && { carer_id: visit.carer_id }) }, `/visits/${encodeURIComponent(visit.id)}/cancel`)) && seat.set({ dialog: null })
  return html`<${Why} title=${t('Cancel the visit of {name}', { name: visit.carer_name || '—' })} answers=${answers} done=${done}
    busy=${seat.isSending('cancel', call)} words=${t('Cancel the visit')} />`
}

export function Reopen({ call }) {
  const seat = useSeat()
  const answers = [t('Called again'), t('Closed by mistake'), t('Not yet settled')]
  const done = async (reason) => (await seat.command('reopen', call, { reason })) && seat.set({ dialog: null })
  return html`<${Why} title=${t('Reopen the call')} answers=${answers} done=${done} busy=${seat.isSending('reopen', call)} words=${t('Reopen')} />`
}
