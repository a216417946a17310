// What makes a carer look: sound, vibration, and a screen that stays on.
//
// A browser plays nothing before the first touch after each page load, so the bell says whether it can be heard, and
// every touch anywhere tries to open it. Sound is made on the spot; there is no file that could be missing.
'use strict'
;(function (Phone) {
  const AGAIN_MS = 2200
  // [frequency Hz, start s, length s]: urgent goes up and is harsh, the others are two calm tones
  const PATTERNS = {
    1: { wave: 'square', gain: 0.5, notes: [[880, 0, 0.18], [1320, 0.2, 0.18], [880, 0.4, 0.18], [1320, 0.6, 0.4]] },
    2: { wave: 'triangle', gain: 0.8, notes: [[740, 0, 0.3], [988, 0.35, 0.5]] },
  }
  const Audio = window.AudioContext || window.webkitAudioContext
  let context = null
  let timer = null
  let ringing = 0
  let lock = null
  let awake = false

  function play(pattern) {
    if (!context || context.state !== 'running') return
    const start = context.currentTime + 0.02
    for (const [frequency, after, length] of pattern.notes) {
      const tone = context.createOscillator()
      const loudness = context.createGain()
      tone.type = pattern.wave
      tone.frequency.value = frequency
      loudness.gain.setValueAtTime(0, start + after)
      loudness.gain.linearRampToValueAtTime(pattern.gain, start + after + 0.02)
      loudness.gain.linearRampToValueAtTime(0, start + after + length)
      tone.connect(loudness).connect(context.destination)
      tone.start(start + after)
      tone.stop(start + after + length + 0.05)
    }
  }

  // A page that nobody has touched since it was loaded may not, and browsers complain of one that tries: the first touch
  // makes the context.
  function shake(pattern) {
    if (navigator.vibrate && (context || !Audio)) navigator.vibrate(pattern)
  }

  function ring() {
    play(PATTERNS[ringing] || PATTERNS[2])
    shake(ringing === 1 ? [500, 150, 500, 150, 500] : [400, 200, 400])
    if (bell.open()) document.body.dataset.rings = Number(document.body.dataset.rings || 0) + 1
  }

  function keepAwake() {
    if (!awake || lock || document.hidden || !navigator.wakeLock) return
    navigator.wakeLock.request('screen').then(
      (granted) => {
        lock = granted
        granted.addEventListener('release', () => (lock = null))
        if (!awake) granted.release()
      },
      () => {}, // battery saver says no: the page works without
    )
  }

  const bell = {
    open: () => !!context && context.state === 'running',
    possible: () => !!Audio,

    unlock() {
      if (!Audio) return Promise.resolve()
      if (!context) {
        context = new Audio()
        context.addEventListener('statechange', () => Phone.show())
      }
      return context.resume().catch(() => {})
    },

    // The start-of-shift gesture: hear it once, quietly enough not to frighten an elder.
    test: () => bell.unlock().then(() => play({ wave: 'sine', gain: 0.4, notes: [[660, 0, 0.2], [880, 0.22, 0.35]] })),

    // Something has changed that must be read: once, not again and again.
    nudge() {
      play({ wave: 'triangle', gain: 0.6, notes: [[880, 0, 0.15], [660, 0.2, 0.3]] })
      if (bell.open()) shake(300)
    },

    // Rings for this priority until it is called with 0.
    ring(priority) {
      if (priority === ringing) return
      ringing = priority
      clearInterval(timer)
      timer = null
      if (!priority) {
        shake(0)
        return
      }
      timer = setInterval(ring, AGAIN_MS)
      ring()
    },

    stayAwake(wanted) {
      awake = wanted
      if (!wanted && lock) lock.release()
      keepAwake()
    },
  }

  document.addEventListener('visibilitychange', keepAwake)
  // Only a touch that ends counts as a gesture on phones, a press on desks.
  for (const gesture of ['click', 'touchend', 'keydown']) {
    document.addEventListener(gesture, () => bell.open() || bell.unlock(), { capture: true, passive: true })
  }

  Phone.bell = bell
})(Phone)
