// The keyboard: function keys and Alt only, because single letters belong to whoever is typing pinyin.

import { later } from './words.js'

export const KEYS = [
  ['F2', 'take', later('Take the call that has waited longest')],
  ['↑ ↓', null, later('Move in the queue')],
  ['Enter', null, later('Open the call')],
  ['F3', 'newCase', later('New case: telephone, counter, grid worker, web')],
  ['F4', 'dispatch', later('Send a carer (Enter sends the first)')],
  ['F6', 'family', later('Ring-round: telephone the contacts (1–6 the result, 0 asks everybody)')],
  ['F7', 'hold', later('Hold, or take up again')],
  ['F8', 'handOver', later('Hand over to 120, 119 or 110')],
  ['F9', 'close', later('Close the call')],
  ['F10', 'owner', later('Hand the case over to a colleague')],
  ['F11', 'passOn', later('Take the call over, or transfer it')],
  ['F12', 'script', later('The next step of the script')],
  ['Alt+6', 'phone', later('Answer the telephone that rings')],
  ['Alt+1 … 3', null, later('Queue, call, carers')],
  ['Alt+4', null, later('The district')],
  ['Alt+5', 'mass', later('Warnings by area, roll call')],
  ['Alt+0', null, later('Am I live? Every part, and what to do')],
  ['Esc', 'back', later('Back')],
  ['F5', 'refresh', later('Fetch everything anew (the page stays, so does the sound)')],
  ['F1', 'help', later('This list')],
]

const ACTIONS = Object.fromEntries(KEYS.filter(([, action]) => action && action !== 'back').map(([key, action]) => [key, action]))
const isField = (element) => element?.matches?.('input, textarea, select, [contenteditable]')

export function listen(actions) {
  addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return
    const action = actionOf(event)
    if (!action) return
    // A reload would mute the bell, so F5 is caught even under a dialog; all else waits until the dialog is done.
    if (document.querySelector('dialog[open]') && action !== 'refresh') {
      if (/^F\d+$/.test(event.key)) event.preventDefault()
      return
    }
    event.preventDefault()
    if (!event.repeat || action === 'up' || action === 'down') actions[action]()
  })
}

function actionOf(event) {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'r' && !shiftKey) return 'refresh'
  if (ctrlKey || metaKey || shiftKey) return null
  if (altKey && event.code === 'Digit0') return 'live'
  if (altKey && event.code === 'Digit5') return 'mass'
  if (altKey && event.code === 'Digit6') return 'phone'
  if (altKey) return /^Digit[1-4]$/.test(event.code) ? `pane${event.code.at(-1)}` : null
  if (key === 'Escape') return 'back'
  if ((key === 'ArrowUp' || key === 'ArrowDown') && !isField(event.target)) return key === 'ArrowUp' ? 'up' : 'down'
  return ACTIONS[key] || null
}
