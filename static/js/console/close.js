// Closing a call: outcome, evidence and words, all three, and nothing new that has not been seen.
import { useState } from 'preact/hooks'
import { Dialog } from './dialogs.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { draftOf, keepDraft } from './note.js'
import { lastSeq } from './standing.js'
import { timeOfDay } from './time.js'
import { lists, t } from './words.js'

const PERSON = ['helped', 'hospital', 'police_fire', 'false_alarm', 'service_done', 'advice', 'refused', 'test', 'other']
const DEVICE = ['device_fixed', 'restored', 'test', 'false_alarm', 'other']

export function CloseDialog({ call, dialog }) {
  const seat = useSeat()
  const [form, fill] = useState({ outcome: '', evidence: '', words: draftOf(call.id) })
  const [seen, see] = useState({ version: dialog.version, seq: dialog.seq })
  const [asked, ask] = useState(false)
  const device = call.priority === 4
  const fresh = call.seen_version > seen.version
  const put = (name) => (value) => fill({ ...form, [name]: value })
  const missing = !form.outcome || !form.evidence || !form.words.trim()
  const submit = async (event) => {
    event.preventDefault()
    ask(true)
    if (missing || fresh) return
    const done = await seat.command('close', call, { ...form, words: form.words.trim() })
    if (!done) return
    keepDraft(call.id, '')
    seat.set({ dialog: null })
  }
  return html`<${Dialog} title=${t('Close the call')} wide>
    <form class="close-form" onSubmit=${submit}>
      ${fresh && html`<${Unseen} call=${call} since=${seen.seq} see=${() => see({ version: call.version, seq: lastSeq(seat) })} />`}
      <${Choice} name="outcome" title=${t('What became of it')} codes=${device ? DEVICE : PERSON} list="outcomes" value=${form.outcome} put=${put('outcome')} />
      <${Choice} name="evidence" title=${t('How do you know all is well? Silence is not enough.')} list="evidence" value=${form.evidence} put=${put('evidence')}
        codes=${['spoke_clearly', 'was_seen', 'handed_over', ...(device ? ['device_answers'] : [])]} />
      <p class="field"><label for="close-words">${t('In words')}</label>
        <textarea id="close-words" rows="2" maxlength="2000" value=${form.words} onInput=${(event) => put('words')(event.target.value)}></textarea></p>
      <p class="dialog-foot">
        ${asked && missing && html`<span class="late" role="alert">${t('Still missing: {what}', { what: lacking(form) })}</span>`}
        <button class="primary" aria-disabled=${seat.isSending('close', call) ? 'true' : null}>${seat.isSending('close', call) ? '…' : t('Close the call')}</button>
      </p>
    </form>
  </${Dialog}>`
}

const lacking = (form) =>
  [!form.outcome && t('outcome'), !form.evidence && t('evidence'), !form.words.trim() && t('words')].filter(Boolean).join('、')

const Choice = ({ name, title, codes, list, value, put }) => html`<fieldset>
  <legend>${title}</legend>
  <div class="choices">${codes.map((code, at) => html`<label class="choice"><input type="radio" name=${name} value=${code} data-first=${at === 0 && name === 'outcome'}
    checked=${value === code} onChange=${() => put(code)} /> ${lists[list][code]}</label>`)}</div>
</fieldset>`

function Unseen({ call, since, see }) {
  const seat = useSeat()
  const lines = (seat.card?.timeline || []).filter((line) => line.seq > since && line.text)
  return html`<div class="alarm" role="alert"><p><b>${t('Something new happened while you were closing:')}</b></p>
    <ul>${lines.map((line) => html`<li>${timeOfDay(Date.parse(line.at), seat.state.zone)} ${line.text}</li>`)}</ul>
    <button type="button" class="danger" onClick=${see}>${t('I have seen it')}</button></div>`
}
