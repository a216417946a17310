// The questions about a call in hand: why take it over, to whom to offer it, who else comes on the line.
import { useState } from 'preact/hooks'
import { Dialog } from './dialogs.js'
import { freeToTake } from './hand.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { lists, t, word } from './words.js'

const onEnter = (done) => (event) => (event.preventDefault(), done())

export function TakeOver({ call }) {
  const seat = useSeat()
  useNow()
  const [why, choose] = useState('')
  const [words, write] = useState('')
  const free = freeToTake(seat, call)
  const ready = free || (why && (why !== 'other' || words.trim()))
  const take = async () => ready && (await seat.command('take-over', call, { why, words: words.trim() })) && seat.set({ dialog: null })
  const from = { name: call.holder_name || '—' }
  const title = t('Take the call over from {name}', from)
  const told = free ? t('No reason is needed now. {name} is told at once.', from) : t('{name} is told at once, by whom and why.', from)
  return html`<${Dialog} title=${title}>
    <p>${told}</p>
    <form onSubmit=${onEnter(take)}>
      <div class="choices">${Object.entries(lists.taking).map(([code, text], at) => html`<button type="button" key=${code} data-first=${!free && at === 0} aria-pressed=${why === code} onClick=${() => choose(code)}>${text}</button>`)}</div>
      <p class="field"><label for="take-words">${t('In words')}</label><input id="take-words" maxlength="200" value=${words} onInput=${(event) => write(event.target.value)} /></p>
      <p class="dialog-foot"><button class="primary" data-first=${free} aria-disabled=${ready && !seat.isSending('take-over', call) ? null : 'true'}>${seat.isSending('take-over', call) ? '…' : t('Take over')}</button></p>
    </form>
  </${Dialog}>`
}

export function Transfer({ call }) {
  const seat = useSeat()
  const [words, write] = useState('')
  const others = seat.state.seats.rows.filter((one) => one.stage === 'on' && one.user_id !== seat.state.me?.id)
  const wanted = (call.languages || []).filter((code) => code !== 'zh')
  const spoken = [...new Set(others.flatMap((one) => one.languages))].filter((code) => code !== 'zh')
  spoken.sort((a, b) => wanted.includes(b) - wanted.includes(a))
  const offer = async (to) => (await seat.command('transfer', call, { ...to, words: words.trim() })) && seat.set({ dialog: null })
  const busy = seat.isSending('transfer', call)
  return html`<${Dialog} title=${t('Transfer the call: to whom?')}>
    <p>${t('The call stays with you until it is taken. Untaken, it rings again after 30 s and then comes back by itself.')}</p>
    <p class="field"><label for="transfer-words">${t('What they have to know')}</label><input id="transfer-words" maxlength="200" value=${words} onInput=${(event) => write(event.target.value)} /></p>
    <div class="choices">${others.map((one, at) => html`<${Send} key=${one.user_id} data-first=${at === 0} busy=${busy} onClick=${() => offer({ to: one.user_id })}>${one.name}${one.hears ? '' : ` (${t('would not hear it')})`}</${Send}>`)}</div>
    ${spoken.length > 0 && html`<p>${t('Or to whoever speaks')}</p>
      <div class="choices">${spoken.map((code) => html`<${Send} key=${code} class=${wanted.includes(code) ? 'primary' : ''} busy=${busy} onClick=${() => offer({ skill: code })}>${word('speaks', code)}</${Send}>`)}</div>`}
    ${!others.length && html`<p class="alarm">${t('Nobody else is on duty.')}</p>`}
  </${Dialog}>`
}

export function Join({ call }) {
  const seat = useSeat()
  const me = seat.state.me?.id
  const onTheLine = call.holder_id === me || Object.values(call.joined || {}).some((one) => one.id === me)
  const [said, write] = useState({ name: '', phone: '', why: '' })
  const set = (name) => (event) => write({ ...said, [name]: event.target.value })
  const ready = said.why.trim() && (!onTheLine || said.name.trim())
  const body = onTheLine ? { kind: 'outside', name: said.name.trim(), phone: said.phone.trim() } : { kind: 'operator' }
  const join = async () => ready && (await seat.command('join', call, { ...body, why: said.why.trim() })) && seat.set({ dialog: null })
  const title = onTheLine ? t('Bring somebody in: three on the line') : t('Join the call of {name}', { name: call.holder_name || '—' })
  return html`<${Dialog} title=${title}>
    <form onSubmit=${onEnter(join)}>
      ${onTheLine && html`<p class="field"><label for="join-name">${t('Who')}</label><input id="join-name" data-first="true" maxlength="60" value=${said.name} onInput=${set('name')} /></p>
        <p class="field"><label for="join-phone">${t('Telephone')}</label><input id="join-phone" inputmode="tel" pattern="[0-9+*# \\-]*" maxlength="30" value=${said.phone} onInput=${set('phone')} /></p>`}
      <p class="field"><label for="join-why">${t('Why')}</label><input id="join-why" data-first=${!onTheLine} maxlength="200" value=${said.why} onInput=${set('why')} /></p>
      <p class="dialog-foot"><button class="primary" aria-disabled=${ready && !seat.isSending('join', call) ? null : 'true'}>${seat.isSending('join', call) ? '…' : t('On the line')}</button></p>
    </form>
  </${Dialog}>`
}
