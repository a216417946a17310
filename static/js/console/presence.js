// Who is at the desk: what is known of the other seats, and what a row says of them.
import { t, word } from './words.js'

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
