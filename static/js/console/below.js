// Nothing scrolls away unseen: how many waiting calls lie below (or above) what the queue shows, in words and one key away.
import { useEffect, useRef, useState } from 'preact/hooks'
import { html } from './html.js'
import { t } from './words.js'

const REST_MS = 200

// `order` are the ids of waiting calls in the order shown; returns the bar and the ref of the scrolling box.
export function useBelow(order) {
  const box = useRef(null)
  const [hidden, know] = useState({ above: 0, below: 0 })
  const look = () => {
    const pane = box.current
    if (!pane) return
    const { top, bottom } = pane.getBoundingClientRect()
    const seen = new Set()
    // The item is asked, not the row in it: what the browser has skipped would be laid out for the answer.
    for (const row of pane.querySelectorAll('[data-call]')) {
      const at = row.parentElement.getBoundingClientRect()
      if (at.top >= top - 1 && at.bottom <= bottom + 1) seen.add(row.dataset.call)
    }
    const first = order.findIndex((id) => seen.has(id))
    const last = order.findLastIndex((id) => seen.has(id))
    const found = first < 0 ? { above: pane.scrollTop > 0 ? order.length : 0, below: pane.scrollTop > 0 ? 0 : order.length } : { above: first, below: order.length - 1 - last }
    know((was) => (was.above === found.above && was.below === found.below ? was : found))
  }
  // Measured a few times a second however often the queue is drawn: to ask where 300 rows are costs a layout.
  const soon = useRef(null)
  soon.current ??= { due: 0 }
  soon.current.look = look
  const wake = () => (soon.current.due ||= setTimeout(() => ((soon.current.due = 0), soon.current.look()), REST_MS))
  useEffect(() => void wake())
  useEffect(() => {
    const pane = box.current
    pane?.addEventListener('scroll', wake, { passive: true })
    const size = new ResizeObserver(wake) // a banner that comes takes room from the pane, and nothing is drawn anew
    size.observe(pane)
    return () => (pane?.removeEventListener('scroll', wake), size.disconnect())
  }, [])
  const turn = (pages) => () => box.current.scrollBy({ top: pages * box.current.clientHeight * 0.9 })
  const bar = html`${hidden.above > 0 && html`<button type="button" class="more-waiting more-above" onClick=${turn(-1)}>▲ ${t('{n} more waiting above', { n: hidden.above })}</button>`}
    ${hidden.below > 0 && html`<button type="button" class="more-waiting more-below" onClick=${turn(1)}>▼ ${t('{n} more waiting below', { n: hidden.below })}</button>`}`
  return { box, bar }
}
