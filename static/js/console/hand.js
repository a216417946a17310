// The call in hand: what was lost or is offered across the whole width, and on the card who has it, helps, looks.
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { lostByMe, offeredToMe } from './loss.js'
import { lookers, seatOf, speaks, tongues } from './presence.js'
import { Send, nameOf } from './terms.js'
import { later, t, word } from './words.js'

const HOW = {
  taken_over: later('{by} has taken this call from you'),
  resumed: later('{by} has taken up the call you had on hold'),
  answered: later('{by} has answered the call you had, which rang again'),
  passed_on: later('Your seat was lost: {by} has your call'),
  given_back: later('Your seat was lost or left: your call was given back and rings'),
}

// What nobody may overlook, whichever call is open: a call that has gone from my hands, one that is offered to me.
export function HandBanners() {
  const seat = useSeat()
  const me = seat.state.me?.id
  const rows = [...seat.state.calls.values()]
  const desk = seat.state.seats
  return html`
    ${!desk.listening && html`<p class="banner banner-unheard" role="alert"><b>${t('No seat would hear a call: turn the sound on, or sit down.')}</b> ${seat.sound.state !== 'blocked' && html`<button type="button" onClick=${seat.startShift}>${t('I sit here: ring')}</button>`}</p>`}
    ${rows.filter((row) => lostByMe(row, me)).map((row) => html`<p key=${`lost${row.id}`} class="banner banner-loss" role="alert">
      <b>${nameOf(row)}：${t(HOW[row.loss.how], { by: row.loss.by_name })}</b>
      <span>${[row.loss.how === 'given_back' ? word('gone', row.loss.why) : word('taken', row.loss.why), row.loss.words].filter(Boolean).join(' · ')}</span>
      <${Send} busy=${seat.isSending('loss-seen', row)} onClick=${() => seat.command('loss-seen', row)}>${t('I know')}</${Send}>
    </p>`)}
    ${rows.filter((row) => offeredToMe(row, me, speaks(seat))).map((row) => html`<p key=${`offer${row.id}`} class="banner banner-offer" role="alert">
      <b>${t('{name} offers you a call: {who}', { name: row.transfer.by_name, who: nameOf(row) })}</b> <span>${[row.transfer.skill && word('speaks', row.transfer.skill), row.transfer.words].filter(Boolean).join(' · ')}</span>
      <${Send} class="primary" busy=${seat.isSending('transfer/accept', row)} onClick=${() => accept(seat, row)}>${t('I take it')}</${Send}>
      <${Send} busy=${seat.isSending('transfer/decline', row)} onClick=${() => seat.command('transfer/decline', row)}>${t('I cannot take it')}</${Send}>
    </p>`)}`
}

async function accept(seat, row) {
  if (await seat.command('transfer/accept', row)) seat.openRow(row.id)
}

export function InHand({ call }) {
  const seat = useSeat()
  const me = seat.state.me?.id
  if (call.stage === 'closed') return null
  const mine = call.holder_id === me
  const had = call.stage !== 'waiting' && call.holder_id !== null
  const others = Object.entries(call.joined || {})
  const onTheLine = mine || others.some(([, one]) => one.id === me)
  const looking = lookers(seat, call.id)
  const open = (name) => () => seat.set({ dialog: { name } })
  const offer = call.transfer
  const cameBack = offer?.state === 'ended' && t('The call came back to you: {why}', { why: word('transfers', offer.why) })
  return html`
    ${mine && call.idle > 0 && html`<p class="alarm" role="alert"><b>${t('Nothing has happened in this call for a while.')}</b>
      <${Send} class="primary" busy=${seat.isSending('attend', call)} onClick=${() => seat.command('attend', call)}>${t('I am on it')}</${Send}></p>`}
    ${mine && offer && html`<p class=${offer.state === 'ended' ? 'alarm' : 'standing'} role=${offer.state === 'ended' ? 'alert' : null}>
      ${cameBack ? html`<b>${cameBack}</b> ` : t('Offered to {name}; it stays yours until it is taken', { name: offer.to_name || word('speaks', offer.skill) })}
      ${' '}<${Send} class="mini" busy=${seat.isSending('transfer/take-back', call)} onClick=${() => seat.command('transfer/take-back', call)}>${offer.state === 'ended' ? t('I know') : t('Take back')}</${Send}></p>`}
    ${others.map(([key, one]) => html`<p key=${key} class="standing">${t('On the line too: {name} ({kind})', { name: one.name, kind: word('joins', one.kind) })} ${one.phone} ${one.why}
      ${(onTheLine || one.id === me) && html` <${Send} class="mini" busy=${seat.isSending(`leave ${key}`, call)} onClick=${() => seat.command(`leave ${key}`, call, { who: key }, `/calls/${call.id}/leave`)}>${t('Has left')}</${Send}>`}</p>`)}
    <p class="hand small">
      ${tongues(seat, call).map(({ code, mine: can, words, names }) => html`<span key=${code} class=${can ? 'chip chip-strong' : 'chip'}>${words}${can ? ` · ${t('you speak it')}` : names.length ? `：${names.join('、')}` : ` · ${t('no seat speaks it')}`}</span> `)}
      ${looking.length > 0 && html`<span class="looking">${t('{names} looking', { names: looking.join('、') })}</span> `}
      ${had && !mine && html`<button type="button" class="mini" id="act-take-over" onClick=${open('takeOver')}>${t('Take over')} <kbd>F11</kbd></button> `}
      ${had && mine && !(offer?.state === 'offered') && html`<button type="button" class="mini" id="act-transfer" onClick=${open('transfer')}>${t('Transfer the call')} <kbd>F11</kbd></button> `}
      ${had && html`<button type="button" class="mini" id="act-join" onClick=${open('join')}>${onTheLine ? t('Bring somebody in') : t('Join the call')}</button>`}
    </p>`
}

// F11: out of another's hands, or out of mine.
export function passOn(seat, call) {
  if (call.stage === 'waiting' || call.holder_id === null) return seat.notice('info', t('Nobody has this call in hand: answer it (Enter).'))
  return seat.set({ dialog: { name: call.holder_id === seat.state.me?.id ? 'transfer' : 'takeOver' } })
}

// Two hands have just met, or the holder is not there: no reason is asked for.
export function freeToTake(seat, call) {
  const holder = seatOf(seat, call.holder_id)
  const met = call.taken_at && seat.now() - Date.parse(call.taken_at) < 20_000
  return met || Boolean(holder && (holder.stage !== 'on' || !holder.here))
}
