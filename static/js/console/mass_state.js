// What the seat knows of warnings and roll calls: fetched when the log says that something changed, shown as a banner.
import { getJson } from './commands.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { show } from './right.js'
import { later, t, word } from './words.js'

const REST_MS = 300 // of many ticks in a second the last one counts
const OURS = /^(MassEvent|RollCall|Incident|HomesReturned)/

// `seat.mass` is {events, proposals, rollcalls}; `seat.struck` the homes of every standing warning.
export function massWatch(seat) {
  let timer = null
  let wanted = ''
  const fetchNow = async () => {
    const path = wanted
    timer = wanted = ''
    try {
      const found = await getJson(path)
      const mass = { ...(seat.mass || { events: [], proposals: [], rollcalls: [] }), ...found, at: Date.now() }
      seat.set({ mass, struck: new Set(mass.events.flatMap((one) => one.homes)) })
    } catch {
      wanted = '/mass'
      timer = setTimeout(fetchNow, 2000) // a warning must not be missed because one answer was
    }
  }
  const look = (path) => {
    wanted = wanted === '/mass' ? wanted : path
    timer ||= setTimeout(fetchNow, REST_MS)
  }
  return {
    refresh: () => look('/mass'),
    heard({ kind }) {
      if (!OURS.test(kind)) return
      look(kind.startsWith('RollCall') && seat.mass?.rollcalls.length && !/Started|Ended/.test(kind) ? '/rollcalls' : '/mass')
      if (kind.startsWith('MassEvent')) seat.ask.resync() // what was folded is counted anew
    },
  }
}

// One of the places may be many: the first two, and how many more.
export const whereOf = (areas) => {
  const said = areas.slice(0, 2).map(([scope, place]) => (scope === 'district' ? word('mass_scopes', scope) : scope === 'station' ? `${word('mass_scopes', scope)} ${place}` : place))
  return said.join('、') + (areas.length > 2 ? ` +${areas.length - 2}` : '')
}

const clockOf = (at, zone) => new Date(at).toLocaleTimeString('zh-CN', { timeZone: zone, hour: '2-digit', minute: '2-digit', hour12: false })
const since = (at, now) => Math.max(0, Math.floor((now - Date.parse(at)) / 60000))

export function MassBanner() {
  const seat = useSeat()
  const now = useNow()
  const { mass } = seat
  if (!mass || !(mass.events.length || mass.rollcalls.length || mass.proposals.length)) return null
  const open = html`<button type="button" onClick=${() => show(seat, 'mass')}>${t('Warnings and roll call')} <kbd>Alt</kbd>+<kbd>5</kbd></button>`
  return html`<div class="banner banner-mass" role="status">
    ${mass.events.map((one) => html`<span key=${one.id} class=${`mass-${one.level}`}><b>${word('mass_levels', one.level)} · ${word('mass_causes', one.cause)}</b> ${whereOf(one.areas)} · ${t('until {time}', { time: clockOf(one.until, seat.state.zone) })}${one.reminded_at && html` <b class="late">${t('ends soon: extend it or end it')}</b>`}</span>`)}
    ${mass.rollcalls.map((one) => html`<${Running} key=${one.id} roll=${one} now=${now} />`)}
    ${mass.proposals.map((one) => html`<span key=${one.incident}>${t('The watch proposes a warning: {cause}, {n} homes', { cause: word('mass_causes', one.cause), n: one.homes })}</span>`)}
    ${open}
  </div>`
}

const STEPS = [['high', later('high risk')], ['all', later('everybody')]]

export function Running({ roll, now }) {
  const { counts } = roll
  const late = STEPS.filter(([step]) => roll.looked[step]?.left).map(([, words]) => t(words))
  return html`<span class="rollcall-line" data-rollcall=${roll.id}>${roll.drill && html`<b class="drill">${t('DRILL')}</b> `}
    <b>${t('Confirmed safe {n}/{all}', { n: counts.safe, all: counts.homes })}</b>
    ${' '}· ${t('in a case {n}', { n: counts.in_case + counts.help })} · ${t('not reached {n}', { n: counts.not_reached })}
    ${' '}· <b>${t('high risk not known {n}', { n: counts.high_left })}</b> · ${t('{n} min', { n: since(roll.begun_at, now) })}
    ${late.length > 0 && html` · <b class="late">${t('over the time: {who}', { who: late.join('、') })}</b>`}</span>`
}

// The technical signals that a warning holds together: one counted row each.
export function FoldedByWarning() {
  const seat = useSeat()
  const held = (seat.state.technical.mass || []).filter((one) => one.count)
  return held.map((one) => {
    const event = seat.mass?.events.find((other) => other.id === one.id)
    const kinds = Object.entries(one.kinds).sort((a, b) => b[1] - a[1]).slice(0, 3)
    return html`<button type="button" key=${one.id} class="folded folded-mass" data-mass=${one.id} onClick=${() => show(seat, 'mass')}>
      <b>${event ? `${word('mass_causes', event.cause)} ${whereOf(event.areas)}` : t('Warning')}</b>
      <span class="folded-kinds">${t('{n} signals folded', { n: one.count })} · ${kinds.map(([kind, n]) => `${word('kinds', kind)} ${n}`).join(' · ')}</span>
    </button>`
  })
}
