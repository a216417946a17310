// The middle pane: everything about the open call, filled in without a further click, and what can be done about it.
import { useEffect } from 'preact/hooks'
import { holdReturned } from './attention.js'
import { Actions } from './actions.js'
import { Callers, StrangerCalls } from './caller_card.js'
import { isOfCaller } from './callers.js'
import { Silence } from './silence.js'
import { Clock } from './clock.js'
import { Note } from './note.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { Home, Person, Unregistered } from './person.js'
import { outstanding } from './standing.js'
import { Orders } from './orders.js'
import { InHand } from './hand.js'
import { Owner } from './owner.js'
import { Responders } from './responders.js'
import { LateContact, RingRound } from './ringround.js'
import { Age, Tag, isOfPeople, leftOf, nameOf, onTheWay, visitWords, whatHappened } from './terms.js'
import { Complaint, Loop } from './loop.js'
import { figures, monthDay, timeOfDay } from './time.js'
import { Script } from './script.js'
import { Steps } from './steps.js'
import { Phone, Talks } from './telephone.js'
import { lazy } from './lazy.js'
import { UnitLine } from './unit_line.js'
import { Visits } from './visits.js'
import { isNumber, spokenTo } from './voice.js'
import { later, t, word } from './words.js'

const Timeline = lazy(() => import('./timeline.js'), 'Timeline')

export function Card() {
  const seat = useSeat()
  const call = seat.openCall()
  const mine = Boolean(call) && call.holder_id === seat.state.me?.id
  // The button that answered is gone with its focus: the hands stay on the card that it opened.
  useEffect(() => void (mine && document.activeElement === document.body && document.getElementById('card-title').focus()), [call?.id, mine])
  if (!call) return html`<${Quiet} />`
  return html`<section class="pane card" aria-labelledby="card-title" data-pane="2">
    <${Head} call=${call} />
    <div class="pane-body card-body" tabindex="0" aria-labelledby="card-title">
      <${Standing} call=${call} />
      <${Crews} call=${call} />
      <${InHand} call=${call} />
      <${LateContact} call=${call} />
      <${Talks} call=${call} />
      <${UnitLine} lines=${seat.card?.timeline} />
      <${Owner} call=${call} />
      ${seat.card ? html`<${Filled} call=${call} card=${seat.card} />` : html`<p class="name">${call.name || t('Fetching the card…')}</p>`}
    </div>
    <footer class="card-foot">
      <${Latest} lines=${seat.card?.timeline} />
      <${Note} key=${call.id} call=${call} />
      <${Actions} call=${call} />
    </footer>
  </section>`
}

const Quiet = () => html`<section class="pane card" aria-labelledby="card-title" data-pane="2">
  <header class="pane-head"><h2 id="card-title" tabindex="-1">${t('Call')}</h2></header>
  <div class="quiet-card">
    <p>${t('No call is open.')}</p>
    <p class="muted"><kbd>F2</kbd> ${t('takes the call that has waited longest')} · <kbd>↑</kbd> <kbd>↓</kbd> <kbd>Enter</kbd> ${t('opens one')}</p>
  </div>
</section>`

const Head = ({ call }) => html`<header class="pane-head">
  <${Tag} priority=${call.priority} />
  <h2 id="card-title" tabindex="-1">${whatHappened(call)}</h2>
  ${call.presses > 1 && html`<span class="presses">${t('pressed ×{n}', { n: call.presses })}</span>`}
  <span class="call-id number">${call.id}</span>
  <${Age} from=${call.opened_at} until=${call.closed_at} />
</header>`

// One line that says who has this call now, and one alarm line for each thing that cannot wait.
function Standing({ call }) {
  const seat = useSeat()
  const now = useNow()
  const mine = call.holder_id === seat.state.me?.id
  const left = call.held_until ? Date.parse(call.held_until) - now : 0
  return html`
    ${call.incident && html`<p class="standing"><b>${nameOf(call)}：${word('causes', call.incident.cause)}</b> · ${leftOf(call.incident)} · <a href=${`/watch/incidents/${call.id}`} target="_blank" rel="noopener">${t('The list, the highest risk first')}</a></p>`}
    <${Complaint} call=${call} />
    ${call.nobody_left && html`<p class="alarm" role="alert"><b>${onTheWay(call) ? `${visitWords(call)}. ${t('Nobody else to send.')}` : t('Nobody to send.')}</b> ${t('Telephone the station or the family, or hand over to 120 (F8). The page of the supervisors shows it too.')}</p>`}
    ${holdReturned(call, now) && html`<p class="alarm"><b>${t('The hold is over.')}</b> ${t('Take the call up again: F7')}</p>`}
    ${call.stage === 'on_hold' && left > 0 && html`<p class="standing">${t('On hold, back in {time}', { time: figures(left) })}</p>`}
    ${call.stage === 'answered' && !mine && html`<p class="standing">${t('{name} has this call', { name: call.holder_name || '—' })}</p>`}
    ${call.stage === 'closed' && html`<p class="standing">${t('Closed')} · ${word('outcomes', call.outcome)} · ${word('evidence', call.evidence)}</p>`}
    ${call.restored && html`<p class="standing">${t('The device says it is over. A press by a person still needs proof that all is well.')}</p>`}`
}

// 120 was called: until the crew is there, the time since stands in red and the key to act beside it.
function Crews({ call }) {
  const now = useNow()
  const chase = call.late?.chase !== undefined
  return html`
    ${call.late?.prompt !== undefined && call.stage !== 'closed' && html`<p class="alarm" role="alert"><b>${t('No voice, nobody there: decide on 120 now.')}</b> F8</p>`}
    ${outstanding(call).map(([service, one]) => html`<p key=${service} class=${chase ? 'alarm' : 'standing'} role=${chase ? 'alert' : null}><b>${t('{service} called {time} ago, not there yet', { service, time: figures(now - Date.parse(one.called_at)) })}</b>
      ${chase && html` ${t('Ask again where the crew is: F8')}`}</p>`)}`
}

const Filled = ({ call, card }) => html`
  ${call.known === false && !card.home && isOfPeople(call) && html`<${isOfCaller(call) ? StrangerCalls : Unregistered} call=${call} card=${card} />`}
  ${card.residents.map((resident, at) => html`<${Person} key=${resident.id} resident=${resident} first=${at === 0} />`)}
  ${isOfPeople(call) && html`<${Steps} call=${call} />`}
  ${isOfPeople(call) && html`<${Clock} call=${call} />`}
  ${isOfPeople(call) && html`<${Silence} call=${call} />`}
  ${isOfPeople(call) && html`<${Script} key=${call.id} call=${call} />`}
  <${Visits} visits=${card.visits} />
  <${Loop} call=${call} />
  <div class="card-rest">
    <dl class="facts">
      ${card.home && html`<${Home} home=${card.home} residents=${card.residents} />`}
      <${Voice} lines=${card.timeline} />
      <${Callers} call=${call} />
      <${RingRound} call=${call} round=${card.ring_round} />
      <${Responders} call=${call} />
      <${Device} device=${card.device} />
      <${Orders} call=${call} card=${card} />
      <${Recent} recent=${card.recent} />
    </dl>
    <${Timeline} lines=${card.timeline} />
  </div>`

const VOICE = {
  call: later('Ring the unit; it picks up by itself'),
  'calls-us': later('The unit rings the centre by itself: pick up'),
  listen: later('Only its microphone is open: listen, and say nothing'),
  '': later('The unit can be reached'),
}

function Voice({ lines }) {
  const voice = spokenTo(lines)
  if (!voice) return null
  return html`<dt>${t('Voice')}</dt>
    <dd class="voice"><b class=${voice.way === 'listen' ? 'late' : ''}>${t(VOICE[voice.way])}</b>
      ${' '}${isNumber(voice.address) ? html`<${Phone} number=${voice.address} unit />` : html`<span class="muted small">${voice.address}</span>`}</dd>`
}

function Device({ device }) {
  const seat = useSeat()
  if (!device) return null
  const at = (stamp) => (stamp ? `${monthDay(Date.parse(stamp), seat.state.zone)} ${timeOfDay(Date.parse(stamp), seat.state.zone)}` : '—')
  const standing = device.protection
  const why = standing?.reasons.map((reason) => word('reasons', reason)).join('、')
  const faults = [device.battery_low && t('battery low'), device.mains_lost && t('no mains power')].filter(Boolean)
  return html`<dt>${t('Device')}</dt>
    <dd>${device.model || t('Base unit')} · ${device.account}${device.pager && ` · ${t('pager {number}', { number: device.pager })}`}
      ${device.battery_percent != null && ` · ${t('battery {n} %', { n: device.battery_percent })}`}
      ${standing && html` · <b class="late">${word('protection', standing.status)}：${why}</b> <span class="small">${t('since {time}', { time: at(standing.since) })}</span>`}
      ${faults.length > 0 && html` · <b class="late">${faults.join('、')}</b>`}
      <span class="muted small"> · ${t('last heard {time}', { time: at(device.last_heard_at) })}</span></dd>`
}

function Recent({ recent }) {
  const seat = useSeat()
  if (!recent?.length) return null
  const words = recent.map((past) => {
    const day = monthDay(Date.parse(past.opened_at), seat.state.zone)
    return `${day} ${word('kinds', past.kind)}${past.outcome ? `，${word('outcomes', past.outcome)}` : ''}`
  })
  return html`<dt>${t('Before')}</dt><dd>${words.join('；')}</dd>`
}

// On a small screen the timeline lies below the fold; its newest line never does.
function Latest({ lines }) {
  const seat = useSeat()
  const line = lines?.findLast((one) => one.text && !one.kind.startsWith('Notice'))
  if (!line) return null
  return html`<p class="latest"><time>${timeOfDay(Date.parse(line.at), seat.state.zone)}</time> <span>${line.text}</span></p>`
}
