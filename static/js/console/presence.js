// Who is at the desk: what this console says of itself every few seconds, and what is known of the others.
import { ringing } from './attention.js'
import { newKey, tell } from './commands.js'
import { t, word } from './words.js'

const EVERY_MS = 5000

// The beats of this tab. They go out with the ticks of the socket, which a hidden tab still hears; a timer it hardly has.
export function presence(seat) {
  const tab = newKey()
  let said = ''
  let saidAt = -Infinity
  let busy = false

  // A silence covers only what rang when it was asked for: a seat is deaf while something waits that it does not sound.
  const sound = () => {
    const { state, ringing: sounding } = seat.sound
    if (state !== 'silenced') return state
    return !sounding && ringing(seat.state.calls, seat.now(), seat.state.me?.id, speaks(seat)).length ? 'silenced' : 'on'
  }

  async function beat() {
    const looking = (document.visibilityState === 'visible' && seat.openId) || ''
    const words = JSON.stringify([sound(), looking])
    if (busy || !seat.state.me?.id || (words === said && performance.now() - saidAt < EVERY_MS)) return
    busy = true
    try {
      await tell('/seat/beat', { tab, sound: sound(), looking })
      said = words
    } catch {
      said = '' // said again with the next tick; a seat that cannot say so is lost after 30 s, and that is meant
    }
    saidAt = performance.now()
    busy = false
  }

  addEventListener('pagehide', () => tell('/seat/leave', { tab }, { keepalive: true }).catch(() => {}))
  addEventListener('pageshow', () => (said = ''))
  document.addEventListener('visibilitychange', beat)
  return { beat }
}

export const seatOf = (seat, userId) => seat.state.seats.rows.find((one) => one.user_id === userId)
export const mySeat = (seat) => seatOf(seat, seat.state.me?.id)
export const speaks = (seat) => mySeat(seat)?.languages || []

// Others who have this call open just now; soft, and nothing follows from it.
export const lookers = (seat, id) =>
  (seat.state.seats.looking[id] || [])
    .filter((user) => user !== seat.state.me?.id)
    .map((user) => seatOf(seat, user)?.name)
    .filter(Boolean)

// Resident's languages beyond Mandarin, and which seats on duty speak them.
export function tongues(seat, row) {
  return (row.languages || []).filter((code) => code !== 'zh').map((code) => {
    const able = seat.state.seats.rows.filter((one) => one.stage === 'on' && one.languages.includes(code))
    const mine = able.some((one) => one.user_id === seat.state.me?.id)
    return { code, mine, words: word('speaks', code), names: able.map((one) => one.name) }
  })
}

// What a row says beside the steps of its call: given back, offered, three on the line, untouched, language, lookers.
export function rowMarks(seat, row) {
  const { loss, transfer } = row
  const to = transfer && (transfer.to_name || word('speaks', transfer.skill))
  const marks = [
    row.stage === 'waiting' && loss?.how === 'given_back' && t('given back: {name}', { name: loss.from_name }),
    row.idle > 0 && t('untouched'),
    transfer?.state === 'offered' && t('call offered to {name}', { name: to }),
    transfer?.state === 'ended' && t('came back'),
    Object.keys(row.joined || {}).length > 0 && t('with {names}', { names: Object.values(row.joined).map((one) => one.name).join('、') }),
    ...tongues(seat, row).map(({ mine, words, names }) => {
      if (mine) return t('{language}: you speak it', { language: words })
      if (row.stage !== 'waiting') return words
      return names.length ? t('{language}: {names}', { language: words, names: names.join('、') }) : t('{language}: no seat speaks it', { language: words })
    }),
    lookers(seat, row.id).length > 0 && t('{names} looking', { names: lookers(seat, row.id).join('、') }),
  ]
  return marks.filter(Boolean).join(' · ')
}
