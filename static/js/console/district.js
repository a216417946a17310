// The district, drawn: communities in their fields, stations, open calls, carers, and what is within reach.
// Calls and what carers do come from the store and are as fresh as the queue; fields, stations and reach are fetched.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { getJson } from './commands.js'
import { ALL_STATES, ELSEWHERE, SHAPES, placed } from './district_model.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Tabs } from './right.js'
import { Age, PRIORITIES, Tag, nameOf, visitWords } from './terms.js'
import { Phone } from './telephone.js'
import { later, t } from './words.js'

const EVERY_MS = 15_000
const WIDE = 92
const HIGH = 78
const MARK = { 1: 46, 2: 41 } // width of a mark, by how many there are
const VIEWS = [['drawn', later('Drawn')], ['list', later('As a list')], ['map', later('Map')]]

export function District() {
  const seat = useSeat()
  const [view, look] = useState('drawn')
  const [chosen, choose] = useState(null) // {tile} or {station}
  const district = useDistrict(seat)
  // The heading that had the focus while this was being loaded is gone: the hands stay where they were.
  useEffect(() => void (document.activeElement === document.body && document.getElementById('district-title').focus()), [])
  const { calls, carers } = seat.state
  const shown = useMemo(() => (district ? placed(district, calls, carers) : null), [district, calls, carers])
  const views = VIEWS.filter(([name]) => name !== 'map' || district?.map)
  return html`<section class="pane district" aria-labelledby="district-title" data-pane="4">
    <header class="pane-head"><h2 id="district-title" tabindex="-1">${t('The district')}</h2>
      ${district && html`<span class="views" role="group" aria-label=${t('How it is shown')}>${views.map(([name, words]) => html`<button type="button" class="mini" aria-pressed=${view === name} onClick=${() => look(name)}>${t(words)}</button>`)}</span>`}
      <${Tabs} /></header>
    <div class="pane-body district-body" onKeyDown=${(event) => event.key === 'Escape' && chosen && (event.stopPropagation(), choose(null))}>
      ${!shown && html`<p class="nothing">${seat.districtFailed ? t('The district could not be fetched; the queue has every call.') : t('Drawing the district…')}</p>`}
      ${shown && view === 'drawn' && html`<${Legend} district=${district} shown=${shown} /><${Drawn} shown=${shown} district=${district} chosen=${chosen} choose=${choose} />`}
      ${shown && view === 'list' && html`<${List} shown=${shown} district=${district} />`}
      ${shown && view === 'map' && html`<${OnMap} />`}
      ${shown && view === 'drawn' && chosen && html`<${Chosen} chosen=${chosen} shown=${shown} district=${district} close=${() => choose(null)} />`}
    </div>
  </section>`
}

function useDistrict(seat) {
  useEffect(() => {
    let gone = false
    const fetchIt = async () => {
      if (document.hidden) return
      try {
        const district = await getJson('/district')
        if (!gone) seat.set({ district, districtFailed: false })
      } catch {
        if (!gone) seat.set({ districtFailed: true })
      }
    }
    fetchIt()
    const timer = setInterval(fetchIt, EVERY_MS)
    return () => ((gone = true), clearInterval(timer))
  }, [])
  return seat.district
}

// The map's library and its tiles are asked for only when this view is opened.
function OnMap() {
  const [Map, found] = useState(null)
  const [failed, fail] = useState(false)
  useEffect(() => void import('./district_map.js').then((made) => found(() => made.DistrictMap)).catch(() => fail(true)), [])
  if (failed) return html`<p class="nothing">${t('The map could not be loaded; the drawing shows the same.')}</p>`
  return Map ? html`<${Map} />` : html`<p class="nothing">${t('Fetching the map…')}</p>`
}

function Legend({ district, shown }) {
  const reached = t('{n}′ reached / homes', { n: district.minutes })
  return html`<p class="district-legend small">
    ${Object.entries(SHAPES).slice(0, 3).map(([priority, shape]) => html`<span class=${`mark-${priority}`}>${shape} ${t(PRIORITIES[priority])} ${shown.counts[priority]}</span> `)}
    ${ALL_STATES.map(([state, shape, words]) => html`<span>${shape} ${t(words)} ${shown.states[state]}</span> `)}
    <span>${reached}${district.out_of_reach > 0 && html` · <b class="late">${t('{n} homes out of reach', { n: district.out_of_reach })}</b>`}</span></p>`
}

const keyOf = (...parts) => parts.join('|')

function Drawn({ shown, district, chosen, choose }) {
  const seat = useSeat()
  const box = useRef(null)
  const [at, goTo] = useState(null)
  const rows = district.rows + (shown.elsewhere ? 1 : 0)
  const first = shown.urgent ? keyOf('call', shown.urgent.tile, shown.urgent.priority) : keyOf('tile', shown.tiles[0]?.id)
  const marks = [...(box.current?.querySelectorAll('[data-key]') || [])].map((mark) => mark.dataset.key)
  const here = at && (marks.includes(at) || !marks.length) ? at : first
  const mark = (key, label, press) => ({
    role: 'button', 'data-key': key, tabindex: key === here ? 0 : -1, 'aria-label': label, onClick: press, onFocus: () => goTo(key),
    onKeyDown: (event) => (event.key === 'Enter' || event.key === ' ') && (event.preventDefault(), event.stopPropagation(), press()),
  })
  const walkOn = (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: 'first', End: 'last' }[event.key]
    if (!step || event.altKey || event.ctrlKey) return
    event.preventDefault()
    event.stopPropagation() // else ↑ and ↓ would walk the queue
    next(box.current, step)?.focus()
  }
  const openCalls = (tile, priority) => {
    const calls = tile.calls.filter((row) => row.priority === priority)
    return calls.length === 1 ? seat.openRow(calls[0].id) : choose({ tile: tile.id, focus: priority })
  }
  return html`<svg class="district-drawn" ref=${box} viewBox=${`0 0 ${district.columns * WIDE} ${rows * HIGH}`} role="group" aria-label=${t('The district, schematic: arrow keys walk, Enter opens')} onKeyDown=${walkOn}>
    <defs><pattern id="beyond" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" class="tile-ground" /><line x1="0" y1="0" x2="0" y2="7" class="tile-hatch" /></pattern></defs>
    ${shown.tiles.map((tile) => html`<g key=${tile.id} class="tile" transform=${`translate(${tile.column * WIDE} ${tile.row * HIGH})`}>
      <g class="tile-face" ...${mark(keyOf('tile', tile.id), tileWords(tile, district), () => choose({ tile: tile.id }))} aria-pressed=${chosen?.tile === tile.id}>
        <rect x="2" y="2" width=${WIDE - 4} height=${HIGH - 4} rx="4" class=${`tile-box ${reachOf(tile, district, chosen)}`} />
        <text x="7" y="17" class="tile-name">${tile.short}</text>
        <text x="7" y=${HIGH - 9} class="tile-reach">${tile.homes > 0 && `${district.minutes}′ ${withinOf(tile, chosen)}/${tile.homes}`}</text>
        <text x="7" y="57" class="tile-carers">${ALL_STATES.filter(([state]) => tile.states[state]).map(([state, shape]) => `${shape}${tile.states[state]}`).join(' ')}</text>
      </g>
      ${tile.stations.map((station, nth) => html`<g key=${station.id} class="tile-station" ...${mark(keyOf('station', station.id), stationWords(station), () => choose({ station: station.id }))} aria-pressed=${chosen?.station === station.id}>
        <rect x=${WIDE - 28 - nth * 26} y=${HIGH - 28} width="24" height="24" rx="3" class=${station.on_duty ? 'station-box' : 'station-box station-empty'} />
        <text x=${WIDE - 16 - nth * 26} y=${HIGH - 11} text-anchor="middle" class="station-mark">${t('St.')}</text></g>`)}
      ${tile.marks.map(([priority, count], nth) => html`<g key=${priority} class=${`tile-call mark-${priority}`} transform=${nth < 3 ? `translate(${4 + nth * (widthOf(tile) + 1)} 21)` : 'translate(36 46)'} ...${mark(keyOf('call', tile.id, priority), `${tile.name}：${t(PRIORITIES[priority])} ${count}`, () => openCalls(tile, priority))}>
        <rect x="0" y="0" width=${widthOf(tile)} height="24" rx="3" class="call-box" />
        <text x=${widthOf(tile) / 2} y="17" text-anchor="middle" class="call-mark">${SHAPES[priority]}${count}</text></g>`)}
    </g>`)}
  </svg>`
}

// The nearest mark that way; along a row for ← and →, else whichever is least aside.
function next(box, step) {
  const marks = [...box.querySelectorAll('[data-key]')]
  if (step === 'first') return marks[0]
  if (step === 'last') return marks.at(-1)
  const middle = (mark) => (({ x, y, width, height }) => [x + width / 2, y + height / 2])(mark.getBoundingClientRect())
  const [x, y] = middle(marks.find((mark) => mark === document.activeElement) || marks[0])
  const ahead = marks.map((mark) => [mark, middle(mark)]).map(([mark, [a, b]]) => {
    const along = (a - x) * step[0] + (b - y) * step[1]
    const aside = Math.abs((a - x) * step[1]) + Math.abs((b - y) * step[0])
    return [mark, along, along + 2 * aside]
  })
  const found = ahead.filter(([, along]) => along > 4).sort((one, other) => one[2] - other[2])[0]
  return found?.[0]
}

const widthOf = (tile) => MARK[tile.marks.length] || 27

const withinOf = (tile, chosen) => (chosen?.station ? tile.from[chosen.station] || 0 : tile.within_now)

function reachOf(tile, district, chosen) {
  if (tile.id === ELSEWHERE || !tile.placed) return 'tile-unknown'
  const kept = withinOf(tile, chosen) / tile.placed >= district.share
  return `${kept ? 'tile-within' : 'tile-beyond'} ${chosen?.station && kept ? 'tile-ring' : ''} ${chosen?.tile === tile.id ? 'tile-chosen' : ''}`
}

const tileWords = (tile, district) =>
  [
    tile.name,
    tile.calls.length ? t('{n} open calls', { n: tile.calls.length }) : t('no open call'),
    ...ALL_STATES.filter(([state]) => tile.states[state]).map(([state, , words]) => `${t(words)} ${tile.states[state]}`),
    tile.homes ? t('{within} of {homes} homes within {n} min', { within: tile.within_now, homes: tile.homes, n: district.minutes }) : '',
  ].filter(Boolean).join('，')

const stationWords = (station) =>
  [station.name, t('{n} on duty', { n: station.on_duty }), t('{within} of {homes} homes', { within: station.within, homes: station.homes })].join('，')

// What was chosen, with everything in it: nothing is only a number.
function Chosen({ chosen, shown, district, close }) {
  const box = useRef(null)
  useEffect(() => {
    const wanted = chosen.focus && box.current?.querySelector(`[data-priority="${chosen.focus}"]`)
    const first = wanted || box.current?.querySelector('h3')
    first?.focus()
  }, [chosen])
  const station = chosen.station && district.stations.find((one) => one.id === chosen.station)
  const tile = shown.tiles.find((one) => one.id === (station ? station.tile : chosen.tile))
  if (!tile) return null
  return html`<div class="district-chosen" ref=${box} role="region" aria-labelledby="chosen-title">
    <header><h3 id="chosen-title" tabindex="-1">${station ? station.name : tile.name}</h3><button type="button" class="mini" aria-label=${t('Back')} onClick=${() => (close(), document.querySelector('.district-drawn [tabindex="0"]')?.focus())}>Esc</button></header>
    ${station && html`<p>${t('{n} on duty', { n: station.on_duty })} · ${t('{within} of {homes} homes within {n} min', { within: station.within, homes: station.homes, n: district.minutes })}${!station.kept && html` · <b class="late">${t('less than the rule asks')}</b>`} <${Phone} number=${station.phone} /></p>`}
    <${TileBody} tile=${tile} district=${district} />
  </div>`
}

function TileBody({ tile, district }) {
  const seat = useSeat()
  const staffed = tile.within !== tile.within_now && t('with every station staffed: {n}', { n: tile.within })
  return html`${tile.calls.length > 0 && html`<ul class="district-calls">${tile.calls.map((row) => html`<li key=${row.id}><button type="button" class="quiet district-call" data-priority=${row.priority} data-call=${row.id} onClick=${() => seat.openRow(row.id)}><${Tag} priority=${row.priority} /> <b>${nameOf(row)}</b> <${Age} from=${row.opened_at} /> <span class="small">${row.place} ${visitWords(row)}</span></button></li>`)}</ul>`}
    ${tile.carers.length > 0 && html`<ul class="district-carers small">${tile.carers.map((carer) => html`<li key=${carer.id}>${carer.shape} <b>${carer.name}</b> ${t(carer.words)} <span class="muted">${carer.how === 'position' ? t('by phone') : carer.how === 'home' ? t('in the home') : t('at the station')}</span></li>`)}</ul>`}
    ${tile.homes > 0 && html`<p class="small muted">${t('{within} of {homes} homes within {n} min', { within: tile.within_now, homes: tile.homes, n: district.minutes })}${staffed && ` · ${staffed}`}</p>`}
    ${!tile.calls.length && !tile.carers.length && !tile.homes && html`<p class="small muted">${t('Nothing here.')}</p>`}`
}

// The same without the drawing, for whoever reads by ear or prefers a list.
const List = ({ shown, district }) => html`<div class="district-list">
  ${shown.tiles.filter((tile) => tile.calls.length || tile.carers.length || tile.stations.length).map((tile) => html`<section key=${tile.id} aria-label=${tile.name}><h3 class="group">${tile.name}${tile.stations.map((station) => ` · ${stationWords(station)}`)}</h3>
    <${TileBody} tile=${tile} district=${district} /></section>`)}</div>`
