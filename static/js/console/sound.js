// The bell: WebAudio only, a pattern per priority, repeated until the call is taken. No files, so nothing can be missing.
//
// A browser plays no sound before the first click or key after a page load, so the bell always says which state it is
// in: "on", "blocked", "silenced", or "elsewhere" (another window of this seat rings).

// [frequency Hz, start s, length s], and how often the whole pattern comes back
const PATTERNS = {
  1: { every: 1600, wave: 'square', gain: 0.22, notes: [[988, 0, 0.16], [1319, 0.18, 0.16], [988, 0.36, 0.16], [1319, 0.54, 0.3]] },
  2: { every: 3500, wave: 'triangle', gain: 0.35, notes: [[740, 0, 0.25], [554, 0.3, 0.45]] },
  3: { every: 8000, wave: 'sine', gain: 0.3, notes: [[523, 0, 0.6]] },
}
const SILENCE_MS = 60_000

export function bell({ changed, owner }) {
  const context = new AudioContext()
  let silencedUntil = 0
  let silencedCalls = new Set()
  let leader = false
  let wanted = []
  let timer = null
  let playing = null

  context.addEventListener('statechange', () => {
    if (context.state === 'running') lead()
    settle()
  })
  for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, unlock, { capture: true })
  if (context.state === 'running') lead()

  function unlock() {
    if (context.state !== 'running') context.resume().catch(() => {})
  }

  // Only a window that can be heard asks to be the one that rings; the lock passes on by itself when it is closed.
  // Without locks (plain http) every window rings: twice is better than not at all.
  function lead() {
    if (leader) return
    if (!navigator.locks) return void (leader = true)
    navigator.locks.request(`anxin-bell-${owner}`, () => {
      leader = true
      settle()
      return new Promise(() => {})
    })
  }

  function state() {
    if (context.state !== 'running') return 'blocked'
    if (!leader) return 'elsewhere'
    return Date.now() < silencedUntil ? 'silenced' : 'on'
  }

  // The loudest of what should be heard: a silence covers only the calls that were ringing when it was asked for.
  function loudest() {
    if (context.state !== 'running' || !leader) return null
    const silent = Date.now() < silencedUntil
    const heard = wanted.filter((call) => !silent || !silencedCalls.has(call.id))
    return heard.length ? Math.min(...heard.map((call) => call.pattern)) : null
  }

  function settle() {
    const pattern = loudest()
    if (pattern !== playing) {
      clearInterval(timer)
      playing = pattern
      if (pattern) {
        play(pattern)
        timer = setInterval(() => (loudest() === playing ? play(playing) : settle()), PATTERNS[pattern].every)
      }
    }
    changed({ state: state(), ringing: playing, left: Math.max(0, silencedUntil - Date.now()) })
  }

  function play(pattern) {
    const { notes, wave, gain } = PATTERNS[pattern]
    for (const [frequency, start, length] of notes) {
      const at = context.currentTime + 0.02 + start
      const tone = new OscillatorNode(context, { type: wave, frequency })
      const volume = new GainNode(context, { gain: 0 })
      volume.gain.setTargetAtTime(gain, at, 0.008)
      volume.gain.setTargetAtTime(0, at + length - 0.04, 0.02)
      tone.connect(volume).connect(context.destination)
      tone.start(at)
      tone.stop(at + length + 0.1)
    }
  }

  return {
    ring(calls) {
      wanted = calls
      settle()
    },
    silence() {
      silencedUntil = Date.now() + SILENCE_MS
      silencedCalls = new Set(wanted.map((call) => call.id))
      settle()
    },
    speak() {
      silencedUntil = 0
      settle()
    },
    async test() {
      await context.resume()
      play(2)
      settle()
    },
    settle,
  }
}
