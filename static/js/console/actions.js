// What can be done about the open call, each with its key. A refusal says why and what to do instead.
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { show } from './right.js'
import { focusNext } from './drafting.js'
import { ACTIVE, ASKING, lastSeq } from './standing.js'
import { Send } from './terms.js'
import { t } from './words.js'

const REOPEN_MS = 30 * 60 * 1000

export function Actions({ call }) {
  const seat = useSeat()
  if (call.stage === 'closed') return html`<${Closed} call=${call} />`
  const waiting = call.stage === 'waiting'
  const held = call.stage === 'on_hold'
  const step = call.visit?.stage === 'finished' ? 'close' : ACTIVE.has(call.visit?.stage) ? '' : 'dispatch'
  const next = (name) => (!waiting && !held && name === step ? 'primary' : '')
  return html`<div class="actions" role="group" aria-label=${t('What to do')}>
    ${waiting && html`<${Act} id="act-answer" kind="primary" name="answer" call=${call} words=${t('Answer')} hint="Enter" onClick=${() => answer(seat, call)} />`}
    ${held && html`<${Act} kind="primary" name="resume" call=${call} words=${t('Take up')} hint="F7" onClick=${() => hold(seat)} />`}
    <${Act} kind=${next('dispatch')} name="dispatch" call=${call} words=${t('Dispatch')} hint="F4" onClick=${() => show(seat, 'carers', () => aimCarers(seat))} />
    <${Act} words=${t('Family')} hint="F6" onClick=${() => aimFamily(seat)} />
    ${!held && html`<${Act} name="hold" call=${call} words=${t('Hold')} hint="F7" onClick=${() => hold(seat)} />`}
    <${Act} words="120/119" hint="F8" onClick=${() => handOver(seat)} />
    <${Act} kind=${next('close')} name="close" call=${call} words=${t('Close')} hint="F9" onClick=${() => close(seat)} />
  </div>`
}

function Act({ kind = '', name, call, words, hint, ...rest }) {
  const seat = useSeat()
  return html`<${Send} class=${`act ${kind}`} busy=${name && seat.isSending(name, call)} ...${rest}><span>${words}</span><kbd>${hint}</kbd></${Send}>`
}

function Closed({ call }) {
  const seat = useSeat()
  const open = seat.now() - Date.parse(call.closed_at) < REOPEN_MS
  if (!open) return html`<p class="muted">${t('Closed calls can be reopened for 30 minutes.')}</p>`
  return html`<div class="actions"><button type="button" class="act" onClick=${() => seat.set({ dialog: { name: 'reopen' } })}>${t('Reopen')}</button></div>`
}

export const answer = (seat, call) => seat.command('answer', call)

// Runs `then` with the open call, or says that there is none.
export const withCall = (then) => (seat) => {
  const call = seat.openCall()
  if (seat.drafting) return seat.notice('info', t('Send the new case or leave it first: Esc. What you typed is kept.'))
  if (!call || call.stage === 'closed') return seat.notice('info', t('Open a call first: F2, or ↑ ↓ and Enter.'))
  return then(seat, call)
}

export const aimCarers = withCall((seat) => {
  const first = document.querySelector('.carers .send-carer') || document.querySelector('.carers h2')
  first.focus()
})

export const aimFamily = withCall((seat) => {
  if (document.querySelector('#contacts a')) focusNext()
  else seat.notice('info', t('No contact is on file for this home.'))
})

export const hold = withCall((seat, call) => {
  if (call.stage === 'on_hold') return seat.command('resume', call)
  if (call.stage === 'waiting') return seat.notice('info', t('Answer the call first, then it can be put on hold.'))
  return seat.set({ dialog: { name: 'hold' } })
})

export const handOver = withCall((seat) => seat.set({ dialog: { name: 'handOver' } }))

export const handOwner = withCall((seat, call) => {
  if (call.owner_id === null) return seat.notice('info', t('Nobody has answered this call: answer it first.'))
  return seat.set({ dialog: { name: 'owner' } })
})

export const close = withCall((seat, call) => {
  if (call.stage === 'on_hold') return seat.notice('info', t('The call is on hold: take it up again (F7), then close it.'))
  if (call.stage === 'waiting' && call.priority < 4) return seat.notice('info', t('Nobody has answered this call: answer it first.'))
  // The row is fresher than the card: a visit it calls finished is finished.
  const newest = (one) => (one.id === call.visit?.id ? call.visit : one)
  const visit = (seat.card?.visits || []).map(newest).find((one) => ACTIVE.has(one.stage))
  if (visit) return seat.notice('info', ASKING.has(visit.stage) ? t('Carers are still being asked for this call. Is nobody needed? Then cancel the visit first.') : t('A carer is still on this call: wait for the end of the visit, or cancel it.'))
  return seat.set({ dialog: { name: 'close', version: call.version, seq: lastSeq(seat) } })
})
