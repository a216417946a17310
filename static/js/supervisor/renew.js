// Renews the figures and the list below the wall: soon after the log has moved, and once a minute whatever happens.
import { morph } from './morph.js'

const SOONEST = 10_000 // between two renewals, however much happens
const LATEST = 60_000 // open calls grow late without an event
const report = document.getElementById('report')
const failed = document.querySelector('.not-renewed')
let heard = 0 // how far the log had come when it was last asked
let renewedAt = performance.now()
let triedAt = renewedAt
let busy = false

async function renew() {
  busy = true
  triedAt = performance.now()
  try {
    const answer = await fetch(location.href, { cache: 'no-store' })
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status))
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const sent = page.getElementById('report')
    if (!sent) throw new Error('no report')
    morph(report, document.adoptNode(sent))
    renewedAt = triedAt
    say('')
  } catch {
    say(failed.dataset.words.replace('{at}', report.querySelector('.as-of time').textContent))
  } finally {
    busy = false
  }
}

function say(words) {
  report.classList.toggle('report-old', Boolean(words))
  if (failed.textContent !== words) failed.textContent = words
}

document.addEventListener('heard', (event) => (heard = event.detail))

setInterval(() => {
  const now = performance.now()
  if (busy || document.hidden || now - triedAt < SOONEST) return
  if (heard > report.dataset.seq || now - renewedAt >= LATEST) renew()
}, 1000)

// Whoever comes back to this page reads what is, and not what was.
document.addEventListener('visibilitychange', () => !document.hidden && !busy && performance.now() - renewedAt >= SOONEST && renew())
