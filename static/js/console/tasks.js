// Tasks of this seat: how many are due, in the header; and a task made while a case is closed.
import { useEffect } from 'preact/hooks'
import { getJson, newKey, post } from './commands.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { lists, t, word } from './words.js'

const RINGS_MS = 10_000
const MINUTES = [30, 60, 120, 240, 1440]
const KINDS = ['call_back', 'check_door', 'tell_family', 'device', 'other']
const FIRST = { kind: '', words: '', minutes: 60, to: '' }
export const noTask = () => ({ ...FIRST, key: newKey() })

export async function fetchTasks(seat) {
  try {
    seat.set({ tasks: (await getJson('/tasks')).tasks })
  } catch {
    // the next event, or the next look, asks again
  }
}

const mine = (seat, body) => body.owner_id === seat.state.me?.id || (!body.owner_id && body.role === seat.state.me?.role)

// A task has moved: the count follows; what is due for this seat is said and rung.
export function heardOfTask(seat, event) {
  if (!event.kind.startsWith('Task')) return
  fetchTasks(seat)
  if ((event.kind === 'TaskDue' || event.kind === 'TaskOverdue') && mine(seat, event.body)) {
    seat.taskAt = performance.now()
    seat.notice('error', event.text, t('Open the list of tasks at the top.'))
  }
}

export const taskRings = (seat) => (seat.taskAt && performance.now() - seat.taskAt < RINGS_MS ? [{ id: 'task', pattern: 3 }] : [])

export function TaskCount() {
  const seat = useSeat()
  const now = useNow()
  useEffect(() => void fetchTasks(seat), [])
  const tasks = seat.tasks || []
  const late = tasks.filter((one) => Date.parse(one.due_at) <= now).length
  return html`<a class=${late ? 'count late' : 'count'} href="/tasks?whose=mine" target="_blank" rel="noopener">${t('Tasks')} <b>${tasks.length}</b>${late > 0 && html` · ${t('due')} <b>${late}</b>`}</a>`
}

// In the closing dialog: what is still to be done, by whom, until when.
export function TaskLine({ task, put }) {
  const field = (name) => (event) => put({ ...task, [name]: event.target.value })
  return html`<details class="task-line"><summary>${t('Something is left to do: make a task')}</summary>
    <label>${t('What kind')} <select value=${task.kind} onChange=${field('kind')}><option value="">${t('nothing')}</option>${KINDS.map((kind) => html`<option value=${kind}>${word('tasks', kind)}</option>`)}</select></label>
    <label>${t('What is to be done')} <input maxlength="500" value=${task.words} onInput=${field('words')} /></label>
    <label>${t('Within')} <select value=${task.minutes} onChange=${field('minutes')}>${MINUTES.map((n) => html`<option value=${n}>${n < 240 ? t('{n} min', { n }) : t('{n} h', { n: n / 60 })}</option>`)}</select></label>
    <label>${t('Owner')} <select value=${task.to} onChange=${field('to')}><option value="">${t('me')}</option>${Object.entries(lists.task_roles).map(([role, words]) => html`<option value=${role}>${words}</option>`)}</select></label>
  </details>`
}

export const lacksTask = (task) => Boolean(task.kind) !== Boolean(task.words.trim())

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
