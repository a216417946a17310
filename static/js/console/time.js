// The server's clock, and how long things take, in figures a tired eye can read.

const SAMPLES = 15
const JUMP_MS = 2000

// The delay of the network only ever makes the server seem slow, so the largest of the last offsets is the truest.
export function serverClock(local = () => Date.now()) {
  let offsets = []
  return {
    hear(stamp) {
      const offset = Date.parse(stamp) - local()
      if (offsets.length && Math.abs(offset - Math.max(...offsets)) > JUMP_MS) offsets = []
      offsets = [...offsets, offset].slice(-SAMPLES)
    },
    now: () => local() + (offsets.length ? Math.max(...offsets) : 0),
  }
}

export const clock = serverClock()

const two = (n) => String(n).padStart(2, '0')

// 72 s is 01:12, an hour is 1:00:00; from two days on the days are what matters.
export function figures(ms) {
  const s = Math.max(0, Math.floor(ms / 1000))
  if (s < 3600) return `${two(Math.floor(s / 60))}:${two(s % 60)}`
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}

export const since = (stamp, now) => now - Date.parse(stamp)

const formats = new Map()
function format(zone, options) {
  const key = zone + JSON.stringify(options)
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }))
  return formats.get(key)
}

export const timeOfDay = (ms, zone) =>
  format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }).format(ms)

export function monthDay(ms, zone) {
  const parts = format(zone, { month: '2-digit', day: '2-digit' }).formatToParts(ms)
  const part = (type) => parts.find((p) => p.type === type).value
  return `${part('month')}-${part('day')}`
}
