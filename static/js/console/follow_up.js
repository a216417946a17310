// What is still to be done after a case: one task, made while it is closed.
import { newKey, post } from './commands.js'
import { html } from './html.js'
import { lists, t, word } from './words.js'

const MINUTES = [30, 60, 120, 240, 1440]
const KINDS = ['call_back', 'check_door', 'tell_family', 'device', 'other']
const FIRST = { kind: '', words: '', minutes: 60, to: '' }
export const noTask = () => ({ ...FIRST, key: newKey() })

// Four fields in a row where there is room for them, and nothing but one line until it is wanted.
export function TaskLine({ task, put, made }) {
  const field = (name) => (event) => put({ ...task, [name]: event.target.value })
  return html`<details class="task-line"><summary>${t('Something is left to do: make a task')}</summary>
    <div class="task-fields">
      <p class="field"><label for="task-kind">${t('What kind')}</label>
        <select id="task-kind" value=${task.kind} onChange=${field('kind')}><option value="">${t('nothing')}</option>${KINDS.map((kind) => html`<option value=${kind}>${word('tasks', kind)}</option>`)}</select></p>
      <p class="field task-what"><label for="task-words">${t('What is to be done')}</label>
        <input id="task-words" maxlength="500" value=${task.words} onInput=${field('words')} /></p>
      <p class="field"><label for="task-minutes">${t('Due within')}</label>
        <select id="task-minutes" value=${task.minutes} onChange=${field('minutes')}>${MINUTES.map((n) => html`<option value=${n}>${n < 240 ? t('{n} min', { n }) : t('{n} h', { n: n / 60 })}</option>`)}</select></p>
      <p class="field"><label for="task-owner">${t('Owner')}</label>
        <select id="task-owner" value=${task.to} onChange=${field('to')}><option value="">${t('me')}</option>${Object.entries(lists.task_roles).map(([role, words]) => html`<option value=${role}>${words}</option>`)}</select></p>
    </div></details>
    ${made.map((words) => html`<p class="task-made">✓ ${t('The task is made: {words}', { words })}</p>`)}`
}

// Which field of a task that was begun is still empty: [its id, its name], or null.
export function missingOfTask(task) {
  if (Boolean(task.kind) === Boolean(task.words.trim())) return null
  return task.kind ? ['task-words', t('what the task is')] : ['task-kind', t('what kind of task')]
}

// True when there is none to make, or it is made.
export async function makeTask(seat, call, task) {
  if (!task.kind) return true
  const due = new Date(seat.now() + Number(task.minutes) * 60_000).toISOString()
  try {
    await post('/tasks', { key: task.key, kind: task.kind, words: task.words.trim(), due_at: due, call: call.id, role: task.to })
  } catch (error) {
    seat.notice('error', t('The task was not made: {why}', { why: error.message }), error.fix)
    return false
  }
  return true
}
