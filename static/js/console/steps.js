// The clock on every step: how long it took, or how long is left, against the target of this priority.
import { stepsOf } from './attention.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { figures } from './time.js'
import { t, word } from './words.js'

export function Steps({ call }) {
  const seat = useSeat()
  const now = useNow()
  const steps = stepsOf(call, seat.state.targets)
  if (!steps.length) return null
  return html`<ol class="steps" aria-label=${t('Steps')}>${steps.map((step) => html`<${Step} key=${step.step} ...${look(step, call, now)} step=${step} />`)}</ol>`
}

const Step = ({ step, state, time, note }) => html`<li class=${`step step-${state}`}>
  <span class="step-name">${word('steps', step.step)} <span class="step-note">${note}</span></span>
  <b class="number">${time}</b>
</li>`

function look(step, call, now) {
  const target = `≤ ${figures(step.target * 1000)}`
  if (step.done) {
    const took = figures(Date.parse(step.done) - Date.parse(step.from || step.done))
    return { state: step.late ? 'done-late' : 'done', time: `✓ ${took}`, note: step.late ? t('was late') : target }
  }
  if (call.stage === 'closed' || step.due === null) return { state: 'ahead', time: '—', note: target }
  if (step.due >= now) return { state: 'running', time: figures(step.due - now), note: t('left') }
  return { state: 'late', time: `+${figures(now - step.due)}`, note: t('Overdue') }
}
