// New calls for those who listen to the screen instead of looking at it, or who look at another window.
import { nameOf, whatHappened } from './terms.js'
import { t } from './words.js'

const POLITE_EVERY_MS = 5000

// A new emergency is spoken at once; the others are counted and spoken together every few seconds.
export function announcer(now, soon) {
  let others = 0
  let timer = null
  return (fresh) => {
    const urgent = fresh.filter((row) => row.priority === 1)
    if (urgent.length) now.textContent = urgent.map((row) => words(row)).join('；')
    others += fresh.length - urgent.length
    if (!others || timer) return
    timer = setTimeout(() => {
      soon.textContent = t('{n} new calls', { n: others })
      others = 0
      timer = null
    }, POLITE_EVERY_MS)
  }
}

const words = (row) => t('New emergency: {name}, {place}, {what}', { name: nameOf(row), place: row.place || '', what: whatHappened(row) })

// A note of the system when the console lies behind another window. No diagnosis in it: others may see the screen.
export function hail(fresh) {
  if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return
  for (const row of fresh.slice(0, 3)) {
    const note = new Notification(words(row), { tag: row.id, requireInteraction: row.priority === 1 })
    note.onclick = () => (window.focus(), note.close())
  }
}
