// The script of the open case (处置流程): its steps by keyboard, each answer kept at once and seen at every seat.
import { useEffect, useState } from 'preact/hooks'
import { getJson } from './commands.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { Send, isOfPeople } from './terms.js'
import { figures, timeOfDay } from './time.js'
import { t, word } from './words.js'

// What a closing with this evidence and outcome still needs; the server holds the same rule and decides.
export const missingSteps = (seat, call, { evidence, outcome }) =>
  call.priority === 4 || seat.script?.id !== call.id
    ? []
    : seat.script.steps.filter((step) => step.must && (!step.gates.length || step.gates.includes(evidence) || step.gates.includes(outcome)) && !call.script.answers[step.id])

const openSteps = (steps, call) => steps.filter((step) => !call.script.answers[step.id])

export function Script({ call }) {
  const seat = useSeat()
  const [again, change] = useState('')
  const about = seat.script?.id === call.id ? seat.script : null
  const changed = `${call.kinds.length}.${call.presses}.${call.script.unclear?.length}.${call.arrived_at}`
  useEffect(() => void fetchScript(seat, call.id), [call.id, changed])
  if (!about) return null
  const waiting = openSteps(about.steps, call).map((step) => step.id)
  const now = again || (waiting.includes(seat.scriptAt) ? seat.scriptAt : waiting[0])
  const mine = call.stage === 'answered' && (call.holder_id === null || call.holder_id === seat.state.me?.id)
  const answer = async (step, said) => {
    change('')
    seat.set({ scriptAt: null })
    // Not to the next answer: a key held down would answer everything. F12 is one's own decision.
    if (await seat.command('script', call, { answers: { [step.id]: said } })) document.getElementById('script-title')?.focus()
  }
  return html`<section class="script" aria-labelledby="script-title">
    <h3 id="script-title" tabindex="-1">${t('Script')}: ${word('scripts', about.name)} <kbd>F12</kbd>
      <span class="small muted">${t('{n} of {all}', { n: about.steps.length - openSteps(about.steps, call).length, all: about.steps.length })}</span></h3>
    <${Warnings} call=${call} about=${about} />
    <ol>${about.steps.map((step) => {
      const given = call.script.answers[step.id]
      const asked = mine && now === step.id
      return html`<li key=${step.id} class=${step.id === now && call.stage !== 'closed' ? 'now' : ''} data-step=${step.id}>
        <p class="asked"><b>${step.words}</b>${step.must && !given && html`<span class="must">${t('mandatory')}</span>`}
          ${given && html`<span class="given">✓ ${saidWords(step, given.answer)} <span class="small muted">${given.by} ${timeOfDay(Date.parse(given.at), seat.state.zone)}</span></span>`}
          ${!given && mine && !asked && html`<button type="button" class="mini" aria-label=${`${t('Answer this step')}: ${step.words}`} onClick=${() => seat.set({ scriptAt: step.id })}>…</button>`}
          ${given && mine && again !== step.id && html`<button type="button" class="mini" onClick=${() => change(step.id)}>${t('Correct')}</button>`}</p>
        ${asked && html`<${Choices} step=${step} busy=${seat.isSending('script', call)} answer=${answer} />`}</li>`
    })}</ol>
  </section>`
}

const saidWords = (step, said) => step.options.find((one) => one.code === said)?.words || said

function Choices({ step, busy, answer }) {
  const [text, write] = useState('')
  if (step.text) {
    const keep = (event) => {
      if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229 || !text.trim()) return
      event.preventDefault()
      answer(step, text.trim())
    }
    return html`<p class="choices"><input aria-label=${step.words} maxlength="500" value=${text} onInput=${(event) => write(event.target.value)} onKeyDown=${keep} />
      <${Send} busy=${busy} onClick=${() => text.trim() && answer(step, text.trim())}>${t('Save')}</${Send}></p>`
  }
  // ← and → walk the answers; ↑ and ↓ belong to the queue.
  const walk = (event) => {
    const to = { ArrowRight: 'nextElementSibling', ArrowLeft: 'previousElementSibling' }[event.key]
    const next = to && document.activeElement[to]
    if (next) (event.preventDefault(), next.focus())
  }
  return html`<p class="choices" role="group" aria-label=${step.words} onKeyDown=${walk}>${step.options.map(
    (one) => html`<${Send} key=${one.code} busy=${busy} onClick=${() => answer(step, one.code)}>${one.words}</${Send}>`,
  )}</p>`
}

function Warnings({ call, about }) {
  const now = useNow()
  const last = about.before[0]
  const left = call.speech_due_at ? Date.parse(call.speech_due_at) - now : null
  return html`
    ${last && call.stage !== 'closed' && html`<p class="alarm"><b>${t('Closed {time} ago as “{outcome}” by {name}', { time: figures(now - Date.parse(last.closed_at)), outcome: word('outcomes', last.outcome), name: last.closed_by || '—' })}</b>
      ${last.said && ` “${last.said}”`} · <span class="number">${last.id}</span></p>`}
    ${about.visit_owed && html`<p class="alarm" role="alert"><b>${t('{n} unclear presses within eight hours: somebody has to look (F4).', { n: about.unclear })}</b></p>`}
    ${left !== null && html`<p class=${left < 15_000 ? 'alarm' : 'standing'}>${t('Nobody heard clearly yet: in {time} a carer is sent and the family asked.', { time: figures(Math.max(0, left)) })}</p>`}`
}

const AGAIN_MS = 2000

async function fetchScript(seat, id, first = true) {
  try {
    const found = await getJson(`/calls/${encodeURIComponent(id)}/script`)
    if (id === seat.openId) seat.set({ script: { ...found, id } })
  } catch (error) {
    if (id !== seat.openId) return
    if (first) seat.notice('error', t('The script could not be fetched.'), error.message)
    setTimeout(() => id === seat.openId && fetchScript(seat, id, false), AGAIN_MS)
  }
}

const FRAMES = 120 // that a key is remembered for which what it asks for has not been fetched or drawn

// F12: the hands go to the next step that nobody has answered, after the one they are on.
export function nextStep(seat, frames = FRAMES) {
  const call = seat.openCall()
  if (call && isOfPeople(call) && seat.script?.id !== call.id && frames) return requestAnimationFrame(() => nextStep(seat, frames - 1))
  if (!call || !isOfPeople(call) || seat.script?.id !== call.id) return seat.notice('info', t('Open a call first: F2, or ↑ ↓ and Enter.'))
  if (call.stage !== 'answered') return seat.notice('info', t('Answer the call first, then its script.'))
  const waiting = openSteps(seat.script.steps, call).map((step) => step.id)
  if (!waiting.length) return seat.notice('info', t('Every step is answered: F9 closes the call.'))
  const at = waiting.indexOf(document.activeElement?.closest('[data-step]')?.dataset.step)
  const next = waiting[(at + 1) % waiting.length]
  seat.set({ scriptAt: next })
  return handsTo(next, FRAMES)
}

function handsTo(step, frames) {
  const field = document.querySelector(`.script [data-step="${CSS.escape(step)}"] .choices :is(button, input)`)
  if (!field) return frames && requestAnimationFrame(() => handsTo(step, frames - 1))
  field.focus()
  return field.scrollIntoView({ block: 'nearest' })
}
