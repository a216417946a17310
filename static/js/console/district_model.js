// Who and what stands in which field of the district. Pure: what was fetched, the calls and the carers go in.
import { doing } from './jobs.js'
import { later, t } from './words.js'

export const ELSEWHERE = '' // calls of a community nobody has drawn: they are never left out
export const SHAPES = { 1: '▲', 2: '◆', 3: '●', 4: '■' }
export const ALL_STATES = [
  ['free', '○', later('free')],
  ['offered', '?', later('asked, not accepted')],
  ['accepted', '✓', later('accepted')],
  ['on_the_way', '▶', later('on the way')],
  ['arrived', '⌂', later('in a home')],
]
const WORDS = Object.fromEntries(ALL_STATES.map(([state, shape, words]) => [state, { shape, words }]))
const URGENCY = (one, other) => one.priority - other.priority || (one.opened_at < other.opened_at ? -1 : 1)

// "北川河东路社区" is told as "北川河东路": every field is a community.
const short = (name) => (name.length > 3 ? name.replace(/(社区|村)$/, '') : name).slice(0, 6)

export function placed(district, calls, carers) {
  const stations = Map.groupBy(district.stations, (station) => station.tile)
  const fields = new Map(district.tiles.map((tile) => [tile.id, { ...tile, name: tile.id, short: short(tile.id), stations: stations.get(tile.id) || [], calls: [], carers: [], states: {} }]))
  const elsewhere = { id: ELSEWHERE, name: t('Elsewhere'), short: t('Elsewhere'), column: 0, row: district.rows, homes: 0, placed: 0, within: 0, within_now: 0, from: {}, stations: stations.get(ELSEWHERE) || [], calls: [], carers: [], states: {} }
  const field = (id) => fields.get(id) || elsewhere
  const counts = { 1: 0, 2: 0, 3: 0, 4: 0 }
  for (const row of calls.values()) {
    counts[row.priority] += 1
    field(row.community).calls.push(row)
  }
  const jobs = doing(calls)
  const states = Object.fromEntries(ALL_STATES.map(([state]) => [state, 0]))
  for (const carer of carers) {
    const { state, row } = jobs.get(carer.id) || { state: 'free' }
    const known = district.carers[carer.id]
    const there = state === 'arrived' ? field(row.community) : field(known?.tile ?? ELSEWHERE)
    states[state] += 1
    there.states[state] = (there.states[state] || 0) + 1
    there.carers.push({ id: carer.id, name: carer.name, state, ...WORDS[state], how: state === 'arrived' ? 'home' : known?.how })
  }
  const used = elsewhere.calls.length || elsewhere.carers.length || elsewhere.stations.length
  const tiles = [...fields.values(), ...(used ? [elsewhere] : [])]
  for (const tile of tiles) {
    tile.calls.sort(URGENCY)
    tile.marks = [1, 2, 3, 4].map((priority) => [priority, tile.calls.filter((row) => row.priority === priority).length]).filter(([, n]) => n)
  }
  const first = [...calls.values()].sort(URGENCY)[0]
  const urgent = first && { tile: field(first.community).id, priority: first.priority }
  return { tiles, counts, states, urgent, elsewhere: Boolean(used) }
}
