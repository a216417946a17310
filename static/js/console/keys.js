// The keyboard: function keys and Alt only, because single letters belong to whoever is typing pinyin.

// What each key does; lists.js has them in words.
const ACTIONS = {
  F1: 'help', F2: 'take', F3: 'newCase', F4: 'dispatch', F5: 'refresh', F6: 'family', F7: 'hold', F8: 'handOver', F9: 'close',
  F10: 'owner', F11: 'passOn', F12: 'script',
}
const WITH_ALT = { Digit0: 'live', Digit1: 'pane1', Digit2: 'pane2', Digit3: 'pane3', Digit4: 'pane4', Digit5: 'mass', Digit6: 'phone' }
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
  if (altKey) return WITH_ALT[event.code] || null
  if (key === 'Escape') return 'back'
  if ((key === 'ArrowUp' || key === 'ArrowDown') && !isField(event.target)) return key === 'ArrowUp' ? 'up' : 'down'
  return ACTIONS[key] || null
}
