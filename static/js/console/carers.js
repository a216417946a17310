// The right pane: who could go, soonest first, each with the reasons; without an open call, who is on duty.
import { useEffect, useRef } from 'preact/hooks'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { doing, saidOf } from './jobs.js'
import { Tabs } from './right.js'
import { Send, minutes, sexWord } from './terms.js'
import { ASKED } from './standing.js'
import { later, t, word } from './words.js'

export function Carers() {
  const seat = useSeat()
  const call = seat.openCall()
  const open = call && call.stage !== 'closed'
  // F4 was quicker than the list, and perhaps Enter too: it finds the first carer all the same.
  const entered = useRef(false)
  const early = (event) => { entered.current ||= event.key === 'Enter' && open && !seat.candidates }
  useEffect(() => {
    const first = document.querySelector('.carers .send-carer')
    if (seat.candidates && !first) entered.current = false // nobody is free: whoever comes later was not meant
    if (!first || document.activeElement?.id !== 'carers-title') return
    const go = entered.current && first.matches('.primary')
    entered.current = false
    first.focus()
    if (go) first.click()
  }, [seat.candidates])
  const title = open ? t('Carers by arrival time') : t('On duty')
  return html`<section class="pane carers" aria-labelledby="carers-title" data-pane="3">
    <header class="pane-head"><h2 id="carers-title" tabindex="-1" onKeyDown=${early} onBlur=${() => (entered.current = false)}>${title}</h2><${Tabs} /></header>
    <div class="pane-body" role="group" tabindex=${open ? null : 0} aria-labelledby="carers-title">${open ? html`<${Candidates} call=${call} />` : html`<${OnDuty} />`}</div>
  </section>`
}

function Candidates({ call }) {
  const seat = useSeat()
  const found = seat.candidates
  if (found === 'failed') return html`<p class="nothing">${t('The list of carers could not be fetched: telephone the station.')}</p>`
  if (!found) return html`<p class="nothing">${t('Working out who is nearest…')}</p>`
  const asked = (seat.card?.visits || []).some((visit) => ASKED.has(visit.stage))
  const said = saidOf(seat.card?.visits || [])
  const able = found.filter((one) => one.suitable)
  const unable = found.filter((one) => !one.suitable)
  const best = able[0]
  const draw = (one) => html`<${Candidate} key=${one.carer_id} one=${one} call=${call} best=${one === best} again=${asked} said=${said.get(one.carer_id)} />`
  return html`
    ${!able.length && html`<p class=${`alarm ${call.nobody_left ? 'alarm-loud' : ''}`}><b>${t('Nobody suitable is free.')}</b> ${t('Telephone the station or the family, or hand over to 120 (F8).')}</p>`}
    ${seat.shortfall.length > 0 && html`<div class="shortfall" role="note"><b>${t('Not as promised:')}</b>
      <ul>${seat.shortfall.map((said) => html`<li key=${said}>${said}</li>`)}</ul></div>`}
    <ol class="people">${able.map(draw)}</ol>
    ${unable.length > 0 && html`<h3 class="group">${t('Not now, and why')}</h3><ol class="people">${unable.map(draw)}</ol>`}`
}

const STATES = { free: ['○', later('free')], busy: ['■', later('on a job')], off_shift: ['—', later('off shift')], asked: ['?', later('asked already')], barred: ['⊘', later('not for this home')] }

const VISIT_STAGES = { offered: ['?', later('asked, not accepted')], accepted: ['✓', later('accepted')], on_the_way: ['▶', later('on the way')], arrived: ['⌂', later('in a home')] }
// What they said to this call, for whoever was asked; of a job elsewhere only that they have one.
const SAID = {
  asked: { offered: VISIT_STAGES.offered, declined: ['×', later('declined')], expired: ['…', later('no answer')], withdrawn: ['–', later('not asked any more')] },
  busy: { accepted: VISIT_STAGES.accepted, on_the_way: VISIT_STAGES.on_the_way, arrived: VISIT_STAGES.arrived },
}

function Candidate({ one, call, best, again, said }) {
  const seat = useSeat()
  const [shape, state] = SAID[one.state]?.[said] || STATES[one.state] || ['·', one.state]
  const mark = `dispatch${one.carer_id}`
  const words = again ? t('Send too') : t('Dispatch')
  return html`<li class=${`carer ${best ? 'carer-best' : ''} ${one.suitable ? '' : 'carer-not'}`}>
    <p class="carer-who"><b>${one.name}</b> <span class="small">${sexWord(one.sex)} · ${word('travel', one.travel)}</span></p>
    <p class="carer-eta">${one.eta_seconds != null && minutes(one.eta_seconds)}</p>
    <p class="carer-why small"><span class=${one.state === 'free' ? '' : 'carer-state'}>${shape} ${t(state)}</span>${one.reasons.filter((reason) => !saysMinutes(reason, one)).map((reason) => ` · ${reason}`)}</p>
    ${(one.state === 'free' || one.suitable) &&
    html`<${Send} class=${`send-carer ${best && !again ? 'primary' : ''}`} busy=${seat.isSending('dispatch', call) || seat.isSending(mark, call)}
      aria-label=${`${words} ${one.name}`} onClick=${() => send(seat, call, one, best, again)}>${words}</${Send}>`}
  </li>`
}

// The minutes stand beside the name already.
const saysMinutes = (reason, one) => [-30, 0, 30].some((s) => reason === minutes((one.eta_seconds || 0) + s))

// The proposed carer goes without a question; any other choice is allowed and says why, for whoever reads it later.
function send(seat, call, one, best, again) {
  if (best && !again) return seat.command('dispatch', call, { carer_id: one.carer_id })
  return seat.set({ dialog: { name: 'override', carer: one, again } })
}

// The snapshot knows who is on duty; what they are doing just now, the calls know better.
function withJobs({ carers, calls }) {
  const jobs = doing(calls)
  return carers.map((carer) => ({ ...carer, visit_stage: jobs.get(carer.id)?.state || null }))
}

function OnDuty() {
  const seat = useSeat()
  const carers = withJobs(seat.state)
  if (!carers.length) return html`<p class="nothing">${t('Nobody is on duty.')}</p>`
  const stations = Map.groupBy(carers, (carer) => carer.station)
  return html`<p class="duty-count">${t('{free} free, {busy} on a job', {
    free: carers.filter((carer) => !carer.visit_stage).length,
    busy: carers.filter((carer) => carer.visit_stage).length,
  })}</p>
  ${[...stations].map(([station, people]) => html`<section key=${station}><h3 class="group">${station}</h3>
    <ul class="duty">${people.map((carer) => {
      const [shape, state] = VISIT_STAGES[carer.visit_stage] || ['○', later('free')]
      return html`<li key=${carer.id}><b>${carer.name}</b> <span class="small">${word('travel', carer.travel)}</span>
        <span class="duty-state">${shape} ${t(state)}</span></li>`
    })}</ul></section>`)}`
}
