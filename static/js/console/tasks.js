// Tasks of this seat: how many there are and are due, in the header; what is due is said and rung.
import { useEffect } from 'preact/hooks'
import { getJson } from './commands.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { t } from './words.js'

const RINGS_MS = 10_000

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
