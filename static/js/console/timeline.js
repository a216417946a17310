// What has happened in the open call, the newest first. Messages that went as they should stand folded together.
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { timeOfDay } from './time.js'
import { t } from './words.js'

const QUIET = new Set(['NoticeSent', 'NoticeDelivered', 'NoticeRead']) // one that failed is never folded
const FEW = 3 // so many are shown one by one

// Neighbours of the quiet kinds come together, everything else alone: [[line, line, …], [line], …].
const runs = (lines) => lines.reduce((found, line) => {
  const last = found.at(-1)
  if (last && QUIET.has(line.kind) && QUIET.has(last[0].kind)) last.push(line)
  else found.push([line])
  return found
}, [])

export function Timeline({ lines }) {
  const zone = useSeat().state.zone
  const one = (line) => html`<li key=${line.seq} class=${`line-${line.kind}`}><${At} at=${line.at} zone=${zone} /> <span>${line.text}</span></li>`
  const many = (run) => html`<li key=${run[0].seq} class="line-folded"><details>
    <summary><${At} at=${run.at(-1).at} zone=${zone} /> ${t('{n} messages went out', { n: run.length })}</summary><ol>${[...run].reverse().map(one)}</ol></details></li>`
  return html`<section class="timeline" aria-labelledby="timeline-title">
    <h3 id="timeline-title">${t('Timeline')}</h3>
    <ol>${runs(lines.filter((line) => line.text)).reverse().map((run) => (run.length > FEW ? many(run) : [...run].reverse().map(one)))}</ol>
  </section>`
}

const At = ({ at, zone }) => html`<time>${timeOfDay(Date.parse(at), zone)}</time>`
