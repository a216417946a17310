// The operators' desk on the supervisor's wall: who is on duty, what is lost, held, untouched, and whether anybody listens.

const LIFE = 2 // priorities up to this are somebody's life

export function deskOf(snapshot) {
  const { rows, listening } = snapshot.seats
  const on = rows.filter((seat) => seat.stage === 'on')
  return {
    on: on.length,
    hearing: on.filter((seat) => seat.hears).length,
    break: rows.filter((seat) => seat.stage === 'break').length,
    lost: rows.filter((seat) => seat.stage === 'lost').map((seat) => seat.name),
    flooded: rows.filter((seat) => seat.flood_since).map((seat) => seat.name),
    deaf: rows.length > 0 && !listening,
    held: snapshot.calls.filter((call) => call.stage === 'on_hold' && call.priority <= LIFE && call.held_since),
    untouched: snapshot.calls.filter((call) => call.idle > 0),
    back: snapshot.calls.filter((call) => call.stage === 'waiting' && call.loss?.how === 'given_back'),
  }
}

const one = (call) => `${call.name || call.id} (${call.holder_name || call.loss?.from_name || '—'})`

// Each line that must be read: [words, from when it runs (ms) or null].
export function deskLines(desk, words) {
  const fill = (text, names) => text.replace('{names}', names)
  return [
    ...(desk.deaf ? [[words.deaf, null]] : []),
    ...(desk.lost.length ? [[fill(words.lost, desk.lost.join('、')), null]] : []),
    ...desk.back.map((call) => [fill(words.back, one(call)), Date.parse(call.loss.at)]),
    ...desk.held.map((call) => [fill(words.held, one(call)), Date.parse(call.held_since)]),
    ...desk.untouched.map((call) => [fill(words.untouched, one(call)), call.worked_at ? Date.parse(call.worked_at) : null]),
    ...(desk.flooded.length ? [[fill(words.flood, desk.flooded.join('、')), null]] : []),
  ]
}
