// How the home can be spoken to, as the signals of a call say: a way in front of an address (devices/signal.py), or a telephone number alone.
const WAYS = ['call', 'calls-us', 'listen']

// The newest word counts, but once a signal says "listen" nobody may be heard in that home: it stays.
export function spokenTo(lines) {
  const said = (lines || []).map((line) => line.body?.voice).filter(Boolean)
  const voice = said.findLast((one) => one.startsWith('listen ')) ?? said.at(-1)
  if (!voice) return null
  const [first, ...rest] = voice.split(' ')
  return WAYS.includes(first) ? { way: first, address: rest.join(' ') } : { way: '', address: voice }
}

export const isNumber = (address) => /^\+?[\d*#-]{3,20}$/.test(address)
