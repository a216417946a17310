// Closing a call: outcome, evidence and words, all three, and nothing new that has not been seen.
import { useState } from 'preact/hooks'
import { Dialog } from './dialogs.js'
import { TaskLine, makeTask, missingOfTask, noTask } from './follow_up.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { draftOf, keepDraft } from './note.js'
import { missingSteps } from './script.js'
import { lastSeq } from './standing.js'
import { timeOfDay } from './time.js'
import { lists, t } from './words.js'

const PERSON = ['helped', 'hospital', 'police_fire', 'false_alarm', 'service_done', 'advice', 'refused', 'test', 'other']
const DEVICE = ['device_fixed', 'restored', 'test', 'false_alarm', 'other']

export function CloseDialog({ call, dialog }) {
  const seat = useSeat()
  const [form, fill] = useState({ outcome: '', evidence: '', words: draftOf(call.id), said: '' })
  const [task, setTask] = useState(noTask)
  const [seen, see] = useState({ version: dialog.version, seq: dialog.seq })
  const [made, note] = useState([])
  const [asked, ask] = useState(false)
  const device = call.priority === 4
  const fresh = call.seen_version > seen.version
  const put = (name) => (value) => fill({ ...form, [name]: value })
  const quoted = !device && IN_THEIR_WORDS.includes(form.outcome)
  const steps = missingSteps(seat, call, form)
  const lacking = lack(form, quoted, steps, task)
  const submit = async (event) => {
    event.preventDefault()
    ask(true)
    if (lacking.length) return handsTo(event.currentTarget, lacking[0][0])
    if (fresh) return
    const { said, ...ending } = form
    // The task first: were the call closed and the task not made, its words would be lost with the dialog.
    if (!(await makeTask(seat, call, task))) return
    if (task.kind) note([...made, task.words.trim()])
    setTask(noTask())
    const done = await seat.command('close', call, { ...ending, words: form.words.trim(), ...(quoted && { said: said.trim() }) })
    if (!done) return
    keepDraft(call.id, '')
    seat.set({ dialog: null })
  }
  return html`<${Dialog} title=${t('Close the call')} wide="wide closing">
    <form class="close-form" onSubmit=${submit} onKeyDown=${sent}>
      ${fresh && html`<${Unseen} call=${call} since=${seen.seq} see=${() => see({ version: call.version, seq: lastSeq(seat) })} />`}
      <${Choice} name="outcome" title=${t('What became of it')} codes=${device ? DEVICE : PERSON} list="outcomes" value=${form.outcome} put=${put('outcome')} />
      <${Choice} name="evidence" title=${t('How do you know all is well? Silence is not enough.')} list="evidence" value=${form.evidence} put=${put('evidence')}
        codes=${['spoke_clearly', 'was_seen', 'handed_over', ...(mayStandDown(seat) ? ['stood_down'] : []), ...(device ? ['device_answers'] : [])]} />
      ${quoted && html`<p class="field"><label for="close-said">${t('What the person said, word for word')}</label>
        <input id="close-said" maxlength="500" value=${form.said} onInput=${(event) => put('said')(event.target.value)} /></p>`}
      <p class="field"><label for="close-words">${t('In words')}</label>
        <textarea id="close-words" rows="2" maxlength="2000" value=${form.words} onInput=${(event) => put('words')(event.target.value)}></textarea></p>
      <${TaskLine} task=${task} put=${setTask} made=${made} />
      <p class="dialog-foot">
        ${asked && lacking.length > 0 && html`<span class="late missing" role="alert">${t('Still missing: {what}', { what: lacking.map(([, what]) => what).join(' · ') })}</span>`}
        <button class="primary" aria-disabled=${seat.isSending('close', call) ? 'true' : null}>${seat.isSending('close', call) ? '…' : t('Close the call')} <kbd>F9</kbd></button>
      </p>
    </form>
  </${Dialog}>`
}

// F9 opened it, F9 sends it: nobody has to walk past every field.
const sent = (event) => {
  if (event.key !== 'F9' || event.isComposing) return
  event.preventDefault()
  event.currentTarget.requestSubmit()
}

const IN_THEIR_WORDS = ['false_alarm', 'refused']

// A supervisor alone may decide after a visit that found nobody.
const mayStandDown = (seat) =>
  ['supervisor', 'admin'].includes(seat.state.me?.role) && (seat.card?.visits || []).some((visit) => visit.report?.condition === 'absent')

// What is missing: [the field that asks for it, what it is called].
const lack = (form, quoted, steps, task) =>
  [
    !form.outcome && ['outcome', t('outcome')],
    !form.evidence && ['evidence', t('evidence')],
    quoted && !form.said.trim() && ['close-said', t('the words of the person')],
    !form.words.trim() && ['close-words', t('words')],
    missingOfTask(task),
    ...steps.map((step) => ['', `“${step.words}” (F12)`]),
  ].filter(Boolean)

// The hands are put where the first thing is missing; a step of the script is answered on the card.
function handsTo(form, place) {
  const field = place && (form.querySelector(`#${place}`) || form.querySelector(`[name="${place}"]`))
  if (!field) return
  if (field.closest('details')) field.closest('details').open = true
  field.focus()
}

const Choice = ({ name, title, codes, list, value, put }) => html`<fieldset class=${`by-${name}`}>
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
