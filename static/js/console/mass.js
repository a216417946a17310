// Alt+5: warnings by area and the roll call. Loaded when it is first opened; it takes the place of the carers' pane.
import { useEffect, useState } from 'preact/hooks'
import { getJson, post } from './commands.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { show } from './right.js'
import { Begin } from './mass_begin.js'
import { Running, whereOf } from './mass_state.js'
import { Send } from './terms.js'
import { t, word } from './words.js'

const SHOWN = 60

// One command at a time; a refusal is said with what to do.
function useSay() {
  const seat = useSeat()
  const [busy, mind] = useState('')
  const say = async (path, body = {}) => {
    if (busy) return null
    mind(path)
    try {
      return await post(path, body)
    } catch (error) {
      seat.notice('error', error.message, error.fix)
      return null
    } finally {
      mind('')
    }
  }
  return [busy, say]
}

export function MassPanel() {
  const seat = useSeat()
  const [choices, know] = useState(null)
  const [ended, tell] = useState('')
  const [busy, say] = useSay()
  useEffect(() => void getJson('/mass/areas').then(know, (error) => seat.notice('error', error.message, error.fix)), [])
  useEffect(() => document.getElementById('mass-title')?.focus(), [])
  const { events = [], proposals = [], rollcalls = [] } = seat.mass || {}
  return html`<section class="pane mass" aria-labelledby="mass-title" data-pane="5">
    <header class="pane-head"><h2 id="mass-title" tabindex="-1">${t('Warnings and roll call')}</h2>
      <button type="button" class="quiet mass-shut" onClick=${() => show(seat, 'carers')}>${t('Shut')}</button></header>
    <div class="pane-body mass-body">
      ${ended && html`<p class="standing" role="status">${t('The roll call has ended.')} <a href=${`/rollcalls/${ended}`} target="_blank" rel="noopener">${t('Its report')}</a></p>`}
      ${rollcalls.map((one) => html`<${Roll} key=${one.id} roll=${one} onEnd=${() => tell(one.id)} />`)}
      ${proposals.map((one) => html`<${Proposal} key=${one.incident} one=${one} />`)}
      ${events.map((one) => html`<${Standing} key=${one.id} one=${one} />`)}
      ${choices && html`<${Begin} choices=${choices} busy=${busy} say=${say} />`}
      <p><a href="/rollcalls" target="_blank" rel="noopener">${t('Earlier roll calls and warnings')}</a></p>
    </div>
  </section>`
}

function Proposal({ one }) {
  const [busy, say] = useSay()
  const declare = () => say('/mass', { areas: one.areas, level: 'warning', cause: one.cause, minutes: 240, incident: one.incident })
  return html`<section class="mass-box"><p><b>${t('The watch proposes a warning: {cause}, {n} homes', { cause: word('mass_causes', one.cause), n: one.homes })}</b> ${whereOf(one.areas)}</p>
    <p class="choices"><${Send} class="primary" busy=${busy} onClick=${declare}>${t('Declare it')}</${Send}></p></section>`
}

function Standing({ one }) {
  const seat = useSeat()
  const [busy, say] = useSay()
  const held = (seat.state.technical.mass || []).find((other) => other.id === one.id)
  const end = async () => {
    const done = await say(`/mass/${one.id}/end`)
    if (done) seat.notice('info', t('Ended. {n} signals were folded and are shown one by one again.', { n: done.folded.count }))
  }
  return html`<section class=${`mass-box mass-${one.level}`}>
    <p><b>${word('mass_levels', one.level)} · ${word('mass_causes', one.cause)}</b> ${whereOf(one.areas)} · ${t('{n} homes', { n: one.homes.length })}</p>
    <p class="small">${t('Folded: {kinds}', { kinds: one.kinds.map((kind) => word('kinds', kind)).join('、') })} · <b>${held?.count ?? 0}</b></p>
    ${one.words && html`<p class="small">${one.words}</p>`}
    <p class="choices"><${Send} busy=${busy} onClick=${() => say(`/mass/${one.id}/change`, { minutes: 120 })}>${t('Two hours more')}</${Send}>
      ${one.level === 'watch' && html`<${Send} busy=${busy} onClick=${() => say(`/mass/${one.id}/change`, { level: 'warning' })}>${t('Raise to a warning')}</${Send}>`}
      <${Send} busy=${busy} onClick=${end}>${t('End it')}</${Send}></p></section>`
}

function Roll({ roll, onEnd }) {
  const seat = useSeat()
  const now = useNow()
  const [list, know] = useState({ homes: [], total: 0 })
  const [all, widen] = useState(false) // with every home at a carer, the operators see those
  const [why, write] = useState('')
  const [busy, say] = useSay()
  const fetchList = () => getJson(`/rollcalls/${roll.id}?left=1&limit=${SHOWN}${all ? '' : '&mine=1'}`).then((found) => (know(found), !all && !found.total && widen(true)), (error) => seat.notice('error', error.message, error.fix))
  useEffect(() => void fetchList(), [seat.mass?.at, all])
  const told = (home, body) => say(`/rollcalls/${roll.id}/homes/${home.home_id}`, body)
  const end = async () => (await say(`/rollcalls/${roll.id}/end`, { why: why.trim() })) && onEnd()
  const more = list.total - list.homes.length
  return html`<section class="mass-box" data-roll=${roll.id}>
    ${roll.drill && html`<p class="drill-mark">${t('DRILL: nobody is sent, no case is opened')}</p>`}
    <h3>${t('Roll call')} · ${word('mass_causes', roll.cause)} ${whereOf(roll.areas)}</h3>
    <p><${Running} roll=${roll} now=${now} /></p>
    <p class="small"><a href=${`/rollcalls/${roll.id}`} target="_blank" rel="noopener">${t('By station')}</a> · <a href=${`/rollcalls/${roll.id}/paper`} target="_blank" rel="noopener">${t('Print the lists')}</a> · <a href=${`/rollcalls/${roll.id}/entry`} target="_blank" rel="noopener">${t('Type in what stands on paper')}</a></p>
    <p class="choices"><label class="choice"><input type="checkbox" checked=${all} onChange=${() => widen(!all)} /> ${t('Also homes that a carer has')}</label>
      <${Send} class="mini" busy=${busy} onClick=${() => say(`/rollcalls/${roll.id}/share`)}>${t('Deal what is left to carers')}</${Send}></p>
    <ol class="rollcall-homes">${list.homes.map((home) => html`<${Home} key=${home.home_id} home=${home} told=${told} busy=${busy} />`)}</ol>
    ${more > 0 && html`<p class="more-waiting" role="status">▼ ${t('{n} more, of lower risk', { n: more })}</p>`}
    ${!list.homes.length && html`<p class="nothing">${t('Nobody is left on this list.')}</p>`}
    <p class="field"><label for=${`why-${roll.id}`}>${t('Who goes on asking after those who are left')}</label><input id=${`why-${roll.id}`} maxlength="200" value=${why} onInput=${(event) => write(event.target.value)} /></p>
    <p class="choices"><${Send} busy=${busy} onClick=${end}>${t('End the roll call')}</${Send}></p>
  </section>`
}

function Home({ home, told, busy }) {
  const names = home.people.map((one) => `${one.name}${one.age == null ? '' : ` ${one.age}`}`).join('、')
  const phones = [...new Set([home.phone, ...home.people.map((one) => one.phone)].filter(Boolean))]
  const critical = home.people.flatMap((one) => one.critical).join('；')
  return html`<li class=${home.at_risk ? 'risk' : ''} data-home=${home.home_id}>
    <p><b>${home.tier}</b> <b>${names}</b> ${[home.community, home.building, home.unit, home.door].filter(Boolean).join(' ')}${home.carer_name && html` · ${home.carer_name}`}</p>
    ${critical && html`<p class="small late">${critical}</p>`}
    <p class="choices">${phones.map((phone) => html`<a class="tel" href=${`tel:${phone}`}>${phone}</a>`)}${home.tries > 0 && html`<span class="small">${t('tried {n} times', { n: home.tries })}</span>`}</p>
    <p class="choices"><${Send} class="mini" busy=${busy} onClick=${() => told(home, { state: 'safe', how: 'spoke' })}>${t('Safe, spoke')}</${Send}>
      <${Send} class="mini" busy=${busy} onClick=${() => told(home, { state: 'not_reached' })}>${t('Not reached')}</${Send}>
      <${Send} class="mini danger" busy=${busy} onClick=${() => told(home, { state: 'help' })}>${t('Needs help')}</${Send}></p></li>`
}
